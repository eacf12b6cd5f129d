using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WorkflowGateway.Access;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;
using WorkflowGateway.Tests.Runners;

namespace WorkflowGateway.Tests.Access;

public sealed class ApiKeyTests
{
    private static readonly Ids Ids = new(TimeProvider.System);

    [Fact]
    public void A_key_is_an_id_a_secret_and_a_checksum_and_no_two_are_alike()
    {
        var keys = Enumerable.Range(0, 1000).Select(_ => ApiKey.Make(ApiKey.NextId(Ids), Ids)).ToList();

        keys.Should().OnlyHaveUniqueItems().And.OnlyContain(key => System.Text.RegularExpressions.Regex.IsMatch(key, "^wfg_[0-9a-f]{16}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$"));
        keys.Should().OnlyContain(key => !ApiKey.IsMistyped(key));
        // Every letter of the alphabet is used in the end: nothing of the 256 bits is thrown away.
        string.Concat(keys.Select(key => key[21..64])).Distinct().Should().HaveCount(62);
    }

    // The CRC-32 of "123456789" is cbf43926 everywhere; a scanner for leaked secrets must come to the same.
    [Fact]
    public void The_checksum_is_the_usual_one() => ApiKey.Checksum("123456789").Should().Be("3jZRME");

    [Fact]
    public void A_mistyped_key_is_known_as_one()
    {
        var key = ApiKey.Make(ApiKey.NextId(Ids), Ids);
        for (var i = 4; i < key.Length; i++)
        {
            if (key[i] == '_') continue;
            var other = key[i] == '0' ? '1' : '0';
            ApiKey.IsMistyped(key[..i] + other + key[(i + 1)..]).Should().BeTrue($"letter {i} is another one");
        }

        ApiKey.IsMistyped(key.AsSpan()[..^1]).Should().BeTrue();
        ApiKey.IsMistyped("wfg_admin_some-secret").Should().BeFalse("it has another form: it was made by somebody else");
    }

    [Fact]
    public void Keys_open_whatever_those_do_that_are_told_of_the_first_one()
    {
        using var ring = new KeyRing(Options.Create(new AccessOptions()), TimeProvider.System, ledger: true);
        var text = ApiKey.Make(ApiKey.NextId(Ids), Ids);
        ring.FirstKey.Register(() => throw new InvalidOperationException("one that cannot end"));

        ring.Take([new ApiKeyRow { Id = text.Split('_')[1], Tenant = "*", Role = "caller", Sha256 = Hash(text) }], 1);

        (ring.FirstKey.IsCancellationRequested, ring.Find(text)?.Role).Should().Be((true, Role.Caller));
    }

    // As if nothing had been written, it would be for everything. Lists are found by place: each child becomes a key, also one that is empty, and what is none stops the start.
    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void A_list_of_nothing_stays_with_its_key_whatever_stands_before_it(string? before)
    {
        var settings = new Dictionary<string, string?> { ["Access:Keys:0"] = before, ["Access:Keys:1:Id"] = "k", ["Access:Keys:1:Operations"] = "", ["Access:Keys:2:Id"] = "all" };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        using var services = new ServiceCollection().AddAccess(configuration).RemoveAll<IValidateOptions<AccessOptions>>().BuildServiceProvider();

        services.GetRequiredService<IOptions<AccessOptions>>().Value.Keys.Where(key => key.Id is not null).Select(key => (key.Id, key.Operations?.Count)).Should().Equal(("k", 0), ("all", null));
    }

    [Fact]
    public void Keys_of_the_ledger_open_for_five_minutes_while_it_cannot_be_asked_and_those_of_the_settings_always()
    {
        var clock = new HandClock();
        var options = Options.Create(new AccessOptions { Mode = "keys", Keys = [new() { Id = "fixed", Sha256 = Convert.ToHexString(Hash("wfg_fixed_x")), Role = "viewer", Tenant = "t" }] });
        using var ring = new KeyRing(options, clock);
        var text = ApiKey.Make(ApiKey.NextId(Ids), Ids);
        var row = new ApiKeyRow { Id = text.Split('_')[1], Tenant = "*", Role = "caller", Sha256 = Hash(text) };

        ring.Find(text).Should().BeNull();
        ring.Take([row]);
        var caller = ring.Find(text)!;
        (caller.Tenant, caller.Role, caller.Name, ring.Count).Should().Be((null, Role.Caller, row.Id, 2));
        clock.Pass(KeyRing.Trusted);
        ring.IsStale.Should().BeFalse();
        clock.Pass(TimeSpan.FromSeconds(1));
        ring.IsStale.Should().BeTrue();
        ring.Take(null);
        (ring.IsStale, ring.Find(text)).Should().Be((false, caller), "nothing has changed");

        ring.Take([]);
        (ring.Find(text), caller.Revoked.IsCancellationRequested, ring.Find("wfg_fixed_x")!.Name).Should().Be((null, true, "fixed"));
    }

    [Fact]
    public void A_key_of_the_settings_is_not_replaced_by_one_of_the_ledger()
    {
        var options = Options.Create(new AccessOptions { Keys = [new() { Id = "one", Sha256 = Convert.ToHexString(Hash("wfg_one_x")), Role = "viewer", Tenant = "t" }] });
        using var ring = new KeyRing(options, TimeProvider.System);

        ring.Take([new ApiKeyRow { Id = "one", Tenant = "*", Role = "operator", Sha256 = Hash("wfg_one_y") }]);

        (ring.Find("wfg_one_y"), ring.Find("wfg_one_x")!.Role).Should().Be((null, Role.Viewer));
    }

    [Fact]
    public void Until_the_ledger_has_said_which_keys_it_has_nobody_is_told_that_its_key_is_unknown()
    {
        ServiceProvider Build(bool ledger)
        {
            var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Development" });
            var services = builder.Services.AddAccess(builder.Configuration);
            return (ledger ? services.AddLedgerKeys() : services).BuildServiceProvider();
        }

        using var with = Build(true);
        using var without = Build(false);
        (with.GetRequiredService<KeyRing>().IsStale, without.GetRequiredService<KeyRing>().IsStale).Should().Be((true, false));
        with.GetRequiredService<KeyRing>().Take([]);
        with.GetRequiredService<KeyRing>().IsStale.Should().BeFalse();
    }

    [Theory]
    [InlineData("""["ask", "train"]""", "ask train")]
    [InlineData("[]", "")]
    [InlineData("\"\"", "")]
    [InlineData("\"ask\"", "refused")]
    [InlineData("null", null)]
    public void A_key_of_the_settings_is_for_no_more_than_was_written(string words, string? expected)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Development" });
        var json = $$"""{"Access":{"Keys":[{"Id":"k","Sha256":"{{new string('0', 64)}}","Role":"viewer","Tenant":"a","Workflows":{{words}},"Operations":{{words}} } ] } }""";
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        using var services = builder.Services.AddAccess(builder.Configuration).BuildServiceProvider();
        var key = new AccessOptions();
        void Bind()
        {
            foreach (var configure in services.GetServices<IConfigureOptions<AccessOptions>>()) configure.Configure(key);
            foreach (var configure in services.GetServices<IPostConfigureOptions<AccessOptions>>()) configure.PostConfigure("", key);
        }

        if (expected == "refused")
        {
            ((Action)Bind).Should().Throw<InvalidOperationException>().Which.ToString().Should().Contain("Access:Keys:0:Workflows");
            return;
        }

        Bind();

        foreach (var named in (IReadOnlyList<string>?[])[key.Keys.Single().Grants.Workflows, key.Keys.Single().Grants.Operations])
            (named is null ? null : string.Join(' ', named)).Should().Be(expected);
    }

    [Fact]
    public void A_key_of_an_unknown_role_and_a_stream_that_ends_badly_hold_up_no_other()
    {
        using var ring = new KeyRing(Options.Create(new AccessOptions()), TimeProvider.System);
        var texts = Enumerable.Range(0, 4).Select(_ => ApiKey.Make(ApiKey.NextId(Ids), Ids)).ToList();
        var rows = texts.Select((text, i) => new ApiKeyRow { Id = text.Split('_')[1], Tenant = "*", Role = i == 0 ? "auditor" : "viewer", Sha256 = Hash(text) }).ToList();

        ring.Take(rows);
        ring.Find(texts[0]).Should().BeNull();
        var callers = texts.Skip(1).Select(text => ring.Find(text)!).ToList();
        var ended = 0;
        foreach (var caller in callers)
        {
            caller.Revoked.Register(() => ended++);
            caller.Revoked.Register(() => throw new InvalidOperationException("It ends badly."));
        }

        ring.Take([]);
        ended.Should().Be(3);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
