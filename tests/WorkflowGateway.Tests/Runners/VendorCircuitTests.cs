using Polly.CircuitBreaker;
using WorkflowGateway.Runners;

namespace WorkflowGateway.Tests.Runners;

public sealed class VendorCircuitTests
{
    private static readonly RunnerError Away = new() { Kind = RunnerErrorKind.Unavailable, Message = "away", Outage = true };

    private readonly HandClock _clock = new();
    private readonly VendorCircuit _circuit;
    private int _calls;
    private int _closed;

    public VendorCircuitTests() => _circuit = new VendorCircuit(TimeSpan.FromSeconds(30), _clock, () => _closed++);

    [Fact]
    public async Task It_opens_after_five_outages_and_then_lets_one_call_through_at_a_time()
    {
        for (var i = 0; i < 5; i++) await FailAsync(Away);

        (_circuit.Closed, _circuit.Wait, _circuit.TryAdmit(out _)).Should().Be((false, TimeSpan.FromSeconds(5), false));
        await Assert.ThrowsAsync<BrokenCircuitException>(() => SucceedAsync());
        _calls.Should().Be(5, "nothing is called while it is open");
        _clock.Pass(TimeSpan.FromSeconds(5));
        _circuit.TryAdmit(out var probe).Should().BeTrue();
        probe.Should().BeTrue();
        _circuit.TryAdmit(out _).Should().BeFalse("one at a time");
        await SucceedAsync();
        _circuit.GiveBackProbe();
        (_circuit.Closed, _circuit.TryAdmit(out probe), probe, _closed).Should().Be((true, true, false, 1));
    }

    [Fact]
    public async Task While_it_stays_broken_it_is_tried_ever_more_rarely_every_half_minute_in_the_end()
    {
        for (var i = 0; i < 5; i++) await FailAsync(Away);
        var waits = new List<double>();
        for (var i = 0; i < 6; i++)
        {
            waits.Add(_circuit.Wait.TotalSeconds);
            _clock.Pass(_circuit.Wait);
            _circuit.TryAdmit(out _).Should().BeTrue();
            await FailAsync(Away);
            _circuit.GiveBackProbe();
        }

        waits.Should().Equal(5, 10, 20, 30, 30, 30);
        _calls.Should().Be(11);
    }

    [Fact]
    public async Task A_place_that_was_given_back_unused_is_there_for_the_next()
    {
        for (var i = 0; i < 5; i++) await FailAsync(Away);
        _clock.Pass(TimeSpan.FromSeconds(5));

        _circuit.TryAdmit(out _).Should().BeTrue();
        _circuit.GiveBackProbe();

        _circuit.TryAdmit(out var probe).Should().BeTrue();
        probe.Should().BeTrue();
    }

    [Fact]
    public async Task Another_deadline_that_came_while_it_was_open_counts_once_it_is_closed()
    {
        for (var i = 0; i < 5; i++) await FailAsync(Away);
        _circuit.Change(TimeSpan.FromMinutes(4));
        _circuit.Closed.Should().BeFalse("what it knows is worth more");
        _clock.Pass(TimeSpan.FromSeconds(5));
        _circuit.TryAdmit(out _).Should().BeTrue();
        await SucceedAsync();
        _circuit.GiveBackProbe();

        for (var i = 0; i < 4; i++) await FailAsync(Away);
        _circuit.Closed.Should().BeTrue();
        _clock.Pass(TimeSpan.FromSeconds(60));
        await FailAsync(Away);

        _circuit.Closed.Should().BeFalse("two minutes are looked back upon, not fifteen seconds");
    }

    [Theory]
    [InlineData(RunnerErrorKind.Unavailable)]
    [InlineData(RunnerErrorKind.Unconfirmed)]
    [InlineData(RunnerErrorKind.Unauthorized)]
    [InlineData(RunnerErrorKind.NotFound)]
    [InlineData(RunnerErrorKind.RateLimited)]
    [InlineData(RunnerErrorKind.Contract)]
    public async Task What_is_no_outage_never_opens_it(RunnerErrorKind kind)
    {
        for (var i = 0; i < 50; i++) await FailAsync(new RunnerError { Kind = kind, Message = "no" });

        _circuit.Closed.Should().BeTrue();
    }

    private Task<RunnerException> FailAsync(RunnerError error) => Assert.ThrowsAsync<RunnerException>(async () => await _circuit.CallAsync<object>(() =>
    {
        _calls++;
        throw new RunnerException(error);
    }));

    private async Task SucceedAsync() => await _circuit.CallAsync(() =>
    {
        _calls++;
        return ValueTask.FromResult(new object());
    });
}
