using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using WorkflowGateway.Cli;
using WorkflowGateway.Ledger;
using WorkflowGateway.Plans;
using WorkflowGateway.Runs;
using WorkflowGateway.Sandbox;
using WorkflowGateway.Tests.Cli;
using WorkflowGateway.Tests.Ledger;

namespace WorkflowGateway.Tests.Plans;

/// <summary>What a plan counts as lost, and what it does not.</summary>
public sealed class PlanLossTests : IAsyncLifetime
{
    private SandboxServer _sandbox = null!;
    private PlanRig _rig = null!;

    public async Task InitializeAsync()
    {
        _sandbox = await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None);
        _rig = await PlanRig.StartAsync(_sandbox, Configuration());
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _sandbox.DisposeAsync();
    }

    [Fact]
    public async Task Labels_subject_and_correlation_id_that_reach_the_vendor_no_more_are_told_and_so_is_a_webhook_that_goes()
    {
        await MakeAsync("ask");
        var after = Configuration();
        after["workflows"]!["ask"]!["routes"]![0]!["input"] = JsonNode.Parse("""{ "context": { "name": "${input.name}" } }""");
        after.Remove("webhooks");

        var plan = await _rig.PlanAsync(after);

        plan.GetProperty("workflows")[0].GetProperty("mapping").EnumerateArray().Select(lost => (lost.Text("kind"), lost.Text("what"), lost.GetProperty("starts").GetInt64()))
            .Should().BeEquivalentTo([("drops", "/labels/a.b", 1L), ("drops", "/subject", 1L), ("drops", "/correlationId", 1L)]);
        plan.GetProperty("webhooks").EnumerateArray().Select(one => (one.Text("name"), one.Text("change"))).Should().Equal(("crm", "removed"));
        plan.GetProperty("warnings").EnumerateArray().Select(one => one.Text("code")).Should().BeEquivalentTo("mapping-drops", "mapping-drops", "mapping-drops", "webhook-removed");
    }

    [Fact]
    public async Task Starts_that_are_refused_today_as_well_are_no_break()
    {
        await MakeAsync("ask");
        await MakeAsync("talk");
        var stricter = Configuration();
        stricter["workflows"]!["ask"]!["inputSchema"] = JsonNode.Parse("""{ "type": "object", "required": [ "surname" ] }""");
        var file = Path.Combine(_rig.Folder, "stricter.json");
        await File.WriteAllTextAsync(file, stricter.ToJsonString());

        var itself = await Typed.RunAsync(["plan", "-c", file, "-o", "json", .. _rig.Settings, "--Gateway:ConfigPath=" + file]);
        var other = await _rig.PlanAsync(stricter);

        var starts = JsonElement.Parse(itself.Out).GetProperty("starts");
        (itself.Code, starts.GetProperty("wouldFail").GetInt64(), starts.GetProperty("alsoBefore").GetInt64()).Should().Be((ExitCode.Ok, 1, 1), itself.Error);
        (other.GetProperty("starts").GetProperty("wouldFail").GetInt64(), other.GetProperty("starts").GetProperty("alsoBefore").GetInt64()).Should().Be((1, 0));
    }

    [Fact]
    public void An_operation_that_callers_used_and_the_new_vendor_lacks_is_noticed()
    {
        var workflow = new PlanWorkflowView("w", "changed", [], new PlanCountsView(1, 0, 1, 0, 0, 0), [], [], [], [], [new PlanOperationView("pause", 2, 1, 1, ["juo"], [])], []);
        var warnings = PlanWarnings.Of([workflow], [], [], 1, 0);

        warnings.Select(one => (one.Level, one.Code)).Should().Equal(("error", "operation-missing"));
        new PlanView("a", "b", default, default, 1, 0, workflow.Starts, [workflow], [], [], warnings).Breaks.Should().BeTrue();
    }

    [Fact]
    public async Task Dry_runs_are_not_open_and_a_route_without_weight_takes_no_new_ones()
    {
        await MakeAsync("talk");
        var dry = Sample.Run(RunStatus.Running, connection: "juo") with { Workflow = "ask", DryRun = true };
        (await _rig.Services.GetRequiredService<LedgerWriter>().WriteAsync(LedgerAcceptance.Store.InsertOf(dry))).Should().Be(WriteResult.Applied);
        var after = Configuration();
        ((JsonObject)after["connections"]!).Remove("juo");
        ((JsonObject)after["workflows"]!).Remove("ask");
        var drained = Configuration();
        drained["workflows"]!["talk"]!["routes"]![0]!["weight"] = 0;
        drained["workflows"]!["talk"]!["routes"]!.AsArray().Add(JsonNode.Parse("""{ "name": "new", "connection": "juo", "target": { "flowType": "cancellation" } }"""));
        var backed = (JsonObject)drained.DeepClone();
        backed["workflows"]!["talk"]!["routes"]![1]!["fallback"] = new JsonArray("r");

        var plan = await _rig.PlanAsync(after);

        plan.GetProperty("warnings").EnumerateArray().Select(one => one.Text("code")).Should().NotContain("runs-turn-stale");
        plan.GetProperty("connections").EnumerateArray().Single(one => one.Text("name") == "juo").GetProperty("openRuns").GetInt64().Should().Be(0);
        ((await AfterAsync(Configuration())), (await AfterAsync(drained)), (await AfterAsync(backed))).Should().Be(("serves", "drains", "serves"));

        async Task<string?> AfterAsync(JsonObject configuration) =>
            (await _rig.PlanAsync(configuration)).GetProperty("workflows").EnumerateArray().Single(one => one.Text("name") == "talk").GetProperty("openRuns")[0].Text("after");
    }

    [Fact]
    public async Task What_was_not_replayed_is_counted_of_the_workflows_asked_for()
    {
        foreach (var workflow in (string[])["talk", "ask", "talk", "ask"]) await MakeAsync(workflow);
        using var planner = new Planner(_rig.Services.GetRequiredService<LedgerReader>(), TimeProvider.System) { MostReplayed = 1 };

        var plan = await planner.PlanAsync(_rig.Catalog, _rig.Catalog, new PlanScope(null, TimeSpan.FromHours(1), ["ask"]), null, CancellationToken.None);

        (plan.Replayed, plan.NotReplayed).Should().Be((1, 1));
    }

    [Fact]
    public void As_many_errors_as_values_are_looked_at_once_each()
    {
        var input = JsonSerializer.SerializeToElement(Enumerable.Range(0, 2000).Select(i => $"secret-{i}").Append("/input/0 stays").ToList());
        var errors = new Counted([.. Enumerable.Range(0, 2000).Select(i => new FieldError($"/input/{i}", $"'secret-{i % 2}' is too long."))]);
        var start = new RecordedStart
        {
            Tenant = "t",
            Id = Sample.Id(),
            Workflow = "w",
            Vendor = "v",
            Connection = "c",
            Route = "r",
            Revision = "x",
            Attempt = Guid.Empty,
            Labels = new Dictionary<string, string>(),
        };

        var words = Discretion.WordsOf(new RefusedException("validation-failed", "No.") { Errors = errors }, start, input);

        words.Should().Be("/input/*: '…' is too long. /input/*: '…' is too long. (2000 in all)");
        errors.Given.Should().BeLessThanOrEqualTo(2 * 2000);
    }

    private async Task MakeAsync(string workflow) => (await _rig.MakeAsync(
        new PlanStart
        {
            Caller = "a",
            Workflow = workflow,
            Input = JsonElement.Parse("""{ "name": "Ada" }"""),
            Labels = new Dictionary<string, string> { ["a.b"] = "eu" },
            Subject = "person",
            CorrelationId = "order",
        },
        null)).Code.Should().BeNull();

    private static JsonObject Configuration() => (JsonObject)JsonNode.Parse("""
        {
          "connections": {
            "juo": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "one.myshopify.com", "credential": { "value": "sandbox" } },
            "talk": { "adapter": "interactly", "baseUrl": "${sandbox:interactly}/workflows", "credential": { "value": "sandbox" }, "poll": { "min": "1h", "max": "2h" } }
          },
          "workflows": {
            "ask": { "routes": [ { "name": "r", "connection": "juo", "target": { "flowType": "cancellation" },
              "input": { "context": { "name": "${input.name}", "who": "${subject}", "region": "${labels.a.b}", "order": "${correlationId}" } } } ] },
            "talk": { "routes": [ { "name": "r", "connection": "talk", "target": { "workflowId": "5eb7cf5a86d9755df3a6c593" } } ] }
          },
          "webhooks": { "crm": { "url": "https://hooks.example.com/x", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "enabled": false } }
        }
        """)!;

    private sealed class Counted(IReadOnlyList<FieldError> errors) : IReadOnlyList<FieldError>
    {
        public int Given { get; private set; }

        public int Count => errors.Count;

        public FieldError this[int index] => errors[index];

        public IEnumerator<FieldError> GetEnumerator()
        {
            foreach (var error in errors)
            {
                Given++;
                yield return error;
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
