using System.Buffers;
using WorkflowGateway.Access;
using WorkflowGateway.Api;

namespace WorkflowGateway.Native;

/// <summary>
/// What follows <c>/native</c>, taken from the request line as it was sent and passed on as it was sent. Nothing that two readers could understand differently
/// goes through: then the path that was judged, the path that is sent and the path that the vendor sees are one.
/// </summary>
internal static class NativeTarget
{
    private static readonly string[] Ends = ["/", ";", "%3b", "%3B", "%3f", "%3F", "%23"];
    private const string Marker = "/native";

    // RFC 3986 without @, which could be taken for the end of a user name.
    private static readonly SearchValues<char> InPath = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:/%");

    /// <param name="raw">The request's target as it stood in the request line.</param>
    /// <param name="connection">The name that the route was taken with.</param>
    /// <exception cref="Runs.RefusedException">It is not passed on.</exception>
    public static string Of(string raw, string connection)
    {
        // Exactly: whatever else was made the same route by unescaping or by walking up is no path of this endpoint.
        var prefix = $"/v1/connections/{connection}{Marker}";
        if (!raw.StartsWith(prefix, StringComparison.Ordinal)) throw Refusal($"The path must begin with {prefix} as it stands here, unescaped and without detours.");
        var target = raw[prefix.Length..];
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        if (path.Length > 0 && path[0] != '/') throw Refusal($"The path must begin with {prefix}/.");
        if (path.AsSpan().ContainsAnyExcept(InPath)) throw Refusal("The path holds a character that must be escaped, or that is not passed on (@, \\, # and whatever is not ASCII).");
        CheckEscapes(path);
        CheckSegments(path);
        if (query >= 0 && target.AsSpan(query).ContainsAnyExceptInRange('!', '~')) throw Refusal("The query must be printable ASCII; escape what is not.");
        if (target.Contains(ApiKey.Prefix, StringComparison.Ordinal)) throw Refusal("The path or query holds a key of the gateway's, which no vendor is to see.");
        if (target.Contains('#', StringComparison.Ordinal)) throw Refusal("A fragment (#) is not sent to a server.");
        return target;
    }

    private static void CheckEscapes(string path)
    {
        for (var at = path.IndexOf('%', StringComparison.Ordinal); at >= 0; at = path.IndexOf('%', at + 1))
        {
            if (at + 3 > path.Length || !char.IsAsciiHexDigit(path[at + 1]) || !char.IsAsciiHexDigit(path[at + 2])) throw Refusal("A percent sign in the path must begin an escape: % and two hexadecimal digits.");
            var escaped = (char)Convert.ToByte(path.Substring(at + 1, 2), 16);
            // A slash, a dot or a percent sign that some servers unescape before they walk, and others after.
            if (escaped is '/' or '\\' or '.' or '%' or < ' ' or > '~') throw Refusal($"The path holds {path.Substring(at, 3)}, which is not passed on: servers differ in what they make of it.");
        }
    }

    private static void CheckSegments(string path)
    {
        if (path.Contains("//", StringComparison.Ordinal)) throw Refusal("The path holds an empty segment (//).");
        // Some servers cut a segment's parameters (;…), spaces, or what looks like a query or a fragment once unescaped, off before they walk.
        foreach (var name in path.Replace("%20", "", StringComparison.Ordinal).Split(Ends, StringSplitOptions.None))
        {
            if (name.Length > 0 && name.AsSpan().TrimStart('.').IsEmpty) throw Refusal("The path holds a segment of dots.");
        }
    }

    private static Runs.RefusedException Refusal(string detail) => Fields.Refusal("path", detail);
}
