using WorkflowGateway.Runners;

namespace WorkflowGateway.Tests.Runners;

public sealed class RateBudgetTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    private readonly HandClock _clock = new();

    [Theory]
    [InlineData(10, 1)]
    [InlineData(10, 3)]
    [InlineData(0.5, 1)]
    [InlineData(2.5, 2)]
    [InlineData(250, 1)]
    public void In_no_window_are_there_more_calls_than_the_rate_allows_and_in_the_long_run_as_many(double rate, int replicas)
    {
        var budget = new RateBudget(rate, _clock);
        budget.Divide(replicas);
        var share = rate / replicas;
        var calls = CallsIn(budget, TimeSpan.FromSeconds(40));

        var places = Math.Max(1, (int)share);
        var window = places / share;
        for (var i = 0; i + places < calls.Count; i++) (calls[i + places] - calls[i]).TotalSeconds.Should().BeGreaterThanOrEqualTo(window - 0.0001);
        // Where there is a fifth to leave to starts, reads leave it.
        var reads = share * (places - (places / 5)) / places * 40;
        calls.Count.Should().BeInRange((int)(reads * 0.95), (int)reads + places);
    }

    [Fact]
    public void What_was_not_used_is_not_saved_up()
    {
        var budget = new RateBudget(10, _clock);
        _clock.Pass(TimeSpan.FromMinutes(10));

        CallsIn(budget, TimeSpan.FromSeconds(1) - Step).Should().HaveCount(8);
        Enumerable.Range(0, 5).Count(_ => budget.Reserve(TimeSpan.Zero) is not null).Should().Be(2);
    }

    [Fact]
    public void After_a_ramp_calls_come_evenly()
    {
        var budget = new RateBudget(10, _clock);
        _clock.Pass(TimeSpan.FromMinutes(10));
        budget.Ramp(TimeSpan.FromSeconds(1));
        budget.TryTake().Should().BeFalse();
        _clock.Pass(TimeSpan.FromSeconds(1));

        var calls = CallsIn(budget, TimeSpan.FromSeconds(1) - Step);

        calls.Count.Should().BeInRange(7, 10);
        calls.Zip(calls.Skip(1)).Should().OnlyContain(pair => pair.Second - pair.First >= TimeSpan.FromMilliseconds(99));
    }

    [Fact]
    public void A_start_waits_for_its_turn_and_reads_leave_it_the_last_fifth()
    {
        var budget = new RateBudget(10, _clock);
        _clock.Pass(TimeSpan.FromMinutes(10));

        Enumerable.Range(0, 20).Count(_ => budget.TryTake()).Should().Be(8);
        Enumerable.Range(0, 2).Select(_ => budget.Reserve(TimeSpan.FromSeconds(2))).Should().Equal(TimeSpan.Zero, TimeSpan.Zero);
        var waits = Enumerable.Range(0, 30).Select(_ => budget.Reserve(TimeSpan.FromSeconds(2))).ToList();
        waits.Count(wait => wait == TimeSpan.FromSeconds(1)).Should().Be(10);
        waits.Count(wait => wait == TimeSpan.FromSeconds(2)).Should().Be(10);
        waits.Skip(20).Should().AllBeEquivalentTo((TimeSpan?)null);
        budget.TryTake().Should().BeFalse("starts come first");
    }

    [Fact]
    public void A_replica_that_comes_or_goes_changes_the_share_without_a_burst()
    {
        var budget = new RateBudget(12, _clock);
        _clock.Pass(TimeSpan.FromMinutes(10));
        CallsIn(budget, TimeSpan.FromSeconds(10));
        budget.Divide(3);
        CallsIn(budget, TimeSpan.FromSeconds(10)).Count.Should().BeInRange(38, 41);
        budget.Divide(1);
        CallsIn(budget, TimeSpan.FromSeconds(1) - Step).Count.Should().BeInRange(8, 12);
    }

    [Fact]
    public void When_the_share_changes_what_was_called_just_before_still_counts()
    {
        var budget = new RateBudget(10, _clock);
        _clock.Pass(TimeSpan.FromMinutes(10));
        Enumerable.Range(0, 10).Count(_ => budget.Reserve(TimeSpan.Zero) is not null).Should().Be(10);

        budget.Divide(2);

        CallsIn(budget, TimeSpan.FromSeconds(1) - Step).Should().BeEmpty();
        CallsIn(budget, TimeSpan.FromSeconds(1)).Count.Should().BeInRange(3, 5);
    }

    private List<TimeSpan> CallsIn(RateBudget budget, TimeSpan time)
    {
        var calls = new List<TimeSpan>();
        for (var passed = TimeSpan.Zero; passed < time; passed += Step)
        {
            while (budget.TryTake()) calls.Add(passed);
            _clock.Pass(Step);
        }

        return calls;
    }
}
