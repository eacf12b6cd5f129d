using System.Net;
using WorkflowGateway.Webhooks;

namespace WorkflowGateway.Tests.Webhooks;

/// <summary>Deliveries go to hosts that everybody on the internet can reach, and to no others. With real names and a canary: WebhookRebindingTests.</summary>
public sealed class ForbiddenAddressTests
{
    private static readonly LoopbackRule Strict = new(false), Lenient = new(true);

    [Fact]
    public void The_list_of_forbidden_urls_is_refused_each_with_what_to_write_instead()
    {
        ForbiddenUrls.All.Should().HaveCountGreaterThan(150).And.OnlyHaveUniqueItems();
        ForbiddenUrls.All.Where(url => WebhookUrl.Problem(url, Strict) is null).Should().BeEmpty();
    }

    [Theory]
    [InlineData("https://hooks.example.com/")]
    [InlineData("https://hooks.example.com:8443/runs?tenant=a")]
    [InlineData("https://93.184.216.34/")]
    [InlineData("https://[2606:2800:220:1:248:1893:25c8:1946]/")]
    [InlineData("https://xn--bcher-kva.example.com/")]
    public void What_everybody_can_reach_is_taken(string url) => WebhookUrl.Problem(url, Strict).Should().BeNull();

    [Theory]
    [InlineData("http://127.0.0.1:5000/", true)]
    [InlineData("http://localhost:5000/", true)]
    [InlineData("http://[::1]:5000/", true)]
    [InlineData("http://10.0.0.1:5000/", false)]
    [InlineData("https://10.0.0.1/", false)]
    [InlineData("http://hooks.example.com/", false)]
    [InlineData("https://169.254.169.254/", false)]
    public void A_setting_lets_in_this_machine_and_nothing_else(string url, bool taken) => (WebhookUrl.Problem(url, Lenient) is null).Should().Be(taken);

    [Fact]
    public async Task Every_address_of_a_name_is_judged_and_one_is_enough_to_refuse_it()
    {
        var asked = 0;
        string[] forbidden =
        [
            "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
            "255.255.255.255", "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "fc00::1", "fd00::1",
            "fe80::1", "fe80::1%2", "fec0::1", "ff02::1", "3fff::1", "4000::1",
        ];
        foreach (var address in forbidden)
        {
            using var http = new HttpMessageInvoker(new GuardedConnect(Strict, (_, _) =>
            {
                asked++;
                // A good one first: it must not be connected to either.
                return Task.FromResult<IPAddress[]>([IPAddress.Parse("93.184.216.34"), IPAddress.Parse(address)]);
            }).CreateHandler(TimeSpan.FromSeconds(5)));
            using var request = new HttpRequestMessage(HttpMethod.Post, "https://hooks.example.com/");
            var sending = () => http.SendAsync(request, CancellationToken.None);
            (await sending.Should().ThrowAsync<HttpRequestException>(address)).WithInnerException<ForbiddenAddressException>();
        }

        asked.Should().Be(forbidden.Length, "a name is looked up once");
    }

    [Theory]
    [InlineData("http://hooks.example.com/")]
    [InlineData("https://hooks.example.com:22/")]
    public async Task Only_https_leaves_this_machine_whatever_the_setting(string url)
    {
        using var http = new HttpMessageInvoker(new GuardedConnect(Lenient, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("93.184.216.34")])).CreateHandler(TimeSpan.FromSeconds(5)));
        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        var sending = () => http.SendAsync(request, CancellationToken.None);
        (await sending.Should().ThrowAsync<HttpRequestException>()).WithInnerException<ForbiddenAddressException>();
    }

    [Fact]
    public async Task Over_http_each_is_refused_by_name_and_loopback_only_where_it_is_written_down()
    {
        await using var rig = await CoreRig.StartAsync();
        foreach (var url in ForbiddenUrls.All.Where(url => WebhookUrl.Problem(url, Lenient) is not null))
        {
            var reply = await rig.PostAsync("/v1/webhooks", new { url });
            (reply.Status, reply.Body.Text("code")).Should().Be((400, "validation-failed"), url);
            reply.Body.GetProperty("errors").EnumerateArray().Select(error => error.Text("pointer")).Distinct().Should().Equal(["/url"], url);
        }

        (await rig.GetAsync("/v1/webhooks")).GetProperty("webhooks").GetArrayLength().Should().Be(0);
        LoopbackRule.Of(new WebhookOptions(), new Stage("Production")).Allowed.Should().BeFalse();
        LoopbackRule.Of(new WebhookOptions(), new Stage("Development")).Allowed.Should().BeTrue();
        LoopbackRule.Of(new WebhookOptions { AllowLoopback = false }, new Stage("Development")).Allowed.Should().BeFalse();
        LoopbackRule.Of(new WebhookOptions { AllowLoopback = true }, new Stage("Production")).Allowed.Should().BeTrue();
    }

    private sealed class Stage(string name) : Microsoft.Extensions.Hosting.IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;
        public string ApplicationName { get; set; } = "";
        public string ContentRootPath { get; set; } = "";
        public Microsoft.Extensions.FileProviders.IFileProvider ContentRootFileProvider { get; set; } = new Microsoft.Extensions.FileProviders.NullFileProvider();
    }
}
