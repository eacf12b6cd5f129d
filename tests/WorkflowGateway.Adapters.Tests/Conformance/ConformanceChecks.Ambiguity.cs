using WorkflowGateway.Sandbox;
using static WorkflowGateway.Adapters.Tests.Conformance.Commands;

namespace WorkflowGateway.Adapters.Tests.Conformance;

public sealed partial class ConformanceChecks
{
    // All of them after the vendor did its work: that is when a second request would be a second run.
    private static readonly Fault[] LostAnswers =
    [
        new() { Kind = "hang" },
        new() { Kind = "reset" },
        new() { Kind = "eof" },
        new() { Kind = "status", Status = 502 },
        new() { Kind = "html200" },
        new() { Kind = "truncated-json" },
        new() { Kind = "cut-json" },
        new() { Kind = "slow-drip", BytesPerSecond = 10 },
        new() { Kind = "huge-body", Bytes = 5 * 1024 * 1024 },
        new() { Kind = "gzip-bomb", Bytes = 64 * 1024 * 1024 },
    ];

    public async Task A_start_that_was_taken_but_not_answered_is_unconfirmed_and_sent_once()
    {
        foreach (var fault in LostAnswers)
        {
            bench.Fault(fault with { When = "after" });
            var runner = RunnerFor(fault);
            var mark = bench.Mark();
            (await FailsAsync(() => runner.StartAsync(bench.NewStart(Vendor.Endless), None), fault.Kind)).Kind.Should().Be(RunnerErrorKind.Unconfirmed, fault.Kind);
            bench.MutationsSince(mark).Should().ContainSingle(fault.Kind).Which.Processed.Should().BeTrue(fault.Kind);
        }
    }

    public async Task A_command_that_was_taken_but_not_answered_is_unconfirmed_and_sent_once()
    {
        foreach (var command in bench.Commands)
            foreach (var fault in LostAnswers.Where(fault => fault.Kind is not ("hang" or "slow-drip")))
            {
                Sandbox.Controls.ClearFaults();
                var ready = await bench.ReadyAsync(command);
                bench.Fault(fault with { When = "after", Operation = "command" });
                var mark = bench.Mark();
                (await FailsAsync(() => bench.CommandAsync(bench.Runner, command, ready.Run, ready.Interaction), fault.Kind)).Kind
                    .Should().Be(RunnerErrorKind.Unconfirmed, $"{command}, {fault.Kind}");
                bench.MutationsSince(mark).Should().ContainSingle(fault.Kind).Which.Processed.Should().BeTrue();
            }
    }

    public async Task A_start_whose_run_id_cannot_be_read_keeps_what_was_answered()
    {
        foreach (var kind in new[] { "missing-field", "wrong-type" })
        {
            // The whole answer's first level gone: whatever identities a vendor gives, none is left.
            bench.Fault(new Fault { Kind = kind, Operation = "start", Field = Vendor.RunIdField.Split('.')[0] });
            var mark = bench.Mark();
            var error = await FailsAsync(() => bench.Runner.StartAsync(bench.NewStart(Vendor.Endless), None), kind);
            error.Kind.Should().Be(RunnerErrorKind.Unconfirmed);
            error.Evidence.Should().NotBeNull();
            bench.MutationsSince(mark).Should().ContainSingle().Which.Processed.Should().BeTrue();
        }
    }

    private IWorkflowRunner RunnerFor(Fault fault) => fault.Kind is "hang" or "slow-drip" ? bench.Connect(Short) : bench.Runner;
}
