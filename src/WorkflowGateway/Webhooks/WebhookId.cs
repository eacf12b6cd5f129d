using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Webhooks;

/// <summary>The id of an endpoint: a UUIDv7.</summary>
internal readonly record struct WebhookId(Guid Value)
{
    private const string Prefix = "wh_";

    public static WebhookId Next(Ids ids) => new(ids.NextRun().Value);

    public static WebhookId FromBytes(byte[] bytes) => new(new Guid(bytes, bigEndian: true));

    public static bool TryParse([NotNullWhen(true)] string? text, out WebhookId id)
    {
        id = default;
        if (text is not { Length: 35 } || !text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        if (!Guid.TryParseExact(text.AsSpan(Prefix.Length), "N", out var value)) return false;
        id = new WebhookId(value);
        return true;
    }

    public byte[] ToBytes() => Value.ToByteArray(bigEndian: true);

    public override string ToString() => Prefix + Value.ToString("N", CultureInfo.InvariantCulture);
}
