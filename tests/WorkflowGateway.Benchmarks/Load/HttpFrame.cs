using System.Buffers.Text;

namespace WorkflowGateway.Benchmarks.Load;

/// <summary>Where an HTTP/1.1 message with a Content-Length ends. No more of HTTP is needed here.</summary>
internal static class HttpFrame
{
    /// <summary>The length of the whole message; 0 while its head is not there yet.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0) return 0;
        var head = bytes[..(end + 2)];
        var name = head.IndexOf("\r\nContent-Length: "u8);
        if (name < 0 && head.StartsWith("GET "u8)) return end + 4;
        if (name < 0) throw new InvalidDataException("A message without a Content-Length: " + System.Text.Encoding.ASCII.GetString(head));
        return Utf8Parser.TryParse(head[(name + 18)..], out int length, out _) ? end + 4 + length : throw new InvalidDataException("A Content-Length that is no number.");
    }
}
