using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Net.Http.Headers;
using WorkflowGateway.Edge;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>Reads a request body as JSON, or says what is wrong and where.</summary>
internal static class RequestJson
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>The body; null where there is none.</summary>
    public static async ValueTask<JsonElement?> ReadAsync(HttpContext http)
    {
        var bytes = await RequestBody.ReadAsync(http, RequestBody.Longest);
        if (bytes.Length == 0) return null;
        CheckMediaType(http.Request);
        return Parse(bytes);
    }

    internal static JsonElement Parse(byte[] bytes)
    {
        if (!Utf8.IsValid(bytes)) throw new RefusedException("malformed-json", "The body is not UTF-8.");
        try
        {
            using var document = JsonDocument.Parse(bytes, Strict);
            CheckStrings(document.RootElement, bytes);
            return document.RootElement.Clone();
        }
        catch (JsonException wrong)
        {
            throw new RefusedException("malformed-json", Describe(wrong));
        }
        catch (InvalidOperationException)
        {
            throw new RefusedException("malformed-json", "A string in the body has half of a surrogate pair (an escape from \\ud800 to \\udfff without its partner).");
        }
    }

    private static void CheckMediaType(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0)
            throw new RefusedException("unsupported-media-type", $"Content-Encoding {request.Headers.ContentEncoding} is not read here; send the body uncompressed.");
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !IsJson(type))
            throw new RefusedException("unsupported-media-type", $"The body is of type '{request.ContentType ?? "none"}'; send Content-Type: application/json.");
    }

    private static bool IsJson(MediaTypeHeaderValue type) =>
        (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    // Only an escape can hold half a pair, and nothing after this point expects one.
    private static void CheckStrings(JsonElement root, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf("\\ud"u8) >= 0 || bytes.IndexOf("\\uD"u8) >= 0) ReadStrings(root);
    }

    private static void ReadStrings(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String) _ = element.GetString();
        else if (element.ValueKind == JsonValueKind.Array) foreach (var item in element.EnumerateArray()) ReadStrings(item);
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
            {
                _ = member.Name;
                ReadStrings(member.Value);
            }
        }
    }

    private static string Describe(JsonException wrong)
    {
        var end = wrong.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var what = end < 0 ? wrong.Message : wrong.Message[..end];
        return wrong.LineNumber is { } line ? $"Line {line + 1}, byte {wrong.BytePositionInLine + 1}: {what}" : what;
    }
}
