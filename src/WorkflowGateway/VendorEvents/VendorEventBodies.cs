using WorkflowGateway.Edge;
using WorkflowGateway.Runs;

namespace WorkflowGateway.VendorEvents;

/// <summary>Reads the raw body of a webhook. Anybody can send one, so what is held of bodies is bounded: in size, in time and in how many there are at once.</summary>
internal sealed class VendorEventBodies : IDisposable
{
    private const int AtOnce = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _places = new(AtOnce);

    /// <exception cref="RefusedException">It is too large, too slow or encoded, or there is no room now.</exception>
    public async Task<VendorEventDelivery> ReadAsync(HttpContext http)
    {
        var headers = http.Request.Headers;
        if (headers.ContentEncoding.Count > 0)
            throw new RefusedException("unsupported-media-type", $"Content-Encoding {headers.ContentEncoding} is not read here; send the body uncompressed.");
        if (!await _places.WaitAsync(Patience, http.RequestAborted))
            throw new RefusedException("rate-limited", "Too many webhooks are coming in at once.") { RetryAfter = TimeSpan.FromSeconds(5) };
        try
        {
            return new VendorEventDelivery(await RequestBody.ReadAsync(http, Deadline), name => headers.TryGetValue(name, out var values) ? [.. values.Select(value => value ?? "")] : []);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();
}
