using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Edge;

/// <summary>Refuses what Kestrel lets through although it means nothing, or another thing to the next reader: what two readers understand differently is how requests are smuggled.</summary>
internal static class RequestCheck
{
    private const int LongestMethod = 32;

    // Kestrel moves a Content-Length here that came with a Transfer-Encoding.
    private const string Overruled = "X-Content-Length";

    private static readonly SearchValues<char> Controls = SearchValues.Create([.. Enumerable.Range(0, 32).Select(c => (char)c).Where(c => c != '\t'), '\u007f']);
    private static readonly SearchValues<char> InName = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> InTarget = SearchValues.Create([.. Enumerable.Range(0x21, 0x7e - 0x21 + 1).Select(c => (char)c).Where(c => c != '#')]);

    /// <returns>The refusal; null where there is nothing to say against it.</returns>
    public static RefusedException? Find(HttpContext http) =>
        Method(http.Request.Method) ?? Target(http) ?? Host(http.Request) ?? Headers(http.Request.Headers) ?? Framing(http.Request);

    private static RefusedException? Method(string method) => method switch
    {
        { Length: > LongestMethod } => Malformed("The method is longer than 32 characters."),
        "CONNECT" or "TRACE" => new RefusedException("method-not-allowed", $"{method} is not for anything here."),
        _ => null,
    };

    private static RefusedException? Target(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (target.AsSpan().ContainsAnyExcept(InTarget)) return Malformed("The request target has a character that stands in no address: write it percent-encoded.");
        // In a path some read it as a slash; in a query it is what was meant.
        if (target.AsSpan(0, target.IndexOf('?') is >= 0 and var query ? query : target.Length).Contains('\\')) return Malformed("The path has a backslash: write it as %5C.");
        if (target.StartsWith('/')) return null;
        if (target == "*") return HttpMethods.IsOptions(http.Request.Method) ? null : Malformed("The target * is for OPTIONS only.");
        return Uri.TryCreate(target, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0
            && HostString.FromUriComponent(url).Host.Equals(http.Request.Host.Host, StringComparison.OrdinalIgnoreCase)
            ? null
            : Malformed("The request target is neither a path nor the address of this host.");
    }

    private static RefusedException? Host(HttpRequest request)
    {
        var hosts = request.Headers.Host;
        // HTTP/1.0 has none; what came before it is not served.
        if (hosts.Count == 0 && request.Protocol == HttpProtocol.Http10) return null;
        return hosts is [{ Length: > 0 } host] && IsHost(new HostString(host)) ? null : Malformed("The Host header is not one host and port.");
    }

    private static bool IsHost(HostString host)
    {
        if (host.Value is not { } text || text.EndsWith(':') || Uri.CheckHostName(host.Host) == UriHostNameType.Unknown) return false;
        var port = text.AsSpan(text.LastIndexOf(']') + 1);
        return port.IndexOf(':') is var colon && (colon < 0 || (ushort.TryParse(port[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0));
    }

    private static RefusedException? Headers(IHeaderDictionary headers)
    {
        foreach (var (name, values) in headers)
        {
            if (name.AsSpan().ContainsAnyExcept(InName) && !name.StartsWith(':')) return Malformed("A header's name has a character that stands in no name.");
            foreach (var value in values)
                if (value.AsSpan().ContainsAny(Controls)) return Malformed($"The header {name} has a control character.");
        }

        return null;
    }

    private static RefusedException? Framing(HttpRequest request)
    {
        var headers = request.Headers;
        if (headers.TransferEncoding is { Count: > 0 } coding)
        {
            if (request.Protocol == HttpProtocol.Http10) return Malformed("HTTP/1.0 has no Transfer-Encoding.");
            if (coding is not [{ } only] || !only.Equals("chunked", StringComparison.OrdinalIgnoreCase)) return Malformed("The Transfer-Encoding is not chunked alone.");
            if (headers.ContentLength is not null || headers.ContainsKey(Overruled)) return Malformed("A body has a Content-Length or a Transfer-Encoding, not both.");
        }

        return null;
    }

    /// <returns>The refusal of a body that would have to be unpacked before it could be read.</returns>
    public static RefusedException? Coding(HttpRequest request) =>
        request.Headers.ContentEncoding is not { Count: > 0 } coding || (coding is [{ } one] && one.Equals("identity", StringComparison.OrdinalIgnoreCase))
            ? null
            : new RefusedException("unsupported-media-type", $"Content-Encoding {coding} is not read here; send the body uncompressed.");

    private static RefusedException Malformed(string why) => new("validation-failed", why);
}
