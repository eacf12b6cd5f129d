using WorkflowGateway.Ledger;

namespace WorkflowGateway.Tests.Ledger;

public sealed class SteadyTimeTests
{
    private readonly JumpingClock _clock = new();

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(24 * 365)]
    public void A_jump_of_the_clock_is_followed_by_a_tenth_of_what_passes(int hours)
    {
        var time = new SteadyTime(_clock);
        var before = time.GetUtcNow();
        _clock.Jump(TimeSpan.FromHours(hours));

        time.GetUtcNow().Should().Be(before);
        _clock.Pass(TimeSpan.FromSeconds(10));

        time.GetUtcNow().Should().Be(before.AddSeconds(10 + Math.Sign(hours)));
    }

    [Fact]
    public void A_small_correction_is_made_up_for()
    {
        var time = new SteadyTime(_clock);
        _clock.Jump(TimeSpan.FromSeconds(-2));
        for (var i = 0; i < 30; i++)
        {
            _clock.Pass(TimeSpan.FromSeconds(1));
            time.GetUtcNow();
        }

        time.GetUtcNow().Should().Be(_clock.GetUtcNow());
    }

    [Fact]
    public void It_never_goes_back()
    {
        var time = new SteadyTime(_clock);
        var seen = new List<DateTimeOffset>();
        for (var i = 0; i < 100; i++)
        {
            if (i % 7 == 0) _clock.Jump(TimeSpan.FromMinutes(-i));
            _clock.Pass(TimeSpan.FromMilliseconds(10));
            seen.Add(time.GetUtcNow());
        }

        seen.Should().BeInAscendingOrder();
    }

    [Fact]
    public void The_databases_clock_is_taken_over_at_the_start_and_followed_from_then_on()
    {
        var time = new SteadyTime(_clock);
        var database = _clock.GetUtcNow().AddHours(2);
        time.Follow(database, atOnce: true);

        time.GetUtcNow().Should().Be(database);
        _clock.Jump(TimeSpan.FromHours(5));
        _clock.Pass(TimeSpan.FromSeconds(10));
        time.Follow(database.AddSeconds(10), atOnce: false);

        time.GetUtcNow().Should().BeCloseTo(database.AddSeconds(10), TimeSpan.FromSeconds(1));
    }

    private sealed class JumpingClock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch.AddYears(50);
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Jump(TimeSpan by) => _now += by;

        public void Pass(TimeSpan time)
        {
            _now += time;
            _ticks += time.Ticks;
        }

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _ticks;
    }
}
