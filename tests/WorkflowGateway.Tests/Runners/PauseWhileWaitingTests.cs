using System.Text.Json;
using WorkflowGateway.Adapters.Interactly;
using WorkflowGateway.Catalog;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Runners;

/// <summary>A vendor that asks to be left alone is asked nothing, also by those who were already waiting for a place.</summary>
public sealed class PauseWhileWaitingTests : IDisposable
{
    private readonly ConnectionRunner _connection = new(
        new ConnectionConfig
        {
            Name = "interactly",
            Adapter = new InteractlyAdapter(),
            Vendor = new VendorConnection { Name = "interactly", BaseUrl = new Uri("http://127.0.0.1:1/"), Timeout = TimeSpan.FromSeconds(1), Settings = JsonElement.Parse("{}") },
            Identity = "identity",
            Timeout = TimeSpan.FromSeconds(1),
            Concurrency = 1,
            PollMin = TimeSpan.FromSeconds(1),
            PollMax = TimeSpan.FromSeconds(1),
            StaleAfter = TimeSpan.FromMinutes(5),
        },
        TimeProvider.System);

    [Fact]
    public async Task A_pause_that_comes_while_a_call_waits_is_kept()
    {
        var first = await _connection.EnterAsync(CancellationToken.None);
        var waiting = _connection.EnterAsync(CancellationToken.None).AsTask();
        waiting.IsCompleted.Should().BeFalse("there is one place");

        _connection.PauseFor(TimeSpan.FromMinutes(1));
        first.Dispose();

        var refused = (await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<RefusedException>()).Which;
        refused.Code.Should().Be("rate-limited");
        refused.Message.Should().Contain("asked to be called again");
        refused.RetryAfter.Should().BePositive();
        _connection.Limits.InFlight.Should().Be(0, "its place was given back");
    }

    public void Dispose() => _connection.Dispose();
}
