using System.Net;
using WorkflowGateway.Client;

namespace WorkflowGateway.Tests.Client;

public sealed class RetryTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private readonly HastyTime _time = new();

    [Fact]
    public async Task A_start_whose_answer_was_lost_is_sent_again_with_its_key_and_makes_one_run()
    {
        using var network = new LossyHandler(LossyHandler.CutAnswer, LossyHandler.CutAnswer);
        var labels = new Dictionary<string, string> { ["suite"] = "cut" };
        var run = await Client(network).StartAsync("cancel-subscription", new { subscriptionId = "sub_1" }, new StartOptions { Labels = labels });
        network.Keys.Should().HaveCount(3).And.OnlyContain(key => key.Length == 32 && key == network.Keys[0]);
        (await new GatewayClient(gateway.Client).ListAsync(new RunFilter { Labels = labels }).Select(one => one.Id).ToListAsync()).Should().Equal(run.Id);
    }

    [Fact]
    public async Task A_command_whose_answer_was_lost_is_done_once()
    {
        var run = await new GatewayClient(gateway.Client).StartAsync("patient-intake");
        var before = gateway.Sandbox.Ledger.Count(entry => entry.Operation == "pause");
        using var network = new LossyHandler(LossyHandler.CutAnswer);
        var paused = await Client(network).PauseAsync(run.Id, new CommandOptions { IdempotencyKey = "mine", IfVersion = run.Version });
        paused.Status.Should().Be(RunStatuses.Paused);
        network.Keys.Should().Equal("mine", "mine");
        gateway.Sandbox.Ledger.Count(entry => entry.Operation == "pause").Should().Be(before + 1);
    }

    [Fact]
    public async Task Every_start_has_a_key_of_its_own()
    {
        using var network = new LossyHandler();
        var client = Client(network);
        await client.StartAsync("nothing-to-run");
        await client.StartAsync("nothing-to-run");
        network.Keys.Distinct().Should().HaveCount(2);
    }

    [Fact]
    public async Task It_waits_as_long_as_it_is_asked_to()
    {
        using var network = new LossyHandler(LossyHandler.Instead(HttpStatusCode.ServiceUnavailable, 7), LossyHandler.Instead(HttpStatusCode.TooManyRequests));
        (await Client(network).StartAsync("nothing-to-run")).Status.Should().Be(RunStatuses.Skipped);
        _time.Delays.Should().HaveCount(2);
        _time.Delays[0].Should().Be(TimeSpan.FromSeconds(7));
        _time.Delays[1].Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(0.5)).And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task It_gives_up_after_four_tries()
    {
        var busy = LossyHandler.Instead(HttpStatusCode.ServiceUnavailable, 1);
        using var network = new LossyHandler(busy, busy, busy, busy, busy);
        var problem = (await FluentActions.Awaiting(() => Client(network).StartAsync("nothing-to-run")).Should().ThrowAsync<GatewayProblemException>()).Which;
        (problem.Code, problem.Status, problem.Retryable).Should().Be(("unreadable-answer", 503, true));
        network.Keys.Should().HaveCount(4);

        using var dead = new LossyHandler([.. Enumerable.Repeat(LossyHandler.CutAnswer, 5)]);
        await FluentActions.Awaiting(() => Client(dead).StartAsync("nothing-to-run")).Should().ThrowAsync<HttpRequestException>();
        dead.Keys.Should().HaveCount(4);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadGateway, null, "<html>", "unreadable-answer")]
    [InlineData(HttpStatusCode.ServiceUnavailable, 3600, "<html>", "unreadable-answer")]
    [InlineData(HttpStatusCode.Conflict, null, """{"code":"action-unavailable","retryable":false}""", "action-unavailable")]
    [InlineData(HttpStatusCode.OK, null, "<html>", "unreadable-answer")]
    [InlineData(HttpStatusCode.OK, null, "null", "unreadable-answer")]
    public async Task What_another_try_would_not_help_is_thrown_at_once(HttpStatusCode status, int? retryAfter, string body, string code)
    {
        using var network = new LossyHandler(LossyHandler.Instead(status, retryAfter, body));
        var problem = (await FluentActions.Awaiting(() => Client(network).StartAsync("nothing-to-run")).Should().ThrowAsync<GatewayProblemException>()).Which;
        (problem.Code, problem.Status).Should().Be((code, (int)status));
        network.Keys.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_command_that_must_wait_for_another_is_sent_again()
    {
        using var network = new LossyHandler(LossyHandler.Instead(HttpStatusCode.Conflict, 2, """{"code":"action-unavailable","retryable":true}"""));
        await Client(network).StartAsync("nothing-to-run");
        _time.Delays.Should().Equal(TimeSpan.FromSeconds(2));
    }

    private GatewayClient Client(LossyHandler network) => new(new HttpClient(network) { BaseAddress = gateway.Client.BaseAddress }, _time);
}
