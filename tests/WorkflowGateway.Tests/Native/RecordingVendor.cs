using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WorkflowGateway.Tests.Native;

/// <summary>A vendor that understands nothing and writes down every byte of what it is sent.</summary>
internal sealed class RecordingVendor : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<RecordedRequest> _seen = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private int _connections;

    public RecordingVendor()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Host => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>How often anybody connected.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public IReadOnlyList<RecordedRequest> Seen => [.. _seen];

    /// <summary>What is written in answer to the next requests. A connection is closed where it throws.</summary>
    public Func<RecordedRequest, Stream, Task> Answer { get; set; } = (_, stream) => stream.WriteAsync(Ok("{}")).AsTask();

    public static byte[] Ok(string body, string status = "200 OK", string headers = "") =>
        Encoding.Latin1.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n{headers}\r\n{body}");

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        Interlocked.Increment(ref _connections);
        using var ours = client;
        try
        {
            await using var stream = client.GetStream();
            while (await ReadAsync(stream) is { } request)
            {
                _seen.Enqueue(request);
                await Answer(request, stream);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // The end of the connection.
        }
    }

    private async Task<RecordedRequest?> ReadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _end.Token) == 0) return null;
            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).Select(pair => (pair[0], pair[1])).ToList();
        var length = headers.Where(header => header.Item1.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Select(header => int.Parse(header.Item2)).SingleOrDefault();
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, _end.Token);
        return new RecordedRequest(lines[0], headers, body);
    }
}

/// <param name="Line">The request line.</param>
/// <param name="Headers">As they came, in their order.</param>
/// <param name="Body">As long as Content-Length said.</param>
internal sealed record RecordedRequest(string Line, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    public string Target => Line.Split(' ')[1];
}
