using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WorkflowGateway.Tests.Events;

/// <summary>A watcher with a small window that reads when it is told to.</summary>
internal sealed class RawReader : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
    private SseReader? _reader;

    public static async Task<RawReader> OpenAsync(Uri gateway, string path)
    {
        var raw = new RawReader();
        await raw._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, gateway.Port));
        // HTTP/1.0: without chunks between the lines.
        await raw._socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer wfg_all_secret\r\nAccept: text/event-stream\r\n\r\n"));
        var stream = new NetworkStream(raw._socket);
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1) head.Append((char)one[0]);
        head.ToString().Should().StartWith("HTTP/1.1 200");
        raw._reader = new SseReader(new HttpResponseMessage(), stream);
        return raw;
    }

    public Task<List<SseFrame>> FramesAsync(int count) => _reader!.TakeAsync(count);

    /// <summary>Until nothing comes any more because nothing is taken.</summary>
    public async Task FilledAsync()
    {
        for (var (before, still) = (-1, 0); still < 10; await CoreRig.PauseAsync(30))
            (before, still) = (_socket.Available, _socket.Available == before && before > 0 ? still + 1 : 0);
    }

    /// <summary>All whole frames until it is cut off.</summary>
    public async Task<List<SseFrame>> ToCutAsync()
    {
        var frames = new List<SseFrame>();
        try
        {
            while (await _reader!.NextEventAsync() is { } frame) frames.Add(frame);
        }
        catch (IOException)
        {
            return frames;
        }

        throw new InvalidOperationException("It ended well.");
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _socket.Dispose();
    }
}
