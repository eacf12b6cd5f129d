using WorkflowGateway.Events;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;
using WorkflowGateway.Webhooks;

namespace WorkflowGateway.Tests.Webhooks;

public sealed class WebhookQueueTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);
    private readonly RunId _a = Sample.Id(), _b = Sample.Id();
    private readonly WebhookQueue _queue = new(0, []);

    [Fact]
    public void The_cursor_never_passes_what_is_neither_delivered_nor_kept()
    {
        Add(1, _a);
        Add(2, _b);
        Add(3, _a);
        _queue.ReadTo(9);
        _queue.Cursor.Should().Be(0);
        var (first, second) = (Take(), Take());
        _queue.Take(Now).Should().BeNull("a run's events go one after the other");

        _queue.Deliver(second);
        _queue.Cursor.Should().Be(0, "the first is still under way");
        _queue.Deliver(first);
        _queue.Cursor.Should().Be(2);
        _queue.Deliver(Take());
        _queue.Cursor.Should().Be(9);
        _queue.HasChanges.Should().BeFalse();
    }

    [Fact]
    public void A_run_that_fails_keeps_its_place_in_a_row_and_lets_the_cursor_pass()
    {
        Add(1, _a);
        Add(2, _a);
        _queue.Fail(Take(), Now.AddSeconds(5));
        Add(3, _a);

        _queue.Cursor.Should().Be(3);
        _queue.Changes().Should().Equal(new Dictionary<RunId, LaneRow?> { [_a] = new(_a, 1, 1, Now.AddSeconds(5)) });
        _queue.Take(Now).Should().BeNull();
        var lane = _queue.Take(Now.AddSeconds(5))!;
        _queue.Advance(lane, 2, Now);
        lane.NextSeq.Should().Be(2);
        _queue.Advance(_queue.Take(Now)!, null, Now);

        _queue.Changes().Should().Equal(new Dictionary<RunId, LaneRow?> { [_a] = null });
        _queue.Parked.Should().Be(0);
        Add(4, _a);
        Take().Waiting.Should().HaveCount(1, "it is a run like others again");
    }

    [Fact]
    public void When_the_receiver_is_back_what_failed_is_tried_once_before_its_time_and_that_is_not_counted()
    {
        Add(1, _a);
        _queue.Fail(Take(), Now.AddHours(5));
        _queue.BringForward(Now, all: false);
        var lane = Take();

        _queue.Fail(lane, lane.DueAt);
        (lane.Attempts, lane.DueAt).Should().Be((1, Now.AddHours(5)));
        _queue.BringForward(Now, all: false);
        _queue.Take(Now).Should().BeNull("it failed while others were taken");
        _queue.BringForward(Now, all: true);
        _queue.Take(Now).Should().BeSameAs(lane);
    }

    [Fact]
    public void Old_and_new_take_turns()
    {
        var parked = Enumerable.Range(1, 3).Select(i => new LaneRow(Sample.Id(), i, 1, Now)).ToList();
        var queue = new WebhookQueue(9, parked);
        for (var i = 10; i < 13; i++) queue.Add(Event(i, Sample.Id()));

        var taken = Enumerable.Range(0, 6).Select(_ => queue.Take(Now)!.IsParked).ToList();

        taken.Take(4).Should().Contain(true).And.Contain(false);
        taken.Count(old => old).Should().Be(3);
    }

    [Fact]
    public void The_schedule_is_ten_attempts_over_75_hours_and_35_minutes()
    {
        var waits = Enumerable.Range(1, WebhookPolicy.MaxAttempts).Select(attempts => WebhookPolicy.Wait(attempts, 0, null)).ToList();

        waits.Should().HaveCount(10);
        waits[^1].Should().BeNull();
        waits.Aggregate(TimeSpan.Zero, (sum, wait) => sum + (wait ?? TimeSpan.Zero)).Should().Be(new TimeSpan(75, 35, 5));
        WebhookPolicy.Wait(1, 0.99, null).Should().BeLessThan(TimeSpan.FromSeconds(5.3));
        WebhookPolicy.Rest(4).Should().Be(TimeSpan.Zero);
        WebhookPolicy.Rest(1000).Should().Be(TimeSpan.FromMinutes(5));
    }

    private void Add(long seq, RunId run) => _queue.Add(Event(seq, run));

    private WebhookLane Take() => _queue.Take(Now)!;

    private static LoggedEvent Event(long seq, RunId run) => new(new EventRow(seq, "default", run, 1, Now, "run.changed", "{}"));
}
