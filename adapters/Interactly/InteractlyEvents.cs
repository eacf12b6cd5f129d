using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace WorkflowGateway.Adapters.Interactly;

/// <summary>Interactly's webhooks. The signature covers the body and nothing else: the timestamp beside it proves nothing and is not looked at.</summary>
internal static class InteractlyEvents
{
    private const string Signature = "X-Interactly-Signature";
    private static readonly string[] Kinds = ["workflow_run_started", "workflow_run_completed", "workflow_created", "workflow_updated", "workflow_deleted"];
    private static readonly string[] KindMembers = ["action", "event", "event_type", "type"];
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    public static VendorEventReading Read(VendorEventDelivery delivery, IReadOnlyList<Secret> secrets)
    {
        var written = delivery.Header(Signature);
        // Of two nobody can say which the sender meant.
        if (written.Count > 1) return new VendorEventReading.Forged("signature-repeated");
        if (written.Count == 0 || string.IsNullOrWhiteSpace(written[0])) return new VendorEventReading.Forged("signature-missing");
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var text = written[0].AsSpan().Trim();
        if (text.Length != given.Length * 2 || Convert.FromHexString(text, given, out _, out _) != OperationStatus.Done) return new VendorEventReading.Forged("signature-malformed");
        return IsSigned(delivery.Body.Span, given, secrets) ? ReadBody(delivery.Body) : new VendorEventReading.Forged("signature-mismatch");
    }

    // All are tried, whichever fits: how long it takes says nothing.
    private static bool IsSigned(ReadOnlySpan<byte> body, ReadOnlySpan<byte> given, IReadOnlyList<Secret> secrets)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var signed = false;
        foreach (var secret in secrets)
        {
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret.Reveal()), body, hash);
            signed |= CryptographicOperations.FixedTimeEquals(hash, given);
        }

        return signed;
    }

    private static VendorEventReading ReadBody(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            var root = document.RootElement;
            if (RunIdOf(root) is not { } id) return new VendorEventReading.Nothing("no-run");
            var kind = KindMembers.Select(member => root.Text(member)).FirstOrDefault(Kinds.Contains) ?? "other";
            // Without an id the same bytes are the same event: a replay is known all the same.
            return new VendorEventReading.Event(root.Text("event_id") is { Length: > 0 } eventId ? eventId : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(body.Span)), kind, id);
        }
        catch (JsonException)
        {
            return new VendorEventReading.Nothing("not-json");
        }
    }

    // The shape of the body is not published, only that of the record that the vendor keeps of it: the run's id stands beside event_id there.
    // An _id counts only where a run's own envelope is around it: beside event_id it is the event's.
    private static string? RunIdOf(JsonElement root)
    {
        JsonElement?[] places = [root, root.Object("payload"), root.Object("data")];
        foreach (var place in places.OfType<JsonElement>())
            if (new[] { place.Text("workflow_run_id"), place.Text("run_id") }.FirstOrDefault(InteractlyAdapter.Vendor.IsRunId) is { } id) return id.ToLowerInvariant();
        return places.OfType<JsonElement>().Select(place => place.Object("workflow_run")).Concat(places.Skip(1).Where(place => place?.Object("workflow_run") is not null))
            .OfType<JsonElement>().Select(InteractlyMapping.RunIdOf).FirstOrDefault(id => id is not null);
    }
}
