using System.Net.Sockets;
using System.Text;

namespace WorkflowGateway.Tests.Native;

/// <summary>Sends bytes as they are written, which no well-behaved client would.</summary>
internal static class RawHttp
{
    /// <summary>A connection of its own for the request, and all that comes back until it ends.</summary>
    public static async Task<RawAnswer> SendAsync(Uri server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer);
        }
        catch (IOException)
        {
            // Cut off: what came before it counts.
        }

        var text = Encoding.Latin1.GetString(answer.ToArray());
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end < 0 ? new RawAnswer(text, "") : new RawAnswer(text[..end], text[(end + 4)..]);
    }

    public static string Request(string method, string target, string key, string headers = "", string? body = null) =>
        $"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n{headers}"
        + (body is null ? "\r\n" : $"Content-Length: {body.Length}\r\n\r\n{body}");
}

internal sealed record RawAnswer(string Head, string Body)
{
    public int Status => Head.Length > 12 ? int.Parse(Head.AsSpan(9, 3)) : 0;

    public string? Header(string name) => Head.Split("\r\n").Skip(1).Where(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 2)..]).FirstOrDefault();
}
