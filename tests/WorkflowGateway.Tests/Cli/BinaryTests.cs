using System.Text.Json;

namespace WorkflowGateway.Tests.Cli;

/// <summary>Each verb of the real binary: what it prints and with what it ends.</summary>
public sealed class BinaryTests : IDisposable
{
    private const string Good = """
        {
          "connections": { "juo": { "adapter": "juo", "baseUrl": "https://juo.example", "tenantId": "shop", "credential": { "value": "${env:JUO_TOKEN}" } } },
          "workflows": { "ask": { "routes": [ { "name": "juo", "connection": "juo", "target": { "flowType": "cancellation" } } ] } }
        }
        """;

    private static readonly (string, string) Token = ("JUO_TOKEN", "tok_juo_123456");

    private readonly Binary _binary = new();

    public BinaryTests() => _binary.Write("config/gateway.json", Good);

    public void Dispose() => _binary.Dispose();

    [Fact]
    public async Task Help_version_and_what_does_not_exist()
    {
        var help = await _binary.RunAsync("keys create --help");
        (help.Code, help.Error).Should().Be((0, ""));
        help.Out.Should().ContainAll("--role", "--tenant", "--url", "GATEWAY_KEY", "Exit codes:", "78");

        (await _binary.RunAsync("--version")).Out.Should().MatchRegex(@"^\d+\.\d+\.\d+");
        var wrong = await _binary.RunAsync("chek-config");
        (wrong.Code, wrong.Out, wrong.Error.Split('\n')[0].Trim()).Should().Be((64, "", "Unknown verb 'chek-config'. Did you mean 'check-config'?"));
    }

    [Fact]
    public async Task Check_config_tells_what_is_wrong_and_what_is_right()
    {
        var good = await _binary.RunAsync("check-config", "", Token);
        (good.Code, good.Error).Should().Be((0, ""));
        good.Out.Should().ContainAll("ok, sha256:", "1 connection, 1 workflow, 1 route, 0 webhooks", "nothing wrong");

        var absent = await _binary.RunAsync("check-config --output json");
        absent.Code.Should().Be(78);
        var problem = JsonElement.Parse(absent.Out).GetProperty("files")[0].GetProperty("problems")[0];
        (problem.GetProperty("line").GetInt32(), problem.GetProperty("column").GetInt32(), problem.Text("path")).Should().Be((2, 117, "/connections/juo/credential/value"));
        (await _binary.RunAsync("check-config --without-secrets")).Code.Should().Be(0);

        var piped = await _binary.RunAsync("check-config - -o json --without-secrets", Good.Replace("\"juo\", \"baseUrl\"", "\"jou\", \"baseUrl\"", StringComparison.Ordinal));
        piped.Code.Should().Be(78);
        JsonElement.Parse(piped.Out).GetProperty("files")[0].GetProperty("problems")[0].Text("suggestion").Should().Be("juo");
    }

    [Fact]
    public async Task Print_config_fills_in_defaults_says_where_from_and_covers_secrets()
    {
        _binary.Write("config/gateway.json", Good.Replace("${env:JUO_TOKEN}", "tok_literal_987", StringComparison.Ordinal));
        var printed = await _binary.RunAsync("print-config -o json --Access:Mode=none --Sync:MaxInterval 5m", "", ("Storage__ConnectionString", "Host=db;Password=geheim"), ("Storage__Pfad", "x"));

        printed.Code.Should().Be(0, printed.Error);
        printed.Out.Should().NotContain("geheim").And.NotContain("tok_literal");
        var json = JsonElement.Parse(printed.Out);
        var settings = json.GetProperty("settings").EnumerateArray().ToDictionary(setting => setting.Text("name")!, setting => (setting.Text("value"), setting.Text("source")));
        (settings["Sync:MaxInterval"], settings["Sync:MinInterval"], settings["Retention:Runs"]).Should().Be((("5m", "command line"), ("1s", "appsettings.json"), ("30d", "default")));
        settings["Storage:ConnectionString"].Should().Be(("Host=db;Password=***", "environment"));
        json.GetProperty("unused")[0].Text("name").Should().Be("Storage:Pfad");
        var juo = json.GetProperty("gateway").GetProperty("connections").GetProperty("juo");
        (juo.GetProperty("credential").Text("value"), juo.Text("timeout"), juo.GetProperty("poll").Text("max")).Should().Be(("***", "30s", "5m"));
        json.GetProperty("defaults").EnumerateArray().Select(pointer => pointer.GetString()).Should().Contain("/connections/juo/timeout").And.Contain("/workflows/ask/routes/0/weight");
    }

    [Fact]
    public async Task Schema_prints_the_schema_as_it_is_checked_in_and_the_others_refuse_what_they_cannot_do()
    {
        var schema = await _binary.RunAsync("schema");
        (schema.Code, JsonElement.Parse(schema.Out).Text("$schema")).Should().Be((0, "http://json-schema.org/draft-07/schema#"));
        (await _binary.RunAsync("healthcheck http://127.0.0.1:1")).Code.Should().Be(1);
        (await _binary.RunAsync("copy-store")).Code.Should().Be(64);
        var none = await _binary.RunAsync("copy-store --to postgres --Storage:ConnectionString=Host=127.0.0.1 --Storage:Path=none.db");
        none.Code.Should().Be(78);
        none.Error.Should().Contain("There is no ledger").And.Contain("Nothing was moved.");
    }

    // From the first key of an empty ledger to its end, at a gateway that has no other.
    [Fact]
    public async Task Keys_are_made_before_the_gateway_starts_and_through_it_while_it_runs()
    {
        var first = await _binary.RunAsync("keys create --role operator --tenant * --name first");
        first.Code.Should().Be(0, first.Error);
        var key = first.Out.Trim();
        key.Should().MatchRegex("^wfg_[0-9a-f]{16}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$");
        (string, string) asked = ("GATEWAY_KEY", key);

        await using var gateway = await _binary.ServeAsync("serve --urls http://127.0.0.1:0 --Access:Mode keys", Token);
        (await _binary.RunAsync("healthcheck " + gateway.Address)).Code.Should().Be(0);
        (await _binary.RunAsync("keys list")).Out.Should().Contain(key.Split('_')[1], "who only looks takes no lock");
        var held = await _binary.RunAsync("keys create --role viewer --tenant eu");
        held.Code.Should().Be(78);
        held.Error.Should().Contain("in use").And.Contain("--url");

        var remote = $" --url {gateway.Address} -o json";
        (await _binary.RunAsync("keys list" + remote)).Code.Should().Be(77, "it asks for a key");
        var made = JsonElement.Parse((await _binary.RunAsync("keys create --role viewer --tenant eu" + remote, "", asked)).Out);
        (made.Text("role"), made.Text("tenant")).Should().Be(("viewer", "eu"));
        (await _binary.RunAsync("keys create --role viewer --tenant eu" + remote, "", ("GATEWAY_KEY", made.Text("key")!))).Code.Should().Be(77);
        (await _binary.RunAsync($"keys revoke {made.Text("id")}" + remote, "", asked)).Code.Should().Be(0);
        (await _binary.RunAsync("keys revoke nobody" + remote, "", asked)).Code.Should().Be(64);

        (await gateway.StopAsync()).Should().Be(0);
        var listed = await _binary.RunAsync("keys list");
        listed.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(3).And.Contain(line => line.Contains(made.Text("id")!) && !line.Contains(" - "));
        listed.Out.Should().Contain("first").And.NotContain(key.Split('_')[2]);
    }
}
