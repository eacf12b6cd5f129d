using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;

namespace WorkflowGateway.Sandbox;

/// <summary>Sends Interactly's events: of a run its start and its end, each at least once, signed. It tells of what happens from when it is told where to.</summary>
internal sealed class WebhookSender(World world, TimeProvider time) : IAsyncDisposable
{
    private const string Started = "workflow_run_started";
    private const string Completed = "workflow_run_completed";
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private static readonly string[] Ends = ["completed", "failed", "cancelled", "aborted_looping_risk"];

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
    private readonly ConcurrentQueue<WebhookDelivery> _deliveries = new();
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _end = new();
    private CancellationTokenSource? _current;

    public Webhook? Target { get; private set; }

    /// <summary>Every attempt so far.</summary>
    public IReadOnlyList<WebhookDelivery> Deliveries => [.. _deliveries];

    /// <summary>Sends there from now on; nowhere where it is null.</summary>
    public void Send(Webhook? target)
    {
        lock (_lock)
        {
            _current?.Cancel();
            _current = null;
            Target = target;
            if (target is null) return;
            _current = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
            _ = RunAsync(target, Known(), _current.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _http.Dispose();
    }

    // What has been so for long is no event.
    private Dictionary<string, bool> Known() => world.Look((vendor, now) => vendor.Runs(now).ToDictionary(run => run.Id, run => Ends.Contains(run.Word)));

    private async Task RunAsync(Webhook target, Dictionary<string, bool> told, CancellationToken end)
    {
        var last = new Dictionary<string, Task>();
        var held = new Dictionary<string, WebhookBody>();
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(end))
            {
                foreach (var news in world.Look((vendor, now) => News(vendor, target, told, now)))
                {
                    List<WebhookBody> order = [news];
                    if (target.Shuffled && news.Action == Started && held.TryAdd(news.VendorRunId, news)) continue;
                    if (held.Remove(news.VendorRunId, out var first)) order.Add(first);
                    foreach (var one in order) last[one.VendorRunId] = DeliverAsync(target, one, last.GetValueOrDefault(one.VendorRunId, Task.CompletedTask), end);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Sent elsewhere, or not at all, from now on.
        }
    }

    private List<WebhookBody> News(IVendor vendor, Webhook target, Dictionary<string, bool> told, DateTimeOffset now)
    {
        var news = new List<WebhookBody>();
        foreach (var run in vendor.Runs(now).OfType<InteractlyRun>().Reverse())
        {
            var ended = Ends.Contains(run.Word);
            if (told.TryAdd(run.Id, false)) news.Add(Body(run, Started));
            if (!ended || told[run.Id]) continue;
            told[run.Id] = true;
            news.Add(Body(run, Completed));
        }

        return news;

        WebhookBody Body(InteractlyRun run, string action) => WebhookBody.Of(run, action, target.Status, world.Switches.InteractlyEchoesMarker, now);
    }

    // One run's events one after the other.
    private async Task DeliverAsync(Webhook target, WebhookBody body, Task before, CancellationToken end)
    {
        try
        {
            await before;
            await Task.Delay(TimeSpan.FromSeconds(target.DelaySeconds), time, end);
            for (var copy = 0; copy <= target.Duplicates; copy++)
            {
                for (var attempt = 0; attempt <= target.MaxRetries && !await TryAsync(target, body, end); attempt++)
                    await Task.Delay(TimeSpan.FromSeconds(target.RetrySeconds), time, end);
            }
        }
        catch (OperationCanceledException)
        {
            // As above.
        }
    }

    private async Task<bool> TryAsync(Webhook target, WebhookBody body, CancellationToken end)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Url) { Content = new ByteArrayContent(body.Bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("X-Interactly-Signature", WebhookBody.Sign(body.Bytes, target.Secret));
        request.Headers.Add("X-Interactly-Timestamp", time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        int? status = null;
        try
        {
            using var answer = await _http.SendAsync(request, end);
            status = (int)answer.StatusCode;
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !end.IsCancellationRequested))
        {
            return false;
        }
        finally
        {
            _deliveries.Enqueue(new WebhookDelivery(body.EventId, body.Action, body.VendorRunId, status));
        }
    }
}
