namespace WorkflowGateway.Adapters.Tests.Contract;

public sealed class RetryAfterTests
{
    private static readonly DateTimeOffset Now = new(2026, 8, 23, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("7", 7)]
    [InlineData("0", 0)]
    [InlineData("1000000000", 3600)]
    [InlineData("Sun, 23 Aug 2026 12:00:30 GMT", 30)]
    [InlineData("Sun, 23 Aug 2026 11:00:00 GMT", 0)]
    [InlineData("Thu, 31 Dec 2099 00:00:00 GMT", 3600)]
    [InlineData("-5", null)]
    [InlineData("99999999999999999999", null)]
    [InlineData("soon", null)]
    [InlineData("", null)]
    public async Task Retry_after_is_understood_or_ignored(string header, int? seconds)
    {
        await using var server = RawServer.Answering("{}", 429, $"Retry-After: {header}");
        using var http = Caller.Of(server, time: new StillClock());
        var error = await http.MutationFails();
        error.Kind.Should().Be(RunnerErrorKind.RateLimited);
        error.RetryAfter.Should().Be(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null);
    }

    [Fact]
    public async Task A_throttle_that_may_come_after_work_is_unconfirmed_and_still_says_when()
    {
        await using var server = RawServer.Answering("{}", 429, "Retry-After: 7");
        using var http = Caller.Of(server, info: Caller.Info with { ThrottleIsBeforeWork = false });
        var error = await http.MutationFails();
        error.Kind.Should().Be(RunnerErrorKind.Unconfirmed);
        error.RetryAfter.Should().Be(TimeSpan.FromSeconds(7));
    }

    private sealed class StillClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
