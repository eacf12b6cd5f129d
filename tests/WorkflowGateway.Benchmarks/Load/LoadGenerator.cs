using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WorkflowGateway.Benchmarks.Load;

/// <summary>What one round gave.</summary>
/// <param name="Requests">How many were answered.</param>
/// <param name="Elapsed">In this time.</param>
/// <param name="Ticks">The latency of each, sorted.</param>
internal sealed record LoadResult(int Requests, TimeSpan Elapsed, long[] Ticks)
{
    public double PerSecond => Requests / Elapsed.TotalSeconds;

    public double Milliseconds(double quantile) => Ticks.Length == 0 ? 0 : Ticks[(int)(quantile * (Ticks.Length - 1))] * 1000.0 / Stopwatch.Frequency;
}

/// <summary>
/// Keep-alive connections over raw sockets, each with one prebuilt request in flight. bench.sh switches on inline socket completions, so that
/// a request costs this process two system calls and no thread hop: it must not be what is measured.
/// </summary>
internal static class LoadGenerator
{
    public static async Task<LoadResult> RunAsync(Uri server, byte[][] requests, int first, string expected, int connections, TimeSpan time)
    {
        var status = Encoding.ASCII.GetBytes("HTTP/1.1 " + expected);
        var began = Stopwatch.GetTimestamp();
        var end = began + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var all = await Task.WhenAll(Enumerable.Range(0, connections).Select(i => ConnectAsync(server, requests, status, first + i, connections, end)));
        var elapsed = Stopwatch.GetElapsedTime(began);
        long[] ticks = [.. all.SelectMany(one => one)];
        Array.Sort(ticks);
        return new LoadResult(ticks.Length, elapsed, ticks);
    }

    /// <summary>Sends each request once, over one connection, and gives the bodies of the answers.</summary>
    public static async Task<List<byte[]>> AskAsync(Uri server, IEnumerable<byte[]> requests)
    {
        using var socket = await OpenAsync(server);
        var buffer = new byte[256 * 1024];
        var bodies = new List<byte[]>();
        foreach (var request in requests)
        {
            socket.Send(request);
            var length = await ReceiveAsync(socket, buffer);
            bodies.Add(buffer[(buffer.AsSpan().IndexOf("\r\n\r\n"u8) + 4)..length]);
        }

        return bodies;
    }

    private static async Task<List<long>> ConnectAsync(Uri server, byte[][] requests, byte[] status, int first, int step, long end)
    {
        using var socket = await OpenAsync(server);
        var buffer = new byte[64 * 1024];
        var ticks = new List<long>(64 * 1024);
        var sent = Stopwatch.GetTimestamp();
        for (var next = first; sent < end; next += step)
        {
            socket.Send(requests[next % requests.Length]);
            var length = await ReceiveAsync(socket, buffer);
            if (!buffer.AsSpan(0, length).StartsWith(status))
                throw new InvalidDataException($"{server} answered: {Encoding.UTF8.GetString(buffer, 0, length)}");
            var now = Stopwatch.GetTimestamp();
            ticks.Add(now - sent);
            sent = now;
        }

        return ticks;
    }

    private static async Task<Socket> OpenAsync(Uri server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port));
        return socket;
    }

    private static async ValueTask<int> ReceiveAsync(Socket socket, byte[] buffer)
    {
        var (have, length) = (0, 0);
        while (length == 0 || have < length)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(have), SocketFlags.None);
            if (read == 0) throw new InvalidDataException("The server closed the connection.");
            have += read;
            if (length == 0) length = HttpFrame.LengthOf(buffer.AsSpan(0, have));
        }

        return length;
    }
}
