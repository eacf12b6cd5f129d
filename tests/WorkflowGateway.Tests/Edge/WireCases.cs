using static WorkflowGateway.Tests.Edge.Wire;

namespace WorkflowGateway.Tests.Edge;

/// <summary>Messages by the sections of RFC 9112 and 9110: what a server has to serve, what it has to refuse, and where it may choose.</summary>
internal static class WireCases
{
    public static IReadOnlyList<WireCase> All { get; } = [.. Lines(), .. Methods(), .. Targets(), .. Hosts(), .. Fields(), .. WireFraming.All()];

    private static IEnumerable<WireCase> Lines()
    {
        yield return Served("a request", Get());
        yield return Served("an empty line before it (2.2)", "\r\n" + Get());
        yield return Served("HTTP/1.0", Get(line: "GET /health/live HTTP/1.0"));
        yield return Served("HTTP/1.0 without Host", Get(line: "GET /health/live HTTP/1.0", host: ""));
        yield return Either("bare LF as line end", Get().Replace("\r\n", "\n", StringComparison.Ordinal));
        yield return Either("LF before it", "\n" + Get());
        yield return Either("bare LF after the request line", Get().Replace("HTTP/1.1\r\n", "HTTP/1.1\n", StringComparison.Ordinal));
        string[] wrong =
        [
            "GET  /health/live HTTP/1.1", "GET /health/live HTTP/1.1 ", " GET /health/live HTTP/1.1", "GET\t/health/live\tHTTP/1.1",
            "GET /health/live", "GET", "GET /health/live HTTP/1.1\rX", "GET /health/live http/1.1", "GET /health/live HTTP/1.", "GET /health/live HTTP/11",
            "GET /health/live HTTP/1.1.1", "GET /health/live HTTP/01.1", "GET /health/live HTTP/3.0", "GET /health/live HTTP/2.0", "GET /health/live HTTP/1.2x", "GET /health/live HTTP/-1.1",
            "GET /health/live HTTPS/1.1", "GET /health/live ICY/1.1", "GET /a b HTTP/1.1", "GET HTTP/1.1", "/health/live HTTP/1.1", "HTTP/1.1 200 OK",
        ];
        foreach (var line in wrong) yield return Refused($"line: {line}", Open(line: line));
        yield return Either("line: two spaces before the version (3: may)", Get(line: "GET /health/live  HTTP/1.1"));
        yield return Either("line: HTTP/1.2, a minor version that is newer", Open(line: "GET /health/live HTTP/1.2"));
        yield return Refused("a request line of 9 KiB", Open(line: $"GET /health/live?{new string('a', 9 * 1024)} HTTP/1.1"));
        yield return Refused("a request line that never ends", "GET /" + new string('a', 40 * 1024), ends: true);
        yield return Refused("bytes of TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", ends: true);
        yield return Refused("nothing but NUL", new string('\0', 64), ends: true);
        yield return Refused("a message cut off in its headers", "GET /health/live HTTP/1.1\r\nHost: loc", ends: true);
    }

    private static IEnumerable<WireCase> Methods()
    {
        foreach (var method in (string[])["G@T", "GE(T", "G\u0001T", "G\"T", "G{T", "GET:", "G\u00e9T", "G,T", "G/T"]) yield return Refused($"method {Shown(method)}", Open(line: $"{method} /health/live HTTP/1.1"));
        yield return Refused("method of 33 characters", Open(line: $"{new string('M', 33)} /health/live HTTP/1.1"));
        yield return Refused("method of 4,000 characters", Open(line: $"{new string('M', 4000)} /health/live HTTP/1.1"));
        yield return Refused("CONNECT to an authority", Open(line: "CONNECT localhost:80 HTTP/1.1", host: "Host: localhost:80\r\n"));
        yield return Refused("CONNECT to a path", Open(line: "CONNECT /health/live HTTP/1.1"));
        yield return Refused("TRACE", Open(line: "TRACE /health/live HTTP/1.1"));
        yield return Either("a method nobody knows", Get(line: "BREW /health/live HTTP/1.1"));
        yield return Either("get in lower case", Get(line: "get /health/live HTTP/1.1"));
        yield return Served("HEAD (9110 9.3.2: all servers must)", Get(line: "HEAD /health/live HTTP/1.1"));
    }

    private static IEnumerable<WireCase> Targets()
    {
        yield return Served("a query", Get(line: "GET /problems?a=b HTTP/1.1"));
        yield return Served("absolute-form of this host (3.2.2: must)", Get(line: "GET http://localhost/health/live HTTP/1.1"));
        yield return Refused("absolute-form of another host", Open(line: "GET http://evil.example/health/live HTTP/1.1"));
        yield return Refused("absolute-form with a user", Open(line: "GET http://localhost@evil.example/health/live HTTP/1.1"));
        yield return Refused("absolute-form of another scheme", Open(line: "GET ftp://localhost/health/live HTTP/1.1"));
        yield return Refused("authority-form with GET", Open(line: "GET localhost:80 HTTP/1.1", host: "Host: localhost:80\r\n"));
        yield return Refused("asterisk-form with GET", Open(line: "GET * HTTP/1.1"));
        yield return Either("asterisk-form with OPTIONS", Get(line: "OPTIONS * HTTP/1.1"));
        yield return Refused("no slash at the beginning", Open(line: "GET health/live HTTP/1.1"));
        foreach (var odd in (string[])["/health/live#x", "/health/live?a#x", "/health\\live", "/health/live?a\u0001", "/health/live?a\u007f", "/health/live\u00e9", "/health/live?\u00e9", "/health/\0live", "/health/%00live", "/health/live?\0"])
            yield return Refused($"target {Shown(odd)}", Open(line: $"GET {odd} HTTP/1.1"));
        foreach (var path in (string[])["/%zz", "/health/%", "/a/../health/live", "/%2e%2e/health/live"]) yield return Either($"target {path}", Get(line: $"GET {path} HTTP/1.1"));
    }

    private static IEnumerable<WireCase> Hosts()
    {
        yield return Served("Host with a port", Get(host: "Host: localhost:8080\r\n"));
        yield return Served("Host of IPv6", Get(host: "Host: [::1]:8080\r\n"));
        yield return Served("HOST in capitals", Get(host: "HOST: localhost\r\n"));
        yield return Refused("no Host (3.2: must)", Open(host: ""));
        yield return Refused("two Hosts", Open(host: "Host: localhost\r\nHost: localhost\r\n"));
        yield return Refused("two Hosts that differ", Open(host: "Host: localhost\r\nHost: evil.example\r\n"));
        yield return Refused("Host in two cases", Open(host: "Host: localhost\r\nhost: evil.example\r\n"));
        string[] wrong = ["", " ", "a b", "localhost, evil.example", "user@localhost", "http://localhost", "localhost/x", "localhost#x", "localhost?x", "localhost:", "localhost:port", "localhost:-1", "localhost:99999", "localhost:80:80", "[::1", "[example.com]", "local\\host", "loc\talhost", "%6cocalhost"];
        foreach (var host in wrong) yield return Refused($"Host '{Shown(host)}'", Open(host: $"Host: {host}\r\n"));
        yield return Refused("Host folded", Open(host: "Host:\r\n localhost\r\n"));
        yield return Refused("a space before Host's colon", Open(host: "Host : localhost\r\n"));
    }

    private static IEnumerable<WireCase> Fields()
    {
        yield return Served("white space around a value", Get("X-A: \t b \t \r\n"));
        yield return Served("no white space", Get("X-A:b\r\n"));
        yield return Served("an empty value", Get("X-A:\r\n"));
        yield return Served("a tab in a value", Get("X-A: b\tc\r\n"));
        yield return Either("a value beyond ASCII", Get("X-A: \u00e9\r\n"));
        yield return Served("100 headers", Get(string.Concat(Enumerable.Range(0, 97).Select(i => $"X-{i}: 1\r\n"))));
        yield return Refused("101 headers", Open(string.Concat(Enumerable.Range(0, 100).Select(i => $"X-{i}: 1\r\n"))));
        yield return Refused("headers of 33 KiB", Open(string.Concat(Enumerable.Range(0, 33).Select(i => $"X-{i}: {new string('a', 1024)}\r\n"))));
        foreach (var line in (string[])["X-A : b", "X A: b", "X-A", ": b", "X-A\t: b", "X(A: b", "X-\u0001A: b", "X-\0A: b", "X-\u00e9: b", "X@A: b", "X-A: b\r\n folded", "X-A: b\r\n\tfolded", " X-A: b", "X-A: b\rX-B: c", "\"X\": b", "X-A: b\0c", "X/A: b"])
            yield return Refused($"field {Shown(line)}", Open(line + "\r\n"));
        foreach (var code in (int[])[0x01, 0x02, 0x07, 0x08, 0x0b, 0x0c, 0x0e, 0x1b, 0x1f, 0x7f]) yield return Refused($"control {code:x2} in a value (9110 5.5)", Open($"X-A: b{(char)code}c\r\n"));
        yield return Refused("a fold before the first field", Open(host: " Host: localhost\r\nHost: localhost\r\n"));
        yield return Served("Expect: 100-continue", Get("Expect: 100-continue\r\n"));
        yield return Either("another Expect (9110 10.1.1: may)", Get("Expect: 200-ok\r\n"));
        yield return Either("Upgrade to h2c", Get("Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"));
        yield return Either("bare LF between fields", Get("X-A: b\nX-B: c\r\n"));
    }

    private static WireCase Served(string name, string bytes) => new(name, Wanted.Served, bytes);

    private static WireCase Either(string name, string bytes) => new(name, Wanted.Either, bytes);

    private static WireCase Refused(string name, string bytes, bool ends = false) => new(name, Wanted.Refused, ends ? bytes : bytes + Start(), ends);

    private static string Shown(string text) => string.Concat(text.Select(c => c is < ' ' or > '~' ? $"\\x{(int)c:x2}" : c.ToString()));
}
