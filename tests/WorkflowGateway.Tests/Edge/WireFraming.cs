using static WorkflowGateway.Tests.Edge.Wire;

namespace WorkflowGateway.Tests.Edge;

/// <summary>Where a message ends (RFC 9112, 6 and 7): what two readers see differently here is a request that nobody made.</summary>
internal static class WireFraming
{
    private static readonly string Behind = Start();

    public static IEnumerable<WireCase> All() => [.. Lengths(), .. Codings(), .. Both(), .. Chunks(), .. Trailers(), .. Pipelines()];

    private static IEnumerable<WireCase> Lengths()
    {
        yield return Served("a Content-Length", Framed($"Connection: close\r\nContent-Length: {Length}"));
        yield return Served("a Content-Length with zeros before it", Framed($"Connection: close\r\nContent-Length: 00{Length}"));
        yield return new("another start inside a body, as its Content-Length says", Wanted.Either, Framed($"Connection: close\r\nContent-Length: {Behind.Length}", Behind));
        string[] wrong = ["", "abc", $"{Length}abc", "-1", $"-{Length}", $"0x{Length:x}", $"{Length} {Length}", $"{Length}.0", "99999999999999999999999", "9223372036854775808", $"{Length},", $"\u0001{Length}", "\u0661", $"{Length}\u0000", $"{Length};x"];
        foreach (var value in wrong) yield return Refused($"Content-Length '{Shown(value)}'", Framed($"Content-Length: {value}"));
        // Kestrel reads these as numbers, and nothing above it can see how they were written. Served as the number, they mean the same to us whatever stood before it.
        yield return Kestrels("Content-Length +n", false, Framed($"Connection: close\r\nContent-Length: +{Length}"));
        yield return Kestrels("Content-Length -0", true, Framed("Connection: close\r\nContent-Length: -0", ""));
        yield return Refused("two Content-Lengths that differ", Framed($"Content-Length: {Length}\r\nContent-Length: 0"));
        yield return Refused("two Content-Lengths that differ, the other way", Framed($"Content-Length: 0\r\nContent-Length: {Length}"));
        yield return new("two equal Content-Lengths (6.3: may)", Wanted.Either, Framed($"Connection: close\r\nContent-Length: {Length}\r\nContent-Length: {Length}"));
        yield return new("a list of equal Content-Lengths (6.3: may)", Wanted.Either, Framed($"Connection: close\r\nContent-Length: {Length}, {Length}"));
        yield return Refused("a list of Content-Lengths that differ", Framed($"Content-Length: {Length}, 0"));
        yield return Refused("a space before its colon", Framed($"Content-Length : {Length}"));
        yield return Refused("a folded Content-Length", Framed($"Content-Length:\r\n {Length}"));
        yield return Refused("less body than its Content-Length", Framed($"Content-Length: {Length + 10}"), ends: true);
        yield return Refused("a Content-Length above what is taken", Framed("Content-Length: 5000000"), ends: true);
        yield return new("no length at all: what follows is the next message", Wanted.Either, Framed("X-A: b"), Ends: true);
    }

    private static IEnumerable<WireCase> Codings()
    {
        yield return Served("chunked", Framed("Connection: close\r\nTransfer-Encoding: chunked", Chunked));
        yield return Served("Chunked in another case", Framed("Connection: close\r\nTransfer-Encoding: ChUnKeD", Chunked));
        string[] wrong =
        [
            "", "identity", "gzip", "xchunked", "chunkedx", "chunked, identity", "chunked, gzip", "gzip, chunked", "identity, chunked", "chunked, chunked", "chunked;q=1", "\"chunked\"", "chunk", "\u000bchunked", "chunked\u0000", ", chunked", "chunked\u0001",
        ];
        foreach (var value in wrong) yield return Refused($"Transfer-Encoding '{Shown(value)}'", Framed($"Transfer-Encoding: {value}", Chunked));
        yield return Refused("two Transfer-Encodings, the last chunked", Framed("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", Chunked));
        yield return Refused("two Transfer-Encodings, the first chunked", Framed("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", Chunked));
        yield return Refused("chunked twice", Framed("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", Chunked));
        yield return Refused("a space before the colon of Transfer-Encoding", Framed("Transfer-Encoding : chunked", Chunked));
        yield return Refused("a folded Transfer-Encoding", Framed("Transfer-Encoding:\r\n chunked", Chunked));
        yield return Refused("Transfer-Encoding in HTTP/1.0 (6.1)", Framed("Transfer-Encoding: chunked", Chunked, "1.0"));
        yield return new("Transfer_Encoding, and no length: what follows is the next message", Wanted.Either, Framed("Transfer_Encoding: chunked", Chunked), Ends: true);
        yield return Refused("a body in gzip", Framed($"Content-Encoding: gzip\r\nContent-Length: {Length}"));
    }

    private static IEnumerable<WireCase> Both()
    {
        yield return Refused("CL.TE: a request behind the last chunk", Framed($"Content-Length: {5 + Behind.Length}\r\nTransfer-Encoding: chunked", "0\r\n\r\n"));
        yield return Refused("TE.CL: a request in a chunk", Framed($"Content-Length: 4\r\nTransfer-Encoding: chunked", $"{Behind.Length:x}\r\n{Behind}\r\n0\r\n\r\n"));
        yield return Refused("both, the same length", Framed($"Content-Length: {Chunked.Length}\r\nTransfer-Encoding: chunked", Chunked));
        yield return Refused("both, the other order", Framed($"Transfer-Encoding: chunked\r\nContent-Length: {Chunked.Length}", Chunked));
        yield return Refused("both, a length of 0", Framed("Content-Length: 0\r\nTransfer-Encoding: chunked", Chunked));
        yield return Refused("both, HTTP/1.0", Framed($"Content-Length: {Chunked.Length}\r\nTransfer-Encoding: chunked", Chunked, "1.0"));
        yield return Refused("TE.TE: one that is hidden by a space", Framed($"Content-Length: {Length}\r\nTransfer-Encoding : chunked"));
        yield return Refused("TE.TE: a coding nobody knows", Framed($"Content-Length: {Length}\r\nTransfer-Encoding: xchunked"));
        yield return Refused("GET with both", Open($"Content-Length: {5 + Behind.Length}\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n");
    }

    private static IEnumerable<WireCase> Chunks()
    {
        var body = Chunked[(Chunked.IndexOf('\n') + 1)..Chunked.IndexOf("\r\n0\r\n", StringComparison.Ordinal)];
        yield return Served("a size with zeros before it", Framed("Connection: close\r\nTransfer-Encoding: chunked", $"000{Chunked}"));
        yield return Served("a size in capitals", Framed("Connection: close\r\nTransfer-Encoding: chunked", $"{Length:X}\r\n{body}\r\n0\r\n\r\n"));
        yield return Served("a chunk extension (7.1.1: ignored)", Framed("Connection: close\r\nTransfer-Encoding: chunked", $"{Length:x};a=b\r\n{body}\r\n0\r\n\r\n"));
        yield return Served("every byte a chunk", Framed("Connection: close\r\nTransfer-Encoding: chunked", string.Concat(body.Select(c => $"1\r\n{c}\r\n")) + "0\r\n\r\n"));
        string[] wrong = ["", "xyz", $"0x{Length:x}", $"-{Length:x}", $"+{Length:x}", $"{Length:x} {Length:x}", "ffffffffffffffff", "fffffffffffffffff", "8000000000000000", $" {Length:x}", $"{Length:x}\u0000", $"{Length:x}g"];
        foreach (var size in wrong) yield return Refused($"chunk size '{Shown(size)}'", Framed("Transfer-Encoding: chunked", $"{size}\r\n{body}\r\n0\r\n\r\n"));
        yield return Refused("a size and a bare LF", Framed("Transfer-Encoding: chunked", $"{Length:x}\n{body}\r\n0\r\n\r\n"));
        // Kestrel 10 refuses a bare LF in an extension (CVE-2025-55315).
        yield return Refused("an extension with a bare LF", Framed("Transfer-Encoding: chunked", $"{Length:x};a\n{body}\r\n0\r\n\r\n"));
        yield return Refused("an extension with a bare CR", Framed("Transfer-Encoding: chunked", $"{Length:x};a\rb\r\n{body}\r\n0\r\n\r\n"));
        yield return Refused("a chunk longer than its size", Framed("Transfer-Encoding: chunked", $"{Length - 3:x}\r\n{body}\r\n0\r\n\r\n"));
        yield return Refused("a chunk without its line end", Framed("Transfer-Encoding: chunked", $"{Length:x}\r\n{body}0\r\n\r\n"));
        yield return Refused("a chunk that ends in a bare LF", Framed("Transfer-Encoding: chunked", $"{Length:x}\r\n{body}\n0\r\n\r\n"));
        yield return Refused("no last chunk", Framed("Transfer-Encoding: chunked", $"{Length:x}\r\n{body}\r\n"), ends: true);
        yield return Refused("a last chunk without an end", Framed("Transfer-Encoding: chunked", $"{Length:x}\r\n{body}\r\n0\r\n"), ends: true);
        yield return new("an extension of 100 KiB (7.1.1: ought to be limited)", Wanted.Either, Framed("Connection: close\r\nTransfer-Encoding: chunked", $"{Length:x};{new string('a', 100 * 1024)}\r\n{body}\r\n0\r\n\r\n"));
    }

    private static IEnumerable<WireCase> Trailers()
    {
        var open = Chunked[..^2];
        yield return Served("a trailer", Framed("Connection: close\r\nTransfer-Encoding: chunked", $"{open}X-Sum: 1\r\n\r\n"));
        yield return new("a trailer that frames (9110 6.5.1: never merged)", Wanted.Either, Framed("Connection: close\r\nTransfer-Encoding: chunked", $"{open}Content-Length: 5\r\n\r\n"));
        yield return Refused("a trailer with a space before its colon", Framed("Transfer-Encoding: chunked", $"{open}X-A : b\r\n\r\n"));
        yield return Refused("a folded trailer", Framed("Transfer-Encoding: chunked", $"{open}X-A: b\r\n c\r\n\r\n"));
        yield return Refused("a trailer with NUL", Framed("Transfer-Encoding: chunked", $"{open}X-A: b\0c\r\n\r\n"));
        yield return Refused("200 KiB of trailers", Framed("Transfer-Encoding: chunked", open + string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: {new string('a', 1024)}\r\n")) + "\r\n"));
    }

    private static IEnumerable<WireCase> Pipelines()
    {
        yield return new("pipelined: a read and a start", Wanted.Served, Open() + Start("legit"));
        yield return new("pipelined: a chunked start and a read", Wanted.Served, Framed("Transfer-Encoding: chunked", Chunked) + Get());
        yield return new("pipelined: an empty line between", Wanted.Served, Open() + "\r\n" + Get());
        yield return new("GET with a body, and a read behind it", Wanted.Served, Open("Content-Length: 5\r\n") + "hello" + Get());
        yield return new("behind Connection: close nothing is read", Wanted.Either, Get() + Behind);
        yield return new("GET with a start for a body", Wanted.Either, Get($"Content-Length: {Behind.Length}\r\n") + Behind);
    }

    private static WireCase Served(string name, string bytes) => new(name, Wanted.Served, bytes);

    private static WireCase Kestrels(string name, bool ends, string bytes) => new(name + " (decided in Kestrel)", Wanted.Refused, bytes, ends);

    private static WireCase Refused(string name, string bytes, bool ends = false) => new(name, Wanted.Refused, ends ? bytes : bytes + Behind, ends);

    private static string Shown(string text) => string.Concat(text.Select(c => c is < ' ' or > '~' ? $"\\x{(int)c:x2}" : c.ToString()));
}
