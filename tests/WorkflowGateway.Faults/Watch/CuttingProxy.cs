using System.Net;
using System.Net.Sockets;

namespace WorkflowGateway.Faults.Watch;

/// <summary>Stands between a watcher and the gateway, and cuts the connection after some bytes, wherever in an event that falls.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Random _random;
    private readonly int _most;
    private int _cuts;

    /// <param name="most">After so many cuts it leaves connections alone.</param>
    public CuttingProxy(int most, int seed, int port)
    {
        (_most, _random, Port) = (most, new Random(seed), port);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Where the gateway is: another from the next connection on, when it is changed.</summary>
    public int Port { get; set; }

    public int Cuts => Volatile.Read(ref _cuts);

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is over.
        }
    }

    private async Task ServeAsync(Socket accepted)
    {
        using var watcher = accepted;
        using var gateway = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await gateway.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port));
            var up = PumpAsync(watcher, gateway, long.MaxValue);
            // Long enough for some to get far, short enough for most to be cut.
            await PumpAsync(gateway, watcher, Cuts >= _most ? long.MaxValue : _random.Next(100, 20_000));
            watcher.LingerState = gateway.LingerState = new LingerOption(true, 0);
            gateway.Close();
            watcher.Close();
            await up;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // One of the two is gone, and the other goes with it.
        }
    }

    private async Task PumpAsync(Socket from, Socket to, long atMost)
    {
        var buffer = new byte[16 * 1024];
        for (long sent = 0; ;)
        {
            var read = await from.ReceiveAsync(buffer, SocketFlags.None);
            if (read == 0) return;
            var rest = (int)Math.Min(read, atMost - sent);
            await to.SendAsync(buffer.AsMemory(0, rest), SocketFlags.None);
            sent += rest;
            if (sent < atMost) continue;
            Interlocked.Increment(ref _cuts);
            return;
        }
    }
}
