using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Data.Sqlite;
using WorkflowGateway.Cli;
using WorkflowGateway.Sandbox;
using WorkflowGateway.Testing;
using WorkflowGateway.Tests.Cli;

namespace WorkflowGateway.Tests.Plans;

/// <summary>The verb <c>plan</c> beside a gateway that runs, and beside none.</summary>
public sealed class PlanVerbTests : IAsyncLifetime
{
    private SandboxServer _sandbox = null!;
    private PlanRig _rig = null!;

    private string Ledger => Path.Combine(_rig.Folder, "gateway.db");

    public async Task InitializeAsync()
    {
        _sandbox = await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None);
        _rig = await PlanRig.StartAsync(_sandbox, Configuration());
        foreach (var name in (string[])["Ada", "Grace"])
            (await _rig.MakeAsync(new PlanStart { Caller = "a", Workflow = "talk", Input = JsonElement.Parse($$"""{ "name": "{{name}}" }""") }, null)).Code.Should().BeNull();
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _sandbox.DisposeAsync();
    }

    [Fact]
    public async Task It_says_what_the_running_gateway_would_say_and_touches_nothing()
    {
        var after = Configuration();
        after["workflows"]!["talk"]!["routes"]![0]!["connection"] = "juo";
        after["workflows"]!["talk"]!["routes"]![0]!["target"] = new JsonObject { ["flowType"] = "cancellation" };

        var planned = await PlanAsync(after, "--output", "json");

        planned.Code.Should().Be(ExitCode.Ok, planned.Error);
        var (told, asked) = (JsonElement.Parse(planned.Out), await _rig.PlanAsync(after));
        foreach (var member in (string[])["before", "after", "starts", "workflows", "connections", "warnings"])
            JsonElement.DeepEquals(told.GetProperty(member), asked.GetProperty(member)).Should().BeTrue(member + told + asked);
        (await _rig.MakeAsync(new PlanStart { Caller = "a", Workflow = "talk" }, null)).Code.Should().BeNull("the gateway goes on");
    }

    [Fact]
    public async Task Starts_that_a_stand_in_took_are_lost_with_it()
    {
        var before = Configuration();
        before["connections"]!["dead"] = JsonNode.Parse("""{ "adapter": "juo", "baseUrl": "http://127.0.0.1:1/", "tenantId": "dead.myshopify.com", "credential": { "value": "sandbox" } }""");
        before["workflows"]!["carried"] = JsonNode.Parse("""
            { "routes": [
              { "name": "first", "connection": "dead", "target": { "flowType": "cancellation" }, "fallback": [ "second" ] },
              { "name": "second", "connection": "juo", "target": { "flowType": "cancellation" }, "weight": 0 } ] }
            """);
        await using var rig = await PlanRig.StartAsync(_sandbox, before);
        (await rig.MakeAsync(new PlanStart { Caller = "a", Workflow = "carried", Input = JsonElement.Parse("{}") }, null)).Route.Should().Be("second");
        var timed = (JsonObject)before.DeepClone();
        timed["connections"]!["juo"]!["timeout"] = "9s";
        var alone = (JsonObject)before.DeepClone();
        ((JsonObject)alone["workflows"]!["carried"]!["routes"]![0]!).Remove("fallback");
        var off = (JsonObject)before.DeepClone();
        off["connections"]!["juo"]!["enabled"] = false;

        (await PlanAsync(timed, rig)).Code.Should().Be(ExitCode.Ok);
        foreach (var after in (JsonObject[])[alone, off])
        {
            var planned = await PlanAsync(after, rig, "--output", "json");
            planned.Code.Should().Be(ExitCode.No, planned.Out);
            JsonElement.Parse(planned.Out).GetProperty("warnings").EnumerateArray().Select(warning => warning.Text("code")).Should().Contain("fallback-lost");
        }
    }

    [Fact]
    public async Task A_workflow_that_neither_configuration_has_is_no_all_clear()
    {
        var planned = await PlanAsync(Configuration(), "--workflow", "tlak");

        (planned.Code, planned.Out, planned.Error.Trim()).Should().Be((ExitCode.BadUsage, "", "--workflow: Neither configuration has a workflow 'tlak'. Did you mean 'talk'?"));
    }

    [Fact]
    public async Task On_PostgreSQL_it_says_the_same()
    {
        await using var rig = await PlanRig.StartAsync(_sandbox, Configuration(), PostgresServer.Shared.CreateDatabase());
        (await rig.MakeAsync(new PlanStart { Caller = "all", Workflow = "talk", Key = "k", Input = JsonElement.Parse("{}") }, null)).Code.Should().BeNull();
        var after = Configuration();
        after["workflows"]!["talk"]!["requireIdempotencyKey"] = true;
        after["workflows"]!["talk"]!["inputSchema"] = JsonNode.Parse("""{ "type": "object", "required": [ "name" ] }""");

        var planned = await PlanAsync(after, rig, "--output", "json");

        planned.Code.Should().Be(ExitCode.No, planned.Error);
        var asked = await rig.PlanAsync(after);
        JsonElement.DeepEquals(JsonElement.Parse(planned.Out).GetProperty("workflows"), asked.GetProperty("workflows")).Should().BeTrue(planned.Out + asked);
        var failure = asked.GetProperty("workflows")[0].GetProperty("failures").EnumerateArray().Should().ContainSingle().Which;
        failure.GetProperty("code").GetString().Should().Be("validation-failed");
        failure.GetProperty("detail").GetString().Should().Contain("/input/name");
    }

    [Fact]
    public async Task Its_text_is_for_people_and_its_end_for_scripts()
    {
        var after = Configuration();
        after["workflows"]!["talk"]!["inputSchema"] = JsonNode.Parse("""{ "type": "object", "properties": { "name": { "enum": [ "Ada" ] } } }""");
        after["workflows"]!["talk"]!["routes"]![0]!["input"] = JsonNode.Parse("""{ "dynamicVariables": { "who": "${input.surname}" } }""");
        ((JsonObject)after["connections"]!).Remove("juo");

        var planned = await PlanAsync(after);

        planned.Code.Should().Be(ExitCode.No);
        var lines = planned.Out.Split(Environment.NewLine).Select(line => System.Text.RegularExpressions.Regex.Replace(line, "(sha256:|run_)[0-9a-f]+|/[^ ]*/", "$1…")).ToList();
        string.Join('\n', lines).TrimEnd().Should().Be("""
            Before  sha256:…  …gateway.json
            After   sha256:…  …after.json
            Starts  2 of the last 24 h replayed: 0 same, 1 rerouted, 1 would fail

            talk  changed: inputSchema, routes
              starts  today                     then                  differs
                   1  r (talk, interactly)  ->  r (talk, interactly)  request
                   1  r (talk, interactly)  ->  WOULD FAIL            validation-failed
              validation-failed: …name: This must be 'Ada'.
                run_…
              2 runs open at talk stay there, as new ones do.

            Connections
              juo  juo  removed

            Look at
              warning  …name reached interactly and would not reach interactly: 1 start of talk.
              warning  The route 'r' of talk asks for ${input.surname}, which 1 start had not: it would be left out.

            This switch would be noticed: starts that fail, operations that are missing, or open runs that are lost.
            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task A_gateway_that_serves_another_file_than_the_one_compared_with_is_told()
    {
        var other = Configuration();
        ((JsonObject)other["connections"]!).Remove("juo");
        var file = Path.Combine(_rig.Folder, "other.json");
        await File.WriteAllTextAsync(file, other.ToJsonString());
        Typed planned;
        do planned = await PlanAsync(Configuration(), "--output", "json", "--Gateway:ConfigPath=" + file);
        while (planned.Code == ExitCode.Ok && !planned.Out.Contains("other-revision", StringComparison.Ordinal));

        planned.Code.Should().Be(ExitCode.Ok, planned.Error);
        planned.Out.Should().Contain(_rig.Catalog.Revision + ", which is not what is compared with");
    }

    [Fact]
    public async Task Beside_no_gateway_it_leaves_no_file_behind()
    {
        await _rig.StopAsync();
        var files = Directory.GetFiles(_rig.Folder, "gateway.db*").Order().ToList();
        var content = await File.ReadAllBytesAsync(Ledger);

        var planned = await PlanAsync(Configuration());

        planned.Code.Should().Be(ExitCode.Ok, planned.Error);
        planned.Out.Should().Contain("2 same");
        Directory.GetFiles(_rig.Folder, "gateway.db*").Order().Should().Equal(files);
        (await File.ReadAllBytesAsync(Ledger)).Should().Equal(content);
    }

    [Theory]
    [InlineData("DELETE FROM migrations WHERE name = '0011-plan.sql'", "older version: it lacks the migration 0011-plan.sql")]
    [InlineData("INSERT INTO migrations(name, at) VALUES('9999-later.sql', 0)", "newer version: it has the migration 9999-later.sql")]
    [InlineData("DROP TABLE migrations", "no such table: migrations")]
    public async Task A_ledger_of_another_version_is_told_and_left_alone(string statement, string words)
    {
        await _rig.StopAsync();
        await using (var db = new SqliteConnection($"Data Source={Ledger};Pooling=False")) await db.ExecuteAsync(statement);
        var content = await File.ReadAllBytesAsync(Ledger);

        var planned = await PlanAsync(Configuration());

        (planned.Code, planned.Out).Should().Be((ExitCode.BadConfiguration, ""));
        planned.Error.Should().Contain(words);
        (await File.ReadAllBytesAsync(Ledger)).Should().Equal(content);
    }

    [Fact]
    public async Task What_it_cannot_use_it_names()
    {
        var after = Configuration();
        after["workflows"]!["talk"]!["routes"]![0]!["connection"] = "tlak";
        var bad = await PlanAsync(after);
        var absent = await Typed.RunAsync(["plan", "-c", Path.Combine(_rig.Folder, "after.json"), .. _rig.Settings, "--Storage:Path", Path.Combine(_rig.Folder, "none", "x.db")]);
        var hours = await PlanAsync(Configuration(), "--hours", "0");

        (bad.Code, bad.Error).Should().Match<(int Code, string Error)>(said => said.Code == ExitCode.BadConfiguration && said.Error.Contains("after.json:1:") && said.Error.Contains("Did you mean 'talk'?"));
        (absent.Code, absent.Error).Should().Match<(int Code, string Error)>(said => said.Code == ExitCode.BadConfiguration && said.Error.Contains("There is no ledger"));
        Directory.Exists(Path.Combine(_rig.Folder, "none")).Should().BeFalse();
        hours.Code.Should().Be(ExitCode.BadUsage);
    }

    private Task<Typed> PlanAsync(JsonObject after, params string[] options) => PlanAsync(after, _rig, options);

    private static async Task<Typed> PlanAsync(JsonObject after, PlanRig rig, params string[] options)
    {
        var file = Path.Combine(rig.Folder, "after.json");
        await File.WriteAllTextAsync(file, after.ToJsonString());
        return await Typed.RunAsync(["plan", "--config", file, .. rig.Settings, .. options]);
    }

    private static JsonObject Configuration() => (JsonObject)JsonNode.Parse("""
        {
          "connections": {
            "juo": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "one.myshopify.com", "credential": { "value": "sandbox" } },
            "talk": { "adapter": "interactly", "baseUrl": "${sandbox:interactly}/workflows", "credential": { "value": "sandbox" }, "poll": { "min": "1h", "max": "2h" } }
          },
          "workflows": { "talk": { "routes": [ { "name": "r", "connection": "talk", "target": { "workflowId": "5eb7cf5a86d9755df3a6c593" } } ] } }
        }
        """)!;
}
