using System.Net;
using System.Net.Sockets;
using System.Text;
using WorkflowGateway.Benchmarks.Load;

namespace WorkflowGateway.Benchmarks.Servers;

/// <summary>Answers every request as Interactly answers a start, each time with a new run id, over raw sockets: the vendor is not what is measured.</summary>
internal static class TrivialVendor
{
    private const string Id = "000000000000000000000000";
    private const string Body =
        "{\"workflow_run\":{\"_id\":\"" + Id + "\",\"created_at\":\"2026-01-01T00:00:00.000Z\",\"updated_at\":\"2026-01-01T00:00:00.000Z\"," +
        "\"workflow_run\":{\"workflow_run_id\":\"" + Id + "\",\"workflow_id\":\"5eb7cf5a86d9755df3a6c593\",\"version_number\":1,\"status\":\"running\",\"input_output_pairs\":[]}}}";

    private static long last;

    /// <param name="length">How long an answer is at least; filled up with spaces.</param>
    public static async Task<int> RunAsync(int length = 0)
    {
        var body = Body.PadRight(length);
        var answer = $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        Role.Announce($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}/");
        _ = AcceptAsync(listener, answer);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static async Task AcceptAsync(Socket listener, string answer)
    {
        while (true) _ = ServeAsync(await listener.AcceptAsync(), answer);
    }

    private static async Task ServeAsync(Socket socket, string text)
    {
        using var connection = socket;
        socket.NoDelay = true;
        var answer = Encoding.ASCII.GetBytes(text);
        var (first, second) = (text.IndexOf(Id, StringComparison.Ordinal), text.LastIndexOf(Id, StringComparison.Ordinal));
        var buffer = new byte[64 * 1024];
        var (have, length) = (0, 0);
        while (await socket.ReceiveAsync(buffer.AsMemory(have), SocketFlags.None) is > 0 and var read)
        {
            have += read;
            length = HttpFrame.LengthOf(buffer.AsSpan(0, have));
            if (length == 0 || have < length) continue;
            var id = Interlocked.Increment(ref last);
            id.TryFormat(answer.AsSpan(first, Id.Length), out _, "x24");
            id.TryFormat(answer.AsSpan(second, Id.Length), out _, "x24");
            socket.Send(answer);
            have = 0;
        }
    }
}
