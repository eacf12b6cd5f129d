using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace WorkflowGateway.Benchmarks.Load;

/// <summary>One watcher over a raw socket: counts the events that it is told and looks that none is missing. No more of server-sent events is needed here.</summary>
internal sealed class Watcher : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _line = new byte[24];
    private int _length;
    private long _id, _told = -1;
    private bool _event;

    /// <summary>How many events it was told.</summary>
    public int Events { get; private set; }

    /// <summary>How many ids were not the next one.</summary>
    public int Holes { get; private set; }

    /// <summary>When the first event came since it was forgotten; 0 before.</summary>
    public long At { get; set; }

    /// <summary>The last cursor it was told; -1 before the first frame.</summary>
    public long Cursor => Volatile.Read(ref _told);

    public Task Reading { get; private set; } = Task.CompletedTask;

    /// <param name="window">How much may wait unread on its side; 0 for what is usual.</param>
    public async Task OpenAsync(Uri server, byte[] request, bool reads = true, int window = 0)
    {
        if (window > 0) _socket.ReceiveBufferSize = window;
        await _socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port));
        await _socket.SendAsync(request, SocketFlags.None);
        if (reads) Reading = ReadAsync();
    }

    public async Task ReadAsync()
    {
        var buffer = new byte[4096];
        while (await _socket.ReceiveAsync(buffer, SocketFlags.None) is > 0 and var read) Read(buffer.AsSpan(0, read));
    }

    public void Dispose() => _socket.Dispose();

    private void Read(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            // The beginning of a line is all that counts.
            part[..Math.Min(part.Length, _line.Length - _length)].CopyTo(_line.AsSpan(_length));
            _length = Math.Min(_length + part.Length, _line.Length);
            if (end < 0) return;
            EndLine(_line.AsSpan(0, _length));
            _length = 0;
            bytes = bytes[(end + 1)..];
        }
    }

    private void EndLine(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("id: "u8)) _id = Utf8Parser.TryParse(line[4..], out long id, out _) ? id : throw new InvalidDataException("An id that is no number.");
        else if (line.StartsWith("event: run.changed"u8)) _event = true;
        else if (line.IsEmpty && _id > 0) EndFrame();
    }

    private void EndFrame()
    {
        if (_event)
        {
            Events++;
            if (_told >= 0 && _id != _told + 1) Holes++;
            if (At == 0) At = Stopwatch.GetTimestamp();
        }

        _event = false;
        Volatile.Write(ref _told, _id);
    }
}
