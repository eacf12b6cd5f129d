using WorkflowGateway.Access;
using WorkflowGateway.Api;

namespace WorkflowGateway.Native;

/// <summary>Which headers go through. All others stay here, in both directions: whoever adds a name answers for what any server on the way makes of it.</summary>
internal static class NativeHeaders
{
    /// <summary>On every answer that is the vendor's and on no other.</summary>
    public const string Answered = "Gateway-Native";

    private static readonly string[] ToVendor =
    [
        "Accept", "Accept-Encoding", "Accept-Language", "Content-Encoding", "Content-Language", "Content-Type",
        "Idempotency-Key", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Range",
    ];

    private static readonly HashSet<string> FromVendor = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept-Ranges", "Age", "Allow", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length", "Content-Location", "Content-Range", "Content-Type",
        "Date", "Deprecation", "ETag", "Last-Modified", "Link", "Location", "Request-Id", "Retry-After", "Sunset", "Vary",
        "X-Correlation-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Request-Id", "X-Total-Count",
    };

    /// <exception cref="Runs.RefusedException">One of them cannot be passed on.</exception>
    public static List<KeyValuePair<string, string>> Of(HttpRequest request)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var name in ToVendor)
        {
            var values = request.Headers[name];
            if (values.Count == 0) continue;
            var value = values.Count == 1 ? values[0]! : string.Join(", ", values!);
            if (values.Count > 1 && name is "Content-Type" or "Content-Encoding" or "Idempotency-Key" or "Range" or "If-Range") throw Fields.Refusal(name, "Must be sent once.");
            if (value.AsSpan().ContainsAnyExceptInRange(' ', '~')) throw Fields.Refusal(name, "Must be printable ASCII.");
            if (value.Contains(ApiKey.Prefix, StringComparison.Ordinal)) throw Fields.Refusal(name, "Holds a key of the gateway's, which no vendor is to see.");
            headers.Add(new(name, value));
        }

        return headers;
    }

    public static void Copy(System.Net.Http.Headers.HttpHeaders from, IHeaderDictionary to)
    {
        foreach (var (name, values) in from.NonValidated)
        {
            if (!FromVendor.Contains(name)) continue;
            // What Kestrel would refuse to send must not cost the answer.
            foreach (var value in values)
            {
                if (!value.AsSpan().ContainsAnyExceptInRange(' ', '~')) to.Append(name, value);
            }
        }
    }
}
