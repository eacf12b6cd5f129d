using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WorkflowGateway.Access;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>What else a request carries beside its body.</summary>
internal static class RequestHeaders
{
    public const string IdempotencyKey = "Idempotency-Key";
    public const string VendorAuthorization = "Vendor-Authorization";
    private const string Bearer = "Bearer ";
    private const string WrongKey = "Must be one key of 1 to 255 printable ASCII characters.";

    public static IdempotencyKey? Key(this HttpRequest request, JsonElement? body)
    {
        if (!request.Headers.TryGetValue(IdempotencyKey, out var header)) return null;
        return new IdempotencyKey(
            header.Count == 1 ? KeyHash(header.ToString(), IdempotencyKey) : throw Fields.Refusal(IdempotencyKey, WrongKey),
            Fingerprint.Of(request.Method, request.Path.Value ?? "", request.Query, body));
    }

    /// <summary>How the ledger and the routes know a key.</summary>
    public static byte[] KeyHash(string key, string pointer) => key.Length is 0 or > 255 || key.Any(c => c is < ' ' or > '~')
        ? throw Fields.Refusal(pointer, WrongKey)
        : SHA256.HashData(Encoding.ASCII.GetBytes(key));

    /// <summary>The end user's own vendor token. The connection knows its scheme, so one written before it is dropped.</summary>
    public static Secret? VendorToken(this HttpRequest request)
    {
        var headers = request.Headers[VendorAuthorization];
        if (headers.Count > 1) throw Fields.Refusal(VendorAuthorization, "Must be sent once.");
        var header = headers.ToString();
        var token = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : header.Trim();
        if (token.Contains(ApiKey.Prefix, StringComparison.Ordinal)) throw Fields.Refusal(VendorAuthorization, "This is a key of the gateway's, which no vendor is to see. Send the end user's token at the vendor.");
        return token.Length == 0 ? null : new Secret(token);
    }

    /// <summary>The run id in the address; one of a wrong form names no run.</summary>
    public static RunId RunId(string text) =>
        Runs.RunId.TryParse(text, out var id) ? id : throw NoSuchRun(text);

    public static RefusedException NoSuchRun(string id) => new("run-not-found", $"There is no run '{(id.Length > 64 ? id[..64] : id)}'.");
}
