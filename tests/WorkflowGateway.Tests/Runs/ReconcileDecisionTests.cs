using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Runs;

/// <summary>Ten thousand small worlds: what the gateway binds in them must be what really happened in them.</summary>
public sealed class ReconcileDecisionTests
{
    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch.AddYears(56);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private enum Fate { Bound, Refused, Unknown, UnderWay, GivenUp }

    private sealed record Start(RunRow Run, Fate Fate, DateTimeOffset SentAt, DateTimeOffset? DoneAt);

    /// <param name="Of">The start that made it; null for somebody else's.</param>
    private sealed record There(string Id, Start? Of, DateTimeOffset DoneAt, DateTimeOffset? CreatedAt, IReadOnlyList<RunMarker> Markers);

    [Fact]
    public void Nothing_is_ever_bound_to_another_starts_run()
    {
        var (marked, only, shown, wrong) = (0, 0, 0, 0);
        for (var seed = 0; seed < 10_000; seed++)
        {
            var random = new Random(seed);
            var how = seed % 2 == 0 ? AmbiguousStart.FindByMarker : AmbiguousStart.OnlyCandidate;
            var exclusive = how == AmbiguousStart.OnlyCandidate ? random.NextDouble() < 0.8 : random.NextDouble() < 0.2;
            var starts = Enumerable.Range(0, random.Next(1, 6)).Select(_ => NewStart(random, how)).ToList();
            var vendor = NewVendor(random, how, exclusive, starts);
            var found = new Dictionary<Start, string>();
            for (var look = 0; look < 6; look++)
            {
                var now = Epoch + TimeSpan.FromHours(random.NextDouble() < 0.8 ? random.NextDouble() * 72 : random.NextDouble() * 24 * 60);
                foreach (var start in starts.Where(start => start.Fate == Fate.Unknown && start.SentAt <= now && !found.ContainsKey(start)))
                {
                    var verdict = Look(random, how, exclusive, start, starts, vendor, found, now);
                    if (verdict is ReconcileVerdict.Candidates) shown++;
                    if (verdict is not ReconcileVerdict.Bind it) continue;
                    if (how == AmbiguousStart.FindByMarker) marked++;
                    else only++;
                    if (vendor.Single(run => run.Id == it.VendorRunId).Of != start) wrong++;
                    found[start] = it.VendorRunId;
                }
            }
        }

        wrong.Should().Be(0);
        // Or the worlds would prove nothing.
        (marked > 2_000, only > 200, shown > 2_000).Should().Be((true, true, true), $"{marked} bound by mark, {only} as the only candidate, {shown} shown");
    }

    [Fact]
    public void The_first_of_two_runs_with_one_mark_is_it()
    {
        var start = NewStart(new Random(1), AmbiguousStart.FindByMarker);
        IReadOnlyList<RunMarker> marks = [start.Run.Marker];

        var verdict = ReconcileDecision.Of(start.Run.Marker, Lost(start), [new("b", Epoch.AddSeconds(2), null, marks), new("c", null, null, marks), new("a", Epoch.AddSeconds(1), null, marks)],
            [Lost(start)], new ReconcileTerms(AmbiguousStart.FindByMarker, false, false, DateTimeOffset.MinValue));

        verdict.Should().Be(new ReconcileVerdict.Bind("a"));
    }

    [Theory]
    [InlineData(2, true, true, true, "2 runs may be it")]
    [InlineData(1, false, true, true, "does not say when")]
    [InlineData(1, true, false, true, "could not be read to its end")]
    [InlineData(1, true, true, false, "not exclusive")]
    [InlineData(1, true, true, true, null)]
    public void What_is_not_proven_is_shown_with_the_reason(int runs, bool dated, bool complete, bool exclusive, string? why)
    {
        var start = NewStart(new Random(1), AmbiguousStart.OnlyCandidate);
        var found = Enumerable.Range(0, runs).Select(i => new FoundRun($"{i}", dated ? start.SentAt.AddSeconds(i) : null, null, null)).ToList();

        var verdict = ReconcileDecision.Of(start.Run.Marker, Lost(start), found, [Lost(start)], new ReconcileTerms(AmbiguousStart.OnlyCandidate, exclusive, complete, DateTimeOffset.MinValue));

        if (why is null) verdict.Should().Be(new ReconcileVerdict.Bind("0"));
        else verdict.Should().BeOfType<ReconcileVerdict.Candidates>().Which.Why.Should().Contain(why);
    }

    [Theory]
    [InlineData(AmbiguousStart.Operator)]
    [InlineData(AmbiguousStart.Resend)]
    public void Where_nothing_can_be_found_nothing_is(AmbiguousStart how)
    {
        var start = NewStart(new Random(1), how);

        ReconcileDecision.Of(start.Run.Marker, Lost(start), [new("a", start.SentAt, null, [start.Run.Marker])], [Lost(start)], new ReconcileTerms(how, true, true, DateTimeOffset.MinValue))
            .Should().BeOfType<ReconcileVerdict.Leave>();
    }

    private static ReconcileVerdict Look(
        Random random, AmbiguousStart how, bool exclusive, Start start, List<Start> starts, List<There> vendor, Dictionary<Start, string> found, DateTimeOffset now)
    {
        var complete = random.NextDouble() < 0.9;
        var lag = TimeSpan.FromSeconds(random.NextDouble() < 0.3 ? random.Next(600) : 0);
        var listed = vendor.Where(run => run.DoneAt <= now - lag && (complete || random.NextDouble() < 0.5));
        var unbound = listed.Where(run => !IsBound(run) && !found.ContainsValue(run.Id));
        // A start under way has been sent before its run can stand in the list; what was purged is known no more.
        var claimants = starts.Where(other => other.SentAt <= now && !found.ContainsKey(other) && other.Fate is Fate.Unknown or Fate.UnderWay or Fate.GivenUp)
            .Where(other => other.Fate != Fate.GivenUp || other.SentAt.AddMinutes(20) > now - Kept).Select(Lost).ToList();
        var shows = random.NextDouble() < 0.9;
        return ReconcileDecision.Of(
            start.Run.Marker, Lost(start), [.. unbound.Select(run => new FoundRun(run.Id, run.CreatedAt, null, shows ? run.Markers : null))], claimants,
            new ReconcileTerms(how, exclusive, complete, now - Kept));

        bool IsBound(There run) => run.Of is { Fate: Fate.Bound } of && of.SentAt.AddMinutes(10) > now - Kept && run.Id.StartsWith('1');
    }

    private static Start NewStart(Random random, AmbiguousStart how)
    {
        var sent = Epoch + TimeSpan.FromHours(random.NextDouble() < 0.5 ? random.NextDouble() : random.NextDouble() * 60);
        var fate = random.NextDouble() switch { < 0.35 => Fate.Bound, < 0.45 => Fate.Refused, < 0.8 => Fate.Unknown, < 0.9 => Fate.UnderWay, _ => Fate.GivenUp };
        // What an operator gave up turns up within a day or not at all; what is open may come however late.
        var late = random.NextDouble() switch { < 0.7 => TimeSpan.FromSeconds(random.NextDouble() * 3), < 0.95 => TimeSpan.FromMinutes(random.NextDouble() * 60), _ => TimeSpan.FromHours(random.NextDouble() * (fate == Fate.GivenUp ? 23 : 40)) };
        DateTimeOffset? done = fate == Fate.Refused || (fate != Fate.Bound && random.NextDouble() < 0.4) ? null : sent + (fate == Fate.Bound ? TimeSpan.FromSeconds(1) : late);
        var run = Sample.Run(RunStatus.Starting, tenant: random.Next(2) == 0 ? "a" : "b") with { Status = RunStatus.Unknown };
        return new Start(run, fate, sent, how == AmbiguousStart.Operator ? null : done);
    }

    private static List<There> NewVendor(Random random, AmbiguousStart how, bool exclusive, List<Start> starts)
    {
        var skew = TimeSpan.FromHours((random.NextDouble() * 4) - 2);
        var runs = starts.Where(start => start.DoneAt is not null).Select(start => New(start, start.DoneAt!.Value, [start.Run.Marker], "1")).ToList();
        // That a vendor carries a start out twice can be seen only where it shows marks.
        if (how == AmbiguousStart.FindByMarker)
            runs.AddRange(starts.Where(start => start.DoneAt is not null && random.NextDouble() < 0.1).Select(start => New(start, start.DoneAt!.Value.AddSeconds(5), [start.Run.Marker], "2")).ToList());
        if (!exclusive)
        {
            for (var i = random.Next(4); i > 0; i--)
            {
                // Somebody else's, unmarked, or with marks that are half right: another tenant can know a run's id, never its attempt's.
                var victim = starts[random.Next(starts.Count)].Run;
                IReadOnlyList<RunMarker> marks = random.Next(3) switch { 0 => [], 1 => [victim.Marker with { AttemptId = Guid.Empty.ToString("N") }], _ => [new RunMarker(Sample.Id().ToString(), victim.Marker.AttemptId)] };
                runs.Add(New(null, Epoch + TimeSpan.FromHours(random.NextDouble() * 60), marks, "3"));
            }
        }

        return runs;

        There New(Start? of, DateTimeOffset at, IReadOnlyList<RunMarker> marks, string kind) =>
            new($"{kind}-{random.Next()}", of, at, random.NextDouble() < 0.03 ? null : at + skew, marks);
    }

    private static LostStart Lost(Start start) => new(
        start.Run.Id, start.Run.Tenant, "c", start.Fate switch { Fate.UnderWay => WorkKind.Sent, Fate.GivenUp => WorkKind.Lost, _ => WorkKind.Reconcile }, "s", "{}", start.SentAt, 0, 0);
}
