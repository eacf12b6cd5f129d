using System.Net;
using System.Net.Sockets;
using WorkflowGateway.Access;
using WorkflowGateway.Cli;

namespace WorkflowGateway.Tests.Cli;

public sealed class CommandLineTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task The_healthcheck_says_whether_the_server_answers()
    {
        (await Typed.RunAsync("healthcheck", gateway.Client.BaseAddress!.AbsoluteUri)).Code.Should().Be(0);
        (await Typed.RunAsync("healthcheck", "http://127.0.0.1:1")).Code.Should().Be(1);
        foreach (var address in (string[])["localhost:8080", "nonsense", "ftp://localhost"])
        {
            var typed = await Typed.RunAsync("healthcheck", address);
            (typed.Code, typed.Out, typed.Error.Trim()).Should().Be((ExitCode.BadUsage, "", $"'{address}' is no address of a server. Write it like http://localhost:8080."));
        }
    }

    [Fact]
    public async Task A_gateway_that_does_not_answer_in_time_is_told()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var keys = new RemoteKeys($"http://{silent.LocalEndpoint}", TimeSpan.FromMilliseconds(50));
        foreach (var asking in (Func<Task>[])[keys.ListAsync, () => keys.RevokeAsync("x"), () => keys.CreateAsync(new NewKey("viewer", "a", null))])
            (await asking.Should().ThrowAsync<HttpRequestException>()).WithMessage("It did not answer in time*");
    }

    [Theory]
    [InlineData("helthcheck", "Unknown verb 'helthcheck'. Did you mean 'healthcheck'?")]
    [InlineData("check", "Unknown verb 'check'. Did you mean 'check-config'?")]
    [InlineData("keys revok x", "Unknown verb 'revok'. Did you mean 'revoke'?")]
    [InlineData("keys", "Known: create, list, revoke.")]
    [InlineData("keys create --role caler --tenant a", "caler")]
    [InlineData("keys create --tenant a", "--role")]
    [InlineData("check-config --without-secret", "Unknown option '--without-secret'. Did you mean '--without-secrets'?")]
    [InlineData("--verison", "Unknown option '--verison'. Did you mean '--version'?")]
    [InlineData("--url http://localhost:1", "Unknown option '--url'. Did you mean '--urls'?")]
    [InlineData("serve --ouput=json", "Unknown option '--ouput'. Did you mean '--output'?")]
    [InlineData("schema --output xml", "xml")]
    [InlineData("healthcheck --bogus", "Unknown option '--bogus'.")]
    [InlineData("healthcheck http://localhost:1 http://localhost:2", "'http://localhost:2' is too much here.")]
    [InlineData("copy-store", "--to")]
    [InlineData("copy-store --to postgres", "--Storage:ConnectionString")]
    public async Task What_does_not_exist_is_refused_with_what_was_meant(string line, string said)
    {
        var typed = await Typed.RunAsync(line.Split(' '));

        typed.Code.Should().Be(ExitCode.BadUsage);
        typed.Error.Should().Contain(said);
        typed.Out.Should().BeEmpty();
    }

    [Fact]
    public async Task Help_names_every_verb_and_every_exit_code()
    {
        var help = await Typed.RunAsync("--help");

        help.Code.Should().Be(0);
        help.Out.Should().ContainAll(CommandLine.Root().Subcommands.Select(verb => verb.Name)).And.ContainAll(ExitCode.All.Select(code => code.Meaning));
    }

    [Theory]
    [InlineData("--urls http://localhost:1 --Storage:Path=a.db", "--urls http://localhost:1 --Storage:Path=a.db", "")]
    [InlineData("--environment Development check-config a.json", "--environment Development", "check-config a.json")]
    [InlineData("serve --Sandbox:Enabled false --Logging:LogLevel:Default=Debug", "--Sandbox:Enabled false --Logging:LogLevel:Default=Debug", "serve")]
    [InlineData("check-config /etc/gateway.json --output json /Storage:Path=x Storage:Path=y", "/Storage:Path=x Storage:Path=y", "check-config /etc/gateway.json --output json")]
    [InlineData("keys list --url http://localhost:1 --ENVIRONMENT=Production", "--ENVIRONMENT=Production", "keys list --url http://localhost:1")]
    public void Settings_are_told_from_verbs_and_left_as_they_are(string line, string settings, string verb)
    {
        var split = SettingArguments.Split(line.Split(' '));

        string.Join(' ', split.Settings).Should().Be(settings);
        string.Join(' ', split.Verb).Should().Be(verb);
    }
}
