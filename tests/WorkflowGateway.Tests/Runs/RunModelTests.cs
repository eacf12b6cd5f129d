using System.Globalization;
using System.Text.Json;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Runs;

/// <summary>
/// Random lives of runs against the pure rules: answers, failures, late outcomes of given-up attempts, reads, commands and restarts, in any order.
/// WFG_MODEL_SEQUENCES says how many; the seed of a failure is in its message.
/// </summary>
public sealed class RunModelTests
{
    private const string Promised =
        "Starting>Pending,Running,Waiting,Paused,Stopping,Succeeded,Failed,Canceled,Skipped,Unknown Pending>Running,Waiting,Paused,Stopping,Succeeded,Failed,Canceled,Unknown " +
        "Running>Waiting,Paused,Pending,Stopping,Succeeded,Failed,Canceled,Unknown Waiting>Running,Paused,Pending,Stopping,Succeeded,Failed,Canceled,Unknown " +
        "Paused>Running,Waiting,Pending,Stopping,Succeeded,Failed,Canceled,Unknown Stopping>Running,Waiting,Paused,Pending,Succeeded,Failed,Canceled,Unknown " +
        "Unknown>Pending,Running,Waiting,Paused,Stopping,Succeeded,Failed,Canceled,Skipped,Abandoned";

    private static readonly Dictionary<string, string[]> Legal = Promised.Split(' ').Select(line => line.Split('>')).ToDictionary(line => line[0], line => line[1].Split(','));
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);
    private static readonly JsonElement Native = JsonSerializer.SerializeToElement(new { });

    [Fact]
    public void No_life_of_a_run_breaks_a_promise()
    {
        var sequences = int.Parse(Environment.GetEnvironmentVariable("WFG_MODEL_SEQUENCES") ?? "5000", CultureInfo.InvariantCulture);
        var ends = new HashSet<RunStatus>();
        for (var seed = 0; seed < sequences; seed++) ends.Add(Live(seed));

        // The model is worth something only if it gets everywhere.
        ends.Should().BeEquivalentTo(Enum.GetValues<RunStatus>().Except([RunStatus.Abandoned]));
    }

    private static RunStatus Live(int seed)
    {
        // A fixed seed is what makes a failure repeatable.
#pragma warning disable CA5394
        var chance = new Random(seed);
        var run = Sample.Run(RunStatus.Starting) with { Version = 1 };
        var attempts = new List<Guid> { run.Attempt };
        for (var step = chance.Next(4, 30); step > 0; step--)
        {
            var attempt = attempts[chance.Next(attempts.Count)];
            var error = new RunnerError { Kind = chance.GetItems(Enum.GetValues<RunnerErrorKind>(), 1)[0], Message = "m" };
            var after = chance.Next(8) switch
            {
                0 or 1 => StartDecision.Answered(run, attempt, Answer(chance), Now),
                2 => StartDecision.Failed(run, attempt, error, Now),
                3 => StartDecision.Again(run, attempt, Sample.Random(), error, Now),
                4 => StartDecision.Unknown(run, chance.Next(2) == 0 ? "start-unconfirmed" : "vendor-not-found", "m", Now),
                5 when !run.Final => run with { StopRequested = !run.Bound, Version = run.Version + 1 },
                6 => Reloaded(run),
                _ when run.Bound => Observation.Apply(run, Seen(chance, run.VendorRunId!) with { Run = chance.Next(3) == 0 ? null : new RunRef(run.VendorRunId!, $"{chance.Next(4)}", null) }, "poll", Now),
                _ => null,
            };
#pragma warning restore CA5394
            if (after is null) continue;
            var why = $"seed {seed}: {run.Status} ({run.Reason}, {run.VendorRunId}) to {after.Status} ({after.Reason}, {after.VendorRunId})";
            if (after.Version == run.Version) after.Should().BeEquivalentTo(run, why);
            else after.Version.Should().Be(run.Version + 1, why);
            if (run.Final) after.Version.Should().Be(run.Version, why);
            if (after.Status != run.Status) Legal.GetValueOrDefault($"{run.Status}", []).Should().Contain($"{after.Status}", why);
            if (run.Bound) after.Bound.Should().BeTrue(why);
            if (run.Bound || run.Status == RunStatus.Unknown) after.Attempt.Should().Be(run.Attempt, why);
            (after.LastKnownStatus is not null).Should().Be(after.Status == RunStatus.Unknown, why);
            if (after.Status == RunStatus.Unknown)
            {
                after.LastKnownStatus.Should().Be(run.Status == RunStatus.Unknown ? run.LastKnownStatus : run.Status, why);
                after.Reason.Should().NotBeNull(why);
            }

            (after.FinalAt is not null).Should().Be(after.Final, why);
            if (after.Status == RunStatus.Failed) after.Detail.Error.Should().NotBeNull(why);
            if (after.Attempt != run.Attempt) attempts.Add(after.Attempt);
            run = after;
        }

        return run.Status;
    }

#pragma warning disable CA5394
    private static StartAnswer Answer(Random chance)
    {
        var vendorRunId = $"vendor-{chance.Next(3)}";
        var seen = Seen(chance, vendorRunId);
        return chance.Next(6) switch
        {
            0 => new StartAnswer.Accepted(seen with { Run = null }),
            1 => new StartAnswer.Declined(seen with { Run = null, Status = RunStatus.Skipped }),
            2 => new StartAnswer.Finished(seen with { Run = null, Status = RunStatus.Succeeded }),
            _ => new StartAnswer.Started(seen.Run!, seen),
        };
    }

    private static RunSnapshot Seen(Random chance, string vendorRunId) => new()
    {
        Run = new RunRef(vendorRunId, chance.Next(3) == 0 ? null : $"{chance.Next(4)}", null),
        Status = chance.GetItems(Enum.GetValues<RunStatus>(), 1)[0],
        NativeStatus = "w",
        Interactions = chance.Next(2) == 0 ? [] : [Sample.Interaction("i1")],
        Native = Native,
    };
#pragma warning restore CA5394

    // What a restart makes of a run: what is written, read again.
    private static RunRow Reloaded(RunRow run) => RunColumns.DetailText(run.Detail) is not "{}" and var text
        ? run with { Detail = JsonSerializer.Deserialize(text, LedgerJson.Default.RunDetail)! }
        : run with { Detail = RunDetail.Empty };
}
