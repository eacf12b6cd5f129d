using Microsoft.Extensions.DependencyInjection;
using WorkflowGateway.Access;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Runs;

/// <summary>A stand-in that cannot be gone to takes no attempt away, and one that is no longer meant to stand in is not gone to.</summary>
public sealed class StandInTests : IAsyncLifetime
{
    private const string First = """ "first": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "demo.myshopify.com", "credential": { "value": "sandbox" } } """;
    private const string Second = """ "second": { "adapter": "interactly", "baseUrl": "${sandbox:interactly}/workflows", "tenants": [ "a", "default" ], "credential": { "value": "sandbox" } } """;
    private const string Spare = """ { "name": "spare", "connection": "second", "weight": 0, "target": { "workflowId": "FLOW" } } """;

    private CoreRig _rig = null!;

    private RunnerRegistry Runners => _rig.Services.GetRequiredService<RunnerRegistry>();

    public async Task InitializeAsync()
    {
        _rig = await CoreRig.StartAsync();
        await _rig.ReconfigureAsync(Config(Second, Spare));
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Where_the_stand_in_is_away_the_first_is_tried_again()
    {
        Runners.Find("second")!.PauseFor(TimeSpan.FromMinutes(5));
        Throttle("juo", 2);

        var started = await _rig.StartRunAsync("w");

        (started.Body.Text("status"), started.Body.Text("connection")).Should().Be(("running", "first"), "{0}", started.Body);
        _rig.Received("start").Select(start => start.Vendor).Should().Equal("juo", "juo", "juo");
        _rig.Received("start").Select(start => start.Processed).Should().Equal(false, false, true);
    }

    [Fact]
    public async Task The_last_to_stand_in_is_tried_again_too()
    {
        Runners.Find("first")!.PauseFor(TimeSpan.FromMinutes(5));
        Throttle("interactly", 2);

        var started = await _rig.StartRunAsync("w");

        (started.Body.Text("status"), started.Body.Text("connection")).Should().Be(("running", "second"), "{0}", started.Body);
        _rig.Received("start").Select(start => start.Vendor).Should().Equal("interactly", "interactly", "interactly");
    }

    public static TheoryData<string, string, bool> Changes { get; } = new()
    {
        { Second.Replace(" } }", " }, \"timeout\": \"9s\" }", StringComparison.Ordinal), Spare, true },
        { Second, Spare.Replace("\"weight\"", "\"enabled\": false, \"weight\"", StringComparison.Ordinal), false },
        { Second, Spare.Replace("\"spare\"", "\"other\"", StringComparison.Ordinal), false },
        { Second, Spare.Replace("\"second\"", "\"first\"", StringComparison.Ordinal).Replace("workflowId", "flowType", StringComparison.Ordinal), false },
        { Second.Replace(" } }", " }, \"enabled\": false }", StringComparison.Ordinal), Spare, false },
        { Second.Replace("\"a\", ", "", StringComparison.Ordinal), Spare, false },
        { Second.Replace("/workflows", "/others", StringComparison.Ordinal), Spare, false },
    };

    [Theory, MemberData(nameof(Changes))]
    public async Task What_was_changed_since_it_was_planned_is_gone_to_only_where_it_still_stands_in(string second, string spare, bool goes)
    {
        var start = _rig.Services.GetRequiredService<StartPreparation>().Prepare(new StartRequest { Caller = new Caller("a", Role.Operator, "tests"), Workflow = "w" }).Start;
        // As whoever takes it later reads it.
        start = start with { Fallbacks = KeptStart.Of(new KeptStart(start.Start.Target, start.Start.Input, start.Fallbacks).ToText()).Fallbacks! };
        start.Fallbacks.Should().ContainSingle();

        await _rig.ReconfigureAsync(Config(second, spare));

        Runners.Find("first")!.PauseFor(TimeSpan.FromMinutes(5));
        var entering = async () => await _rig.Services.GetRequiredService<StartFallback>().EnterAsync(start, CancellationToken.None);
        if (goes)
        {
            var (moved, permit) = await entering();
            permit.Dispose();
            moved.Run.Connection.Should().Be("second");
            return;
        }

        (await entering.Should().ThrowAsync<RefusedException>()).Which.Code.Should().Be("rate-limited");
    }

    private void Throttle(string vendor, int count) =>
        _rig.Controls.Add(new Fault { Vendor = vendor, Operation = "start", Kind = "status", Status = 429, RetryAfter = "0", Count = count });

    private static string Config(string second, string spare) => $$"""
        { "connections": { {{First}}, {{second}} }, "workflows": { "w": { "routes": [
          { "name": "first", "connection": "first", "fallback": [ {{(spare.Contains("\"other\"", StringComparison.Ordinal) ? "\"other\"" : "\"spare\"")}} ], "target": { "flowType": "{{Scenarios.Juo.NeverEnding}}" } },
          {{spare.Replace("FLOW", spare.Contains("flowType", StringComparison.Ordinal) ? Scenarios.Juo.NeverEnding : Scenarios.Interactly.NeverEnding, StringComparison.Ordinal)}} ] } } }
        """;
}
