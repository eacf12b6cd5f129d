using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WorkflowGateway.Adapters.Tests.Contract;

/// <summary>A vendor of bytes on loopback: reads whole requests, remembers them, and lets the test write whatever it likes as an answer.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<RawExchange, Task> _answer;
    private readonly Task _accepting;

    private RawServer(Func<RawExchange, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public ConcurrentQueue<RawRequest> Requests { get; } = new();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Url => new($"http://127.0.0.1:{Port}/base");

    public static RawServer Start(Func<RawExchange, Task> answer) => new(answer);

    public static RawServer Answering(string body, int status = 200, params string[] headers) =>
        new(exchange => exchange.AnswerAsync(status, Encoding.UTF8.GetBytes(body), headers));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = socket;
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        try
        {
            while (await RawRequest.ReadAsync(stream, _stop.Token) is { } request)
            {
                Requests.Enqueue(request);
                var exchange = new RawExchange(request, Requests.Count, socket, stream, _stop.Token);
                await _answer(exchange);
                if (exchange.Closed) return;
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The other side left; that is what many of the tests are about.
        }
    }
}

/// <summary>A request as it came.</summary>
internal sealed record RawRequest(string Method, string Path, ILookup<string, string> Headers, string Body)
{
    public static async Task<RawRequest?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0) return null;
            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToLookup(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[int.Parse(headers["Content-Length"].SingleOrDefault() ?? "0", System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, cancellationToken);
        var first = lines[0].Split(' ');
        return new RawRequest(first[0], first[1], headers, Encoding.UTF8.GetString(body));
    }
}

/// <summary>One request and the means to answer it.</summary>
internal sealed class RawExchange(RawRequest request, int number, Socket socket, Stream stream, CancellationToken stopping)
{
    public RawRequest Request => request;

    /// <summary>Counts from one over all connections.</summary>
    public int Number => number;

    public bool Closed { get; private set; }

    public Task AnswerAsync(int status, byte[] body, params string[] headers) =>
        WriteAsync([.. Head(status, body.Length, headers), .. body]);

    public Task AnswerAsync(int status, string body = "{}", params string[] headers) => AnswerAsync(status, Encoding.UTF8.GetBytes(body), headers);

    public static byte[] Head(int status, long length, params string[] headers) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Answer\r\nContent-Length: {length}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n");

    public Task WriteAsync(byte[] bytes) => stream.WriteAsync(bytes, stopping).AsTask();

    public Task HangAsync() => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);

    /// <summary>Ends the connection properly (FIN).</summary>
    public void End()
    {
        Closed = true;
        socket.Close();
    }

    /// <summary>Ends it rudely (RST).</summary>
    public void Reset()
    {
        Closed = true;
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }
}
