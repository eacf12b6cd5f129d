namespace WorkflowGateway.Tests.Edge;

/// <summary>What RFC 9112 and 9110 want of a server.</summary>
public enum Wanted
{
    Served,
    Refused,
    Either,
}

/// <summary>One message as it goes over the wire.</summary>
/// <param name="Ends">Whether the sender says that nothing more comes.</param>
internal sealed record WireCase(string Name, Wanted Wanted, string Bytes, bool Ends = false);

/// <summary>The parts that cases are made of.</summary>
internal static class Wire
{
    public const string Smuggled = "smuggled";

    public static readonly string Key = Access.KeyedGateway.KeyOf("a-caller");

    private const string Legit = """{"workflow":"ask","input":{"marker":"legit"}}""";

    public static int Length => Legit.Length;

    public static string Chunked => $"{Legit.Length:x}\r\n{Legit}\r\n0\r\n\r\n";

    /// <summary>A start that a caller is allowed to make. What is sent behind a refused message must never be read as one.</summary>
    public static string Start(string marker = Smuggled)
    {
        var body = Legit.Replace("legit", marker, StringComparison.Ordinal);
        return $"POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {Key}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}";
    }

    /// <summary>A start with framing of its own.</summary>
    public static string Framed(string framing, string? body = null, string version = "1.1") =>
        $"POST /v1/runs HTTP/{version}\r\nHost: localhost\r\nAuthorization: Bearer {Key}\r\nContent-Type: application/json\r\n{framing}\r\n\r\n{body ?? Legit}";

    public static string Get(string headers = "", string line = "GET /health/live HTTP/1.1", string host = "Host: localhost\r\n") => $"{line}\r\n{host}{headers}Connection: close\r\n\r\n";

    /// <summary>Without a closing of its own: whoever goes on reading meets what comes behind.</summary>
    public static string Open(string headers = "", string line = "GET /health/live HTTP/1.1", string host = "Host: localhost\r\n") => $"{line}\r\n{host}{headers}\r\n";
}
