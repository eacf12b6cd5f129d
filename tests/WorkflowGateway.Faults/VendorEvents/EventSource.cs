using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.VendorEvents;

/// <summary>Sends webhooks to a gateway, as the vendor or as somebody who would like to be.</summary>
internal sealed class EventSource(Bench bench, string connection = "interactly", string secret = EventSource.Secret) : IDisposable
{
    public const string Secret = "whsec_of-the-vendor";

    private readonly HttpClient _http = new() { BaseAddress = bench.Address };
    private int _sent;

    /// <summary>Webhooks are taken, and nothing is read but because of them.</summary>
    public static string OnlyEvents(string file) => file.Replace(
        "\"adapter\": \"interactly\",", $"\"adapter\": \"interactly\", \"webhookSecrets\": [ \"{Secret}\" ], \"poll\": {{ \"min\": \"1h\", \"max\": \"1h\" }},", StringComparison.Ordinal);

    public static string BodyOf(string eventId, string vendorRunId, string status = "completed", string action = "workflow_run_completed") =>
        JsonSerializer.Serialize(new { event_id = eventId, action, workflow_run_id = vendorRunId, workflow_run_status = status });

    public static string Sign(ReadOnlySpan<byte> body, string secret) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));

    /// <summary>An event of that run, as the vendor sends it.</summary>
    public Task<HttpStatusCode> TellAsync(string vendorRunId, string? eventId = null, string status = "completed") =>
        SendAsync(BodyOf(eventId ?? $"evt_{Interlocked.Increment(ref _sent)}", vendorRunId, status));

    public Task<HttpStatusCode> SendAsync(string body) => SendAsync(Encoding.UTF8.GetBytes(body));

    public async Task<HttpStatusCode> SendAsync(byte[] body) => (await SendAsync(body, ("X-Interactly-Signature", Sign(body, secret)))).Status;

    public async Task<(HttpStatusCode Status, JsonElement Problem)> SendAsync(byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/vendor-events/{connection}") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        foreach (var (name, value) in headers)
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length > 0 ? JsonElement.Parse(text) : default);
    }

    /// <summary>How many there were of each fate, those that are none left out.</summary>
    public async Task<string> CountsAsync() => string.Join(' ', (await ViewAsync()).EnumerateObject()
        .Where(count => count.Value.ValueKind == JsonValueKind.Number && count.Value.GetInt64() > 0).Select(count => $"{count.Name} {count.Value.GetInt64()}"));

    public async Task<JsonElement> ViewAsync() => (await bench.Client.GetAsync($"v1/connections/{connection}")).Body.GetProperty("vendorEvents");

    public Task CountedAsync(string counts) => Until.HoldsAsync(async () => await CountsAsync() == counts, $"counted are {counts}", seconds: 15);

    public void Dispose() => _http.Dispose();
}
