using System.Net;
using System.Text;
using System.Text.Json;

namespace WorkflowGateway.Faults.Rig;

/// <summary>What the gateway answered.</summary>
internal sealed record Reply(HttpStatusCode Status, JsonElement Body, bool Replayed)
{
    public bool Ok => (int)Status is >= 200 and < 300;

    public string? RunId => Ok ? Text("id") : null;

    public string? RunStatus => Ok ? Text("status") : null;

    public string? Reason => Text("statusReason");

    public string? VendorRunId => Text("vendorRunId");

    /// <summary>What brought the last observation.</summary>
    public string? Source => Body.GetProperty("observation").GetProperty("source").GetString();

    /// <summary>A problem's.</summary>
    public string? Code => Text("code");

    public long Version => Body.GetProperty("version").GetInt64();

    public bool Final => Body.GetProperty("final").GetBoolean();

    public string? ErrorCode => Error is { } error ? error.GetProperty("code").GetString() : null;

    /// <summary>Whether certainly nothing was processed, so that the same key may make a new run.</summary>
    public bool Retryable => Ok
        ? Final && Error is { } error && error.GetProperty("retryable").GetBoolean()
        : Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("retryable", out var retryable) && retryable.GetBoolean();

    private JsonElement? Error => Body.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object ? error : null;

    private string? Text(string name) => Body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>A caller of the gateway's API.</summary>
internal sealed class GatewayClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };

    public int Port => address.Port;

    /// <exception cref="HttpRequestException">Nobody knows what came of it.</exception>
    /// <exception cref="OperationCanceledException">Likewise.</exception>
    public Task<Reply> StartAsync(string workflow, string key, string? prefer = null) =>
        SendAsync(HttpMethod.Post, "v1/runs", JsonSerializer.Serialize(new { workflow, input = new { key } }), key, prefer);

    /// <summary>Starts a run and closes the connection after so long, answered or not.</summary>
    public async Task HangUpAsync(string workflow, string key, TimeSpan after)
    {
        using var gone = new CancellationTokenSource(after, TimeProvider.System);
        try
        {
            await SendAsync(HttpMethod.Post, "v1/runs", JsonSerializer.Serialize(new { workflow, input = new { key } }), key, null, cancellationToken: gone.Token);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // As meant.
        }
    }

    public Task<Reply> CommandAsync(string runId, string verb, object body, string key, long? ifMatch = null) =>
        SendAsync(HttpMethod.Post, $"v1/runs/{runId}/{verb}", JsonSerializer.Serialize(body), key, null, ifMatch: ifMatch);

    public Task<Reply> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, JsonSerializer.Serialize(body), null, null);

    public Task<Reply> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, path, JsonSerializer.Serialize(body), null, null);

    public Task<Reply> GetRunAsync(string runId) => GetAsync($"v1/runs/{runId}");

    public Task<Reply> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null, null, null);

    /// <summary>Waits for a version after the one given.</summary>
    public Task<Reply> WaitAsync(string runId, long version, int seconds) =>
        SendAsync(HttpMethod.Get, $"v1/runs/{runId}", null, null, $"wait={seconds}", $"\"{version}\"");

    /// <summary>Every run there is.</summary>
    public async Task<List<JsonElement>> ListRunsAsync(string filter = "")
    {
        var runs = new List<JsonElement>();
        for (string? token = ""; token is not null;)
        {
            var page = await GetAsync($"v1/runs?pageSize=500{filter}{(token.Length > 0 ? "&pageToken=" + Uri.EscapeDataString(token) : "")}");
            page.Status.Should().Be(HttpStatusCode.OK, page.Body.ToString());
            runs.AddRange(page.Body.GetProperty("runs").EnumerateArray());
            token = page.Body.TryGetProperty("nextPageToken", out var next) ? next.GetString() : null;
        }

        return runs;
    }

    /// <summary>Every change there was, in the order of commits.</summary>
    public async Task<List<JsonElement>> ListEventsAsync()
    {
        var events = new List<JsonElement>();
        for (var after = "0"; ;)
        {
            var page = await GetAsync($"v1/events?pageSize=500&after={after}");
            page.Status.Should().Be(HttpStatusCode.OK, page.Body.ToString());
            var found = page.Body.GetProperty("events").EnumerateArray().ToList();
            if (found.Count == 0) return events;
            events.AddRange(found);
            after = page.Body.GetProperty("next").GetString()!;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<Reply> SendAsync(
        HttpMethod method, string path, string? body, string? key, string? prefer, string? known = null, long? ifMatch = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        if (ifMatch is { } version) request.Headers.Add("If-Match", $"\"{version}\"");
        if (prefer is not null) request.Headers.Add("Prefer", prefer);
        if (known is not null) request.Headers.IfNoneMatch.ParseAdd(known);
        using var response = await _http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        using var json = JsonDocument.Parse(text.Length > 0 ? text : "{}");
        return new Reply(response.StatusCode, json.RootElement.Clone(), response.Headers.Contains("Idempotent-Replayed"));
    }
}
