using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace WorkflowGateway.Sandbox;

/// <summary>A request as a vendor sees it: the path below the vendor's prefix, and the body read whole.</summary>
internal sealed class SandboxRequest
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public SandboxRequest(string method, string target, IReadOnlyDictionary<string, string> headers, byte[] body)
    {
        (Method, Target, Headers, Body) = (method, target, headers, Encoding.UTF8.GetString(body));
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? target : target[..mark];
        Segments = [.. path.Split('/').Skip(1).Select(Uri.UnescapeDataString)];
        Query = mark < 0 ? [] : QueryHelpers.ParseQuery(target[mark..]);
        Json = Parse(Body);
    }

    public string Method { get; }

    /// <summary>Path and query as they were sent, below the vendor's prefix.</summary>
    public string Target { get; }

    public IReadOnlyList<string> Segments { get; }

    public Dictionary<string, StringValues> Query { get; }

    /// <summary>Names compare without regard to case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    public string Body { get; }

    /// <summary>The body; null where it is no JSON.</summary>
    public JsonElement? Json { get; }

    public string? Header(string name) => Headers.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    public string? QueryValue(string name) => Query.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>The token after <c>Bearer</c>.</summary>
    public string? Bearer =>
        Header("Authorization") is { } value && value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && value[7..].Trim() is { Length: > 0 } token
            ? token
            : null;

    private static JsonElement? Parse(string body)
    {
        if (body.Length == 0) return null;
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
