using System.Collections.Concurrent;
using System.Globalization;
using WorkflowGateway.Runs;
using Xunit.Abstractions;

namespace WorkflowGateway.Tests.Runs;

/// <summary>
/// Random lives of runs, by the rules and by a model of them: answers, failures, late outcomes of given-up attempts, reads, commands and restarts, in any
/// order. <c>tests/model.sh</c> lives a million. What fails is made as short as it can be and printed with its seed.
/// </summary>
public sealed class RunModelTests(ITestOutputHelper output)
{
    private static readonly int Lives = Setting("WFG_MODEL_SEQUENCES", 50_000);
    private static readonly int First = Setting("WFG_MODEL_SEED", 0);

    [Fact]
    public void No_life_of_a_run_differs_from_the_model()
    {
        var (failure, ends) = Search(new LifeRules(), Lives);

        Say($"{Lives} lives from seed {First} on: {failure ?? "none differs from the model"}; they ended {string.Join(", ", ends.OrderBy(end => end.Key).Select(end => $"{end.Key} {end.Value}"))}");
        failure.Should().BeNull();
        // The search is worth something only if it gets everywhere.
        ends.Keys.Should().BeEquivalentTo(Enum.GetValues<RunStatus>().Except([RunStatus.Abandoned]));
    }

    public static TheoryData<string> Faults { get; } = ["any-attempt", "after-the-end", "older-versions", "forgets", "again-from-unknown", "gives-up-nothing"];

    [Theory, MemberData(nameof(Faults))]
    public void Rules_with_a_fault_are_caught(string fault)
    {
        LifeRules broken = fault switch
        {
            "any-attempt" => new AnyAttempt(),
            "after-the-end" => new AfterTheEnd(),
            "older-versions" => new OlderVersions(),
            "forgets" => new Forgets(),
            "again-from-unknown" => new AgainFromUnknown(),
            _ => new GivesUpNothing(),
        };
        var (failure, _) = Search(broken, 20_000);
        Say($"{fault}: {failure}");
        failure.Should().NotBeNull();
    }

    private static (string? Failure, IReadOnlyDictionary<RunStatus, int> Ends) Search(LifeRules rules, int lives)
    {
        var ends = new ConcurrentDictionary<RunStatus, int>();
        var failed = int.MaxValue;
        Parallel.For(First, First + lives, (seed, loop) =>
        {
            var life = new RunLife(rules, Draw(seed));
            if (life.Live() is null)
            {
                ends.AddOrUpdate(life.End, 1, (_, count) => count + 1);
                return;
            }

            // The lowest seed, whichever thread was first.
            int known;
            while (seed < (known = Volatile.Read(ref failed)) && Interlocked.CompareExchange(ref failed, seed, known) != known) continue;
            loop.Break();
        });
        return (failed == int.MaxValue ? null : Shortest(rules, failed), ends);
    }

    private static string Shortest(LifeRules rules, int seed)
    {
        var steps = Draw(seed);
        for (var at = 0; at < steps.Count;)
        {
            List<LifeStep> fewer = [.. steps[..at], .. steps[(at + 1)..]];
            if (new RunLife(rules, fewer).Live() is null) at++;
            else (steps, at) = (fewer, 0);
        }

        return $"seed {seed}, {new RunLife(rules, steps).Live()}{string.Concat(steps.Select(step => Environment.NewLine + "  " + step))}";
    }

    // A fixed seed is what makes a failure repeatable.
#pragma warning disable CA5394
    private static List<LifeStep> Draw(int seed)
    {
        var chance = new Random(seed);
        return [.. Enumerable.Range(0, chance.Next(4, 30)).Select(_ => new LifeStep(
            (LifeEvent)Math.Min(chance.Next(9), (int)LifeEvent.Read), chance.Next(4), chance.Next(36), (RunStatus)chance.Next(Enum.GetValues<RunStatus>().Length), chance.Next(3), chance.Next(4)))];
    }
#pragma warning restore CA5394

    private static int Setting(string name, int otherwise) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private void Say(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("WFG_LOG") is { } log) File.AppendAllText(log, line + Environment.NewLine);
    }

    private sealed class AnyAttempt : LifeRules
    {
        public override RunRow? Answered(RunRow run, Guid attempt, StartAnswer answer) => base.Answered(run, run.Attempt, answer);
    }

    private sealed class AfterTheEnd : LifeRules
    {
        public override RunRow? Seen(RunRow run, RunSnapshot seen) => run.Final ? run with { Status = seen.Status, Version = run.Version + 1 } : base.Seen(run, seen);
    }

    private sealed class OlderVersions : LifeRules
    {
        public override RunRow? Seen(RunRow run, RunSnapshot seen) => base.Seen(run with { VendorVersion = null }, seen);
    }

    private sealed class Forgets : LifeRules
    {
        public override RunRow Reloaded(RunRow run) => run.Status == RunStatus.Unknown ? run with { Status = RunStatus.Starting } : run;
    }

    private sealed class AgainFromUnknown : LifeRules
    {
        public override RunRow? Again(RunRow run, Guid attempt, Guid next, RunnerError error) =>
            base.Again(run.Status == RunStatus.Unknown ? run with { Status = RunStatus.Starting } : run, attempt, next, error);
    }

    private sealed class GivesUpNothing : LifeRules
    {
        public override RunRow? GivenUp(RunRow run, string reason) => run.Bound ? null : base.GivenUp(run, reason);
    }
}
