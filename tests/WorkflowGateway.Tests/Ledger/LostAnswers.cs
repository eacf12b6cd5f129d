using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WorkflowGateway.Tests.Ledger;

/// <summary>A network between a gateway and its database that breaks at the worst moment: after the server committed, before anybody hears of it.</summary>
internal sealed class LostAnswers : IDisposable
{
    private static readonly byte[] Committed = Encoding.ASCII.GetBytes("COMMIT\0");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _server;
    private int _toLose;

    public LostAnswers(int server)
    {
        _server = server;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many answers were lost.</summary>
    public int Lost { get; private set; }

    public void LoseNext() => Interlocked.Exchange(ref _toLose, 1);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            await server.ConnectAsync(IPAddress.Loopback, _server);
            await Task.WhenAny(PassAsync(client, server, answers: false), PassAsync(server, client, answers: true));
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to, bool answers)
    {
        var bytes = new byte[64 * 1024];
        while (await from.GetStream().ReadAsync(bytes) is > 0 and var count)
        {
            if (answers && bytes.AsSpan(0, count).IndexOf(Committed) >= 0 && Interlocked.Exchange(ref _toLose, 0) == 1)
            {
                Lost++;
                return;
            }

            await to.GetStream().WriteAsync(bytes.AsMemory(0, count));
        }
    }
}
