using System.Collections.Frozen;
using WorkflowGateway.Adapters.Tests.Juo;
using Xunit.Sdk;

namespace WorkflowGateway.Adapters.Tests.Conformance;

/// <summary>Runners that are broken on purpose: a suite that lets one of them pass is worth nothing.</summary>
public sealed class BrokenRunnerTests
{
    [Fact]
    public Task A_runner_that_claims_an_operation_it_lacks_is_caught() =>
        Caught(checks => checks.Every_declared_operation_works(), inner => new ClaimsAList(inner));

    [Fact]
    public Task A_runner_that_calls_before_it_refuses_is_caught() =>
        Caught(checks => checks.Every_undeclared_operation_is_refused_before_any_call(), inner => new CallsBeforeItRefuses(inner));

    [Fact]
    public Task A_runner_that_takes_an_unknown_word_for_success_is_caught() =>
        Caught(checks => checks.An_unknown_word_is_unknown_and_kept(), inner => new Optimist(inner));

    [Fact]
    public Task A_runner_that_starts_again_is_caught() =>
        Caught(checks => checks.A_start_that_was_taken_but_not_answered_is_unconfirmed_and_sent_once(), inner => new StartsAgain(inner));

    private static async Task Caught(Func<ConformanceChecks, Task> check, Func<IWorkflowRunner, IWorkflowRunner> breaking)
    {
        var vendor = new JuoRunnerTests().Vendor;
        await using (var sound = await Bench.StartAsync(vendor)) await check(new ConformanceChecks(sound));
        await using var broken = await Bench.StartAsync(vendor, breaking);
        await ((Func<Task>)(() => check(new ConformanceChecks(broken)))).Should().ThrowAsync<XunitException>();
    }

    private abstract class Broken(IWorkflowRunner inner) : VendorRunner
    {
        protected IWorkflowRunner Inner => inner;

        public override RunnerInfo Info => inner.Info;

        public override Task<StartAnswer> StartAsync(StartRun start, CancellationToken cancellationToken) => inner.StartAsync(start, cancellationToken);

        public override Task<RunSnapshot> GetAsync(RunRef run, CancellationToken cancellationToken) => inner.GetAsync(run, cancellationToken);

        public override Task<RunSnapshot> RespondAsync(RespondToRun command, CancellationToken cancellationToken) => inner.RespondAsync(command, cancellationToken);
    }

    private sealed class ClaimsAList(IWorkflowRunner inner) : Broken(inner)
    {
        public override RunnerInfo Info => base.Info with { Operations = base.Info.Operations.Append(RunOperation.List).ToFrozenSet() };
    }

    private sealed class CallsBeforeItRefuses(IWorkflowRunner inner) : Broken(inner)
    {
        public override async Task<RunSnapshot> StopAsync(StopRun command, CancellationToken cancellationToken)
        {
            await Inner.GetAsync(command.Run, cancellationToken);
            return await base.StopAsync(command, cancellationToken);
        }
    }

    private sealed class Optimist(IWorkflowRunner inner) : Broken(inner)
    {
        public override async Task<RunSnapshot> GetAsync(RunRef run, CancellationToken cancellationToken) =>
            await Inner.GetAsync(run, cancellationToken) is { Status: RunStatus.Unknown } unknown
                ? unknown with { Status = RunStatus.Succeeded, Reason = null }
                : await Inner.GetAsync(run, cancellationToken);
    }

    private sealed class StartsAgain(IWorkflowRunner inner) : Broken(inner)
    {
        public override async Task<StartAnswer> StartAsync(StartRun start, CancellationToken cancellationToken)
        {
            try
            {
                return await Inner.StartAsync(start, cancellationToken);
            }
            catch (RunnerException lost) when (lost.Error.Kind == RunnerErrorKind.Unconfirmed)
            {
                return await Inner.StartAsync(start, cancellationToken);
            }
        }
    }
}
