using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace WorkflowGateway.Sandbox;

/// <summary>What a request looks like in the ledger: no credential, but enough to tell which one it was.</summary>
internal static class LedgerLine
{
    private static readonly string[] CredentialHeaders = ["Authorization", "Authentication", "X-Delegated-Token", "Cookie", "Proxy-Authorization"];
    private static readonly string[] ValueHeaders = ["X-Tenant-ID", "teamid", "uuid", "X-Interactly-API-Version", "traceparent"];

    public static LedgerEntry Of(string vendor, string operation, SandboxRequest request) => new()
    {
        Vendor = vendor,
        Operation = operation,
        Method = request.Method,
        Target = request.Target,
        Headers = [.. request.Headers.Keys],
        HeaderValues = Pick(request, ValueHeaders, value => value),
        Credentials = Pick(request, CredentialHeaders, Fingerprint),
        Body = request.Body.Length > 0 ? request.Body : null,
        Marker = request.Json is { } body ? MarkerIn(body) : null,
    };

    private static Dictionary<string, string>? Pick(SandboxRequest request, string[] names, Func<string, string> value)
    {
        Dictionary<string, string>? picked = null;
        foreach (var name in names)
            if (request.Headers.TryGetValue(name, out var text)) (picked ??= new(StringComparer.OrdinalIgnoreCase))[name] = value(text);
        return picked;
    }

    private static string Fingerprint(string value)
    {
        var token = value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? value[7..] : value;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))[..16];
    }

    private static LedgerMarker? MarkerIn(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.Get("workflowGateway") is { } marker && marker.GetText("runId") is { } runId && marker.GetText("attemptId") is { } attemptId
            ? new LedgerMarker(runId, attemptId)
            : element.EnumerateObject().Select(member => MarkerIn(member.Value)).FirstOrDefault(found => found is not null),
        JsonValueKind.Array => element.EnumerateArray().Select(MarkerIn).FirstOrDefault(found => found is not null),
        _ => null,
    };
}
