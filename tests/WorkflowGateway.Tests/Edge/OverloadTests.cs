using System.Net;
using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Edge;

/// <summary>More at once than there is room for.</summary>
public sealed class OverloadTests
{
    [Fact]
    public async Task Who_comes_too_many_is_told_at_once_and_health_and_watchers_have_room_of_their_own()
    {
        await using var small = new SmallGateway();
        await small.StartAsync(("Edge:MaxRequests", "2"), ("Edge:MaxWaiting", "1"));
        small.Sandbox.Controls.Add(new Fault { Operation = "start", Kind = "hang" });
        using var client = small.Client();
        using var gone = new CancellationTokenSource();
        var held = Enumerable.Range(0, 2).Select(_ => client.PostAsync(new Uri("/v1/runs", UriKind.Relative), Start(), gone.Token)).ToList();
        await Until(() => Task.FromResult(small.Sandbox.ReadLedger(operation: "start").Count == 2));

        using var refused = await client.GetAsync(new Uri("/v1/workflows", UriKind.Relative));
        refused.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter!.Delta.Should().BeGreaterThan(TimeSpan.Zero);
        JsonElement.Parse(await refused.Content.ReadAsStringAsync()).GetProperty("code").GetString().Should().Be("gateway-unavailable");
        (await StatusAsync(client, "/health/ready")).Should().Be(200);
        (await StatusAsync(client, "/v1/workflows", "wait=1")).Should().Be(200);
        using var watch = await WatchAsync(client);
        watch.StatusCode.Should().Be(HttpStatusCode.OK);
        using var second = await WatchAsync(client);
        second.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);

        await gone.CancelAsync();
        foreach (var one in held) await one.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        await Until(async () => await StatusAsync(client, "/v1/workflows") == 200);
        small.Sandbox.ReadLedger(operation: "start").Should().HaveCount(2);
    }

    [Fact]
    public async Task After_the_signal_to_stop_it_says_so_and_serves_on_for_as_long_as_it_was_told()
    {
        await using var small = new SmallGateway();
        await small.StartAsync(("Edge:StopDelay", "1m"));
        using var client = small.Client();
        using var enough = new CancellationTokenSource();
        var watching = WatchAsync(client);
        using var watch = await watching;

        // As the signal does it.
        small.App.Lifetime.StopApplication();
        var stop = small.App.StopAsync(enough.Token);

        // What is watched ends well.
        await watch.Content.ReadAsStringAsync();
        (await StatusAsync(client, "/health/live")).Should().Be(200);
        (await StatusAsync(client, "/health/ready")).Should().Be(503);
        using var served = await client.GetAsync(new Uri("/v1/workflows", UriKind.Relative));
        (served.StatusCode, served.Headers.ConnectionClose).Should().Be((HttpStatusCode.OK, true));
        using (var started = await client.PostAsync(new Uri("/v1/runs", UriKind.Relative), Start())) started.IsSuccessStatusCode.Should().BeTrue();
        stop.IsCompleted.Should().BeFalse();
        await enough.CancelAsync();
        try
        {
            await stop;
        }
        catch (OperationCanceledException)
        {
            // It was told that there is no time left.
        }

        await client.Invoking(gone => gone.GetAsync(new Uri("/health/live", UriKind.Relative))).Should().ThrowAsync<HttpRequestException>();
    }

    private static StringContent Start() => new("""{"workflow":"ask"}""", null, "application/json");

    private static async Task<int> StatusAsync(HttpClient client, string path, string? prefer = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (prefer is not null) request.Headers.Add("Prefer", prefer);
        using var answer = await client.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> WatchAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        request.Headers.Add("Accept", "text/event-stream");
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task Until(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
        while (!await holds()) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
    }
}
