using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WorkflowGateway.Tests.Edge;

/// <summary>Sends bytes and reads what comes until the server closes.</summary>
internal static class RawClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <returns>Everything; null where the server neither answered nor closed.</returns>
    public static async Task<string?> AskAsync(int port, string bytes, bool ends = false)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var answer = new StringBuilder();
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        var reading = ReadAsync(socket, answer, patience.Token);
        try
        {
            for (var rest = Encoding.Latin1.GetBytes(bytes).AsMemory(); rest.Length > 0; rest = rest[await socket.SendAsync(rest, patience.Token)..]) { }
            if (ends) socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It has heard enough.
        }

        return await reading ? answer.ToString() : null;
    }

    /// <summary>The statuses answered, without 100 Continue.</summary>
    public static List<int> Statuses(string answer) =>
        [.. answer.Split("HTTP/1.1 ")[1..].Select(part => int.Parse(part.AsSpan(0, 3), provider: null)).Where(status => status != 100)];

    private static async Task<bool> ReadAsync(Socket socket, StringBuilder answer, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, cancellationToken) is > 0 and var read) answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            return true;
        }
        catch (SocketException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
