using System.Collections.Frozen;
using System.Text.Json;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Api;

public sealed class RunViewTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly RunnerInfo Juo = new()
    {
        Vendor = "juo",
        DisplayName = "Juo",
        Operations = new[] { RunOperation.Start, RunOperation.Get, RunOperation.Respond, RunOperation.Stop }.ToFrozenSet(),
        RunIdPattern = ".+",
    };

    private static readonly RunRow Waiting = new()
    {
        Tenant = "default",
        Id = new RunId(Guid.Parse("0199c8a2-b3c4-7d5e-8f90-a1b2c3d4e5f6")),
        Workflow = "cancel-subscription",
        Status = RunStatus.Waiting,
        Reason = "interaction",
        NativeStatus = "waiting_interaction",
        Vendor = "juo",
        Connection = "juo-main",
        ConnectionIdentity = "x",
        VendorRunId = "r1",
        Attempt = Guid.Empty,
        Version = 7,
        Route = "juo",
        Revision = "sha256:1",
        Labels = new Dictionary<string, string> { ["region"] = "eu" },
        UpdatedAt = Noon,
        ObservedAt = Noon,
        ObservedBy = "poll",
        Detail = new RunDetail
        {
            Definition = new RunDefinition("wf_1", "3"),
            Interactions =
            [
                new PendingInteraction
                {
                    Id = "int_1", Kind = "interaction", Step = "ask", ActionType = "offer", Config = JsonElement.Parse("""{"t":"é <b>"}"""),
                    Responses = [new InteractionResponse("accept", "Accept")], PresentedAt = Noon, ExpiresAt = Noon.AddHours(1),
                },
            ],
            Result = JsonElement.Parse("[1.0]"),
        },
    };

    [Fact]
    public void A_run_is_shown_with_every_member_in_the_documented_order() =>
        RunView.ToJson(Waiting, Juo, TimeSpan.FromMinutes(1), Noon).Should().Be(
            """
            {"id":"run_0199c8a2b3c47d5e8f90a1b2c3d4e5f6","workflow":"cancel-subscription","status":"waiting","statusReason":"interaction","final":false,
            "nativeStatus":"waiting_interaction","lastKnownStatus":null,"vendor":"juo","connection":"juo-main","vendorRunId":"r1",
            "definition":{"id":"wf_1","version":"3"},"version":7,"createdAt":"2025-10-09T11:02:10.116Z","updatedAt":"2026-01-31T12:00:00Z",
            "startedAt":null,"endedAt":null,"finalAt":null,"observation":{"at":"2026-01-31T12:00:00Z","source":"poll","stale":false,"error":null},
            "actions":[{"name":"respond","enabled":true},{"name":"data","enabled":false,"reason":"Juo has no data."},
            {"name":"pause","enabled":false,"reason":"Juo has no pause."},{"name":"resume","enabled":false,"reason":"Juo has no resume."},
            {"name":"stop","enabled":true}],"interactions":[{"id":"int_1","kind":"interaction","step":"ask","actionType":"offer",
            "config":{"t":"é <b>"},"responses":[{"type":"accept","label":"Accept"}],"presentedAt":"2026-01-31T12:00:00Z",
            "expiresAt":"2026-01-31T13:00:00Z"}],"outcome":null,"result":[1.0],"endStep":null,"error":null,"fallbackToDefault":false,
            "invalidatedResources":[],"labels":{"region":"eu"},"correlationId":null,"parentId":null,"dryRun":false,
            "route":{"name":"juo","revision":"sha256:1"}}
            """.Replace("\n", "", StringComparison.Ordinal));

    [Theory]
    [InlineData(RunStatus.Succeeded, true, RunOperation.Stop, "The run is succeeded, which is final.")]
    [InlineData(RunStatus.Succeeded, true, RunOperation.Pause, "Juo has no pause.")]
    [InlineData(RunStatus.Unknown, false, RunOperation.Respond, "Juo has not named its run yet.")]
    [InlineData(RunStatus.Unknown, true, RunOperation.Respond, "Nobody knows the run's state.")]
    [InlineData(RunStatus.Unknown, false, RunOperation.Stop, null)]
    [InlineData(RunStatus.Starting, false, RunOperation.Stop, null)]
    [InlineData(RunStatus.Stopping, true, RunOperation.Stop, "The run is stopping already.")]
    [InlineData(RunStatus.Running, true, RunOperation.Respond, null)]
    public void An_action_says_why_not(RunStatus status, bool bound, RunOperation operation, string? reason) =>
        RunViewActions.WhyNot(Waiting with { Status = status, VendorRunId = bound ? "r1" : null }, Juo, operation).Should().Be(reason);

    [Fact]
    public void A_run_waiting_for_nothing_takes_no_answer() =>
        RunViewActions.WhyNot(Waiting with { Detail = RunDetail.Empty }, Juo, RunOperation.Respond).Should().Be("The run waits for no answer.");

    [Theory]
    [InlineData(0, null, RunStatus.Running, false)]
    [InlineData(61, null, RunStatus.Running, true)]
    [InlineData(0, "timeout", RunStatus.Running, true)]
    [InlineData(61, "timeout", RunStatus.Succeeded, false)]
    public void Freshness_is_worked_out_when_read(int seconds, string? error, RunStatus status, bool stale) =>
        ObservationView.Of(Waiting with { Status = status, SyncError = error }, TimeSpan.FromMinutes(1), Noon.AddSeconds(seconds)).Stale.Should().Be(stale);
}
