using WorkflowGateway.Sandbox;
using static WorkflowGateway.Adapters.Tests.Conformance.Commands;

namespace WorkflowGateway.Adapters.Tests.Conformance;

public sealed partial class ConformanceChecks
{
    private static readonly (int Status, RunnerErrorKind Mutation, RunnerErrorKind Read)[] Refusals =
    [
        (307, RunnerErrorKind.Invalid, RunnerErrorKind.Invalid),
        (400, RunnerErrorKind.Invalid, RunnerErrorKind.Invalid),
        (401, RunnerErrorKind.Unauthorized, RunnerErrorKind.Unauthorized),
        (403, RunnerErrorKind.Unauthorized, RunnerErrorKind.Unauthorized),
        (404, RunnerErrorKind.NotFound, RunnerErrorKind.NotFound),
        (408, RunnerErrorKind.Unconfirmed, RunnerErrorKind.Unavailable),
        (409, RunnerErrorKind.Conflict, RunnerErrorKind.Conflict),
        (422, RunnerErrorKind.Invalid, RunnerErrorKind.Invalid),
        (500, RunnerErrorKind.Unconfirmed, RunnerErrorKind.Unavailable),
        (503, RunnerErrorKind.Unconfirmed, RunnerErrorKind.Unavailable),
    ];

    public async Task Every_refusal_has_its_kind_and_is_sent_once()
    {
        var run = await bench.StartedAsync(Vendor.Endless);
        foreach (var (status, mutation, read) in Refusals)
        {
            Refuse(status);
            (await FailsAsync(() => bench.Runner.GetAsync(run, None))).Should().BeEquivalentTo(new { Kind = read, VendorStatus = status });
            Refuse(status);
            var mark = bench.Mark();
            (await FailsAsync(() => bench.Runner.StartAsync(bench.NewStart(Vendor.Endless), None))).Should().BeEquivalentTo(new { Kind = mutation, VendorStatus = status });
            bench.Ledger(mark).Should().HaveCount(1, "a start is sent once, also on {0}", status);
            foreach (var command in bench.Commands)
            {
                Sandbox.Controls.ClearFaults();
                var ready = await bench.ReadyAsync(command);
                Refuse(status, "command");
                mark = bench.Mark();
                (await FailsAsync(() => bench.CommandAsync(bench.Runner, command, ready.Run, ready.Interaction))).Should().BeEquivalentTo(new { Kind = mutation, VendorStatus = status });
                bench.MutationsSince(mark).Should().HaveCount(1, "{0} is sent once, also on {1}", command, status);
            }
        }

        void Refuse(int status, string operation = "any") => bench.Fault(status is 307
            ? new Fault { Kind = "redirect", Operation = operation, Location = Sandbox.Control.AbsoluteUri }
            : new Fault { Kind = "status", Operation = operation, Status = status });
    }

    public async Task A_throttle_says_when_to_come_back()
    {
        var run = await bench.StartedAsync(Vendor.Endless);
        bench.Fault(new Fault { Kind = "status", Status = 429, RetryAfter = "7" });
        var seven = TimeSpan.FromSeconds(7);
        (await FailsAsync(() => bench.Runner.GetAsync(run, None))).Should().BeEquivalentTo(new { Kind = RunnerErrorKind.RateLimited, RetryAfter = seven });
        var start = Info.ThrottleIsBeforeWork ? RunnerErrorKind.RateLimited : RunnerErrorKind.Unconfirmed;
        (await FailsAsync(() => bench.Runner.StartAsync(bench.NewStart(Vendor.Endless), None))).Should().BeEquivalentTo(new { Kind = start, RetryAfter = seven });
    }

    public async Task A_refused_token_is_unauthorized_and_did_nothing()
    {
        var run = await bench.StartedAsync(Vendor.Endless);
        var runner = bench.Connect(TimeSpan.FromSeconds(30), "refused");
        var mark = bench.Mark();
        (await FailsAsync(() => runner.StartAsync(bench.NewStart(Vendor.Endless), None))).Kind.Should().Be(RunnerErrorKind.Unauthorized);
        bench.MutationsSince(mark).Should().ContainSingle().Which.Processed.Should().BeFalse();
        (await FailsAsync(() => runner.GetAsync(run, None))).Kind.Should().Be(RunnerErrorKind.Unauthorized);
        bench.Ledger(mark).Should().HaveCount(3, "a read may fetch its token anew, once");
    }

    public async Task A_run_that_nobody_knows_is_not_found()
    {
        var unknown = new RunRef(Vendor.UnknownRunId, null, null);
        foreach (var operation in Info.Operations.Except([RunOperation.Start, RunOperation.List]))
            (await FailsAsync(() => bench.CallAsync(bench.Runner, operation, unknown))).Kind.Should().Be(RunnerErrorKind.NotFound, operation.ToString());
    }

    public async Task An_answer_to_something_old_is_a_refusal()
    {
        if (!Info.Operations.Contains(RunOperation.Respond)) return;
        var ready = await bench.ReadyAsync(RunOperation.Respond);
        await bench.CommandAsync(bench.Runner, RunOperation.Respond, ready.Run, ready.Interaction);
        var mark = bench.Mark();
        (await FailsAsync(() => bench.CommandAsync(bench.Runner, RunOperation.Respond, ready.Run, ready.Interaction))).Kind
            .Should().Match(kind => kind == RunnerErrorKind.Conflict || kind == RunnerErrorKind.NotFound);
        bench.MutationsSince(mark).Should().NotContain(entry => entry.Processed);
    }

    public async Task A_vendor_that_hangs_is_left_at_the_deadline()
    {
        var run = await bench.StartedAsync(Vendor.Endless);
        bench.Fault(new Fault { Kind = "hang" });
        var runner = bench.Connect(Short);
        (await FailsAsync(() => runner.GetAsync(run, None))).Kind.Should().Be(RunnerErrorKind.Unavailable);
        (await FailsAsync(() => runner.StartAsync(bench.NewStart(Vendor.Endless), None))).Kind.Should().Be(RunnerErrorKind.Unconfirmed);
    }

    public async Task A_caller_who_leaves_cancels_a_read_and_leaves_a_start_unconfirmed()
    {
        var run = await bench.StartedAsync(Vendor.Endless);
        bench.Fault(new Fault { Kind = "hang", When = "after" });
        using var left = new CancellationTokenSource(Short, TimeProvider.System);
        var read = () => bench.Runner.GetAsync(run, left.Token);
        await read.Should().ThrowAsync<OperationCanceledException>();
        using var leftAgain = new CancellationTokenSource(Short, TimeProvider.System);
        (await FailsAsync(() => bench.Runner.StartAsync(bench.NewStart(Vendor.Endless), leftAgain.Token))).Kind.Should().Be(RunnerErrorKind.Unconfirmed);
    }
}
