using System.Text;
using WorkflowGateway.Tests.Access;

namespace WorkflowGateway.Tests.Edge;

/// <summary>Spoils a valid request, in its parts or in its bytes.</summary>
internal sealed class FuzzMutator(Random random)
{
    private static readonly string[] Values =
    [
        "", "0", "-1", "1e999", "99999999999999999999", "null", "true", "%00", "%ff", "%", "..", "../..", "a%2fb", "' OR 1=1--", "${env:PATH}", "\u00e9", "%F0%9F%98%80", "*", "run_", "\"", "{}", "[]", "a,b,c", "W/\"1\"", "\"1\"", "2026-13-45T99:99:99Z",
        "9223372036854775807", "-9223372036854775809", "open", "final", "a:b", "<script>", "%0d%0aX: y", "1;2", "NaN",
    ];

    private static readonly string[] Json =
    [
        "null", "true", "0", "-0", "1e400", "\"\"", "[]", "{}", "[[[[]]]]", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "\"${input}\"", "\"$${\"", "123456789012345678901234567890", "{\"a\":1,\"a\":2}", "\"\\ud800\"", "1.0000000000000000000001", "[null]", "{\"\":{}}",
    ];

    private static readonly string[] Headers =
    [
        "If-Match", "If-None-Match", "Cache-Control", "Idempotency-Key", "Vendor-Authorization", "Last-Event-ID", "traceparent", "tracestate", "Accept", "Content-Type", "X-Forwarded-For", "Range", "Origin", "Cookie", "Expect", "Accept-Encoding", "Gateway-Revision",
    ];

    private static readonly string[] Keys = ["all", "all", "all", "a-operator", "a-caller", "a-viewer", "b-operator", "nobody"];

    /// <returns>The message, and whether the sender says that nothing more comes: where its framing may be spoilt.</returns>
    public (string Bytes, bool Ends) Spoil(FuzzSeed seed)
    {
        var (method, path, body) = (seed.Method, seed.Path, seed.Body);
        var query = seed.Query.Where(_ => random.Next(3) == 0).Select(name => $"{name.Replace("*", "region", StringComparison.Ordinal)}={Pick(Values)}").ToList();
        var headers = seed.Headers.Where(name => name != "Prefer" && random.Next(3) == 0).Select(name => $"{name}: {Pick(Values)}").ToList();
        for (var times = random.Next(4); times > 0; times--)
        {
            switch (random.Next(7))
            {
                case 0: method = Pick(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW", "get"]); break;
                case 1: path = SpoilPath(path); break;
                case 2: query.Add($"{Pick(["status", "pageSize", "pageToken", "after", "include", "x", "", "dryRun", "label.a"])}={Pick(Values)}"); break;
                case 3: headers.Add($"{Pick(Headers)}: {Pick(Values)}"); break;
                case 4 when body is not null && !seed.Calls: body = SpoilJson(body); break;
                case 5 when body is not null: body = body[..random.Next(body.Length)]; break;
                default: headers.Add($"Prefer: {Pick(["wait=0", "respond-async", "wait=-1", "wait=x", "handling=lenient", ""])}"); break;
            }
        }

        var message = Compose(method, query.Count == 0 ? path : path + "?" + string.Join('&', query), headers, body);
        return random.Next(4) == 0 && !seed.Calls ? (SpoilBytes(message), true) : (message, false);
    }

    private string Compose(string method, string target, List<string> headers, string? body)
    {
        var text = new StringBuilder($"{method} {target.Replace(" ", "%20", StringComparison.Ordinal)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {KeyedGateway.KeyOf(Pick(Keys))}\r\n");
        // One that streams has no end.
        foreach (var header in headers) text.Append(header).Append("\r\n");
        if (body is null) return text.Append("\r\n").ToString();
        if (!headers.Exists(header => header.StartsWith("Content-Type", StringComparison.Ordinal))) text.Append("Content-Type: application/json\r\n");
        return text.Append("Content-Length: ").Append(Encoding.Latin1.GetByteCount(body)).Append("\r\n\r\n").Append(body).ToString();
    }

    private string SpoilPath(string path)
    {
        var parts = path.Split('/');
        var at = random.Next(1, Math.Max(2, parts.Length));
        if (at < parts.Length) parts[at] = random.Next(3) switch { 0 => Pick(Values), 1 => parts[at] + Pick(Values), _ => parts[at] + "/" + Pick(Values) };
        return "/" + string.Join('/', parts.Skip(1));
    }

    private string SpoilJson(string body)
    {
        // A value after a colon, whatever it is, becomes another.
        var colons = Enumerable.Range(0, body.Length).Where(i => body[i] == ':').ToList();
        if (colons.Count == 0) return Pick(Json);
        var at = colons[random.Next(colons.Count)];
        var end = body.IndexOfAny([',', '}'], at);
        return end < 0 ? body[..(at + 1)] + Pick(Json) : body[..(at + 1)] + Pick(Json) + body[end..];
    }

    private string SpoilBytes(string message)
    {
        var text = new StringBuilder(message);
        for (var times = random.Next(1, 5); times > 0; times--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0: text[at] = (char)random.Next(256); break;
                case 1: text.Insert(at, (char)random.Next(256)); break;
                case 2: text.Remove(at, Math.Min(random.Next(1, 8), text.Length - at)); break;
                default: text.Insert(at, text.ToString(at, Math.Min(random.Next(1, 40), text.Length - at))); break;
            }

            if (text.Length == 0) return "\r\n";
        }

        return text.ToString();
    }

    private string Pick(string[] from) => from[random.Next(from.Length)];
}
