using System.Security.Cryptography;
using System.Text;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Webhooks;

/// <summary>What deliveries are signed with, by Standard Webhooks 1.0: <c>whsec_</c> and base64.</summary>
internal static class WebhookSecret
{
    public const string Form = "Must be whsec_ and the base64 of 24 to 64 bytes: printf whsec_; openssl rand -base64 32.";

    private const string Prefix = "whsec_";
    private const int Shortest = 24, Longest = 64;

    public static string Next(Ids ids) => Prefix + Convert.ToBase64String(ids.NextSecret());

    public static byte[]? Parse(string text)
    {
        if (text.Length > 128 || !text.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var bytes = new byte[Longest + 32];
        // White space, which the parser would skip, is part of no secret.
        return !text.Any(char.IsWhiteSpace) && Convert.TryFromBase64String(text[Prefix.Length..], bytes, out var length) && length is >= Shortest and <= Longest ? bytes[..length] : null;
    }

    /// <summary>The value of <c>webhook-signature</c>: one for each secret.</summary>
    public static string Sign(IEnumerable<byte[]> secrets, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{id}.{timestamp}."), .. body];
        return string.Join(' ', secrets.Select(secret => "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, signed))));
    }
}
