using WorkflowGateway.Runs;
using static WorkflowGateway.RunStatus;

namespace WorkflowGateway.Tests.Runs;

public sealed class RunTransitionsTests
{
    // Written out from the promise, not from the code.
    private static readonly Dictionary<RunStatus, RunStatus[]> Legal = new()
    {
        [Starting] = [Pending, Running, Waiting, Paused, Stopping, Succeeded, Failed, Canceled, Skipped, Unknown],
        [Pending] = [Running, Waiting, Paused, Stopping, Succeeded, Failed, Canceled, Unknown],
        [Running] = [Waiting, Paused, Pending, Stopping, Succeeded, Failed, Canceled, Unknown],
        [Waiting] = [Running, Paused, Pending, Stopping, Succeeded, Failed, Canceled, Unknown],
        [Paused] = [Running, Waiting, Pending, Stopping, Succeeded, Failed, Canceled, Unknown],
        [Stopping] = [Running, Waiting, Paused, Pending, Succeeded, Failed, Canceled, Unknown],
        [Unknown] = [Pending, Running, Waiting, Paused, Stopping, Succeeded, Failed, Canceled, Skipped, Abandoned],
        [Succeeded] = [],
        [Failed] = [],
        [Canceled] = [],
        [Skipped] = [],
        [Abandoned] = [],
    };

    public static TheoryData<RunStatus, RunStatus> Pairs()
    {
        var pairs = new TheoryData<RunStatus, RunStatus>();
        foreach (var from in Enum.GetValues<RunStatus>())
            foreach (var to in Enum.GetValues<RunStatus>()) pairs.Add(from, to);
        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Only_the_legal_steps_are_allowed(RunStatus from, RunStatus to) =>
        RunTransitions.Allows(from, to).Should().Be(from == to || Legal[from].Contains(to));
}
