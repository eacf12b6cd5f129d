using System.Net;
using System.Net.Sockets;

namespace WorkflowGateway.Webhooks;

/// <summary>The address is not one that deliveries go to.</summary>
internal sealed class ForbiddenAddressException(string message) : Exception(message);

/// <summary>
/// Connects to receivers, and to nobody else: a name is looked up once, every address that it has is judged, and one of those very addresses is connected to.
/// A second lookup could be answered otherwise.
/// </summary>
internal sealed class GuardedConnect(LoopbackRule loopback, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;

    public SocketsHttpHandler CreateHandler(TimeSpan timeout) => new()
    {
        ConnectCallback = ConnectAsync,
        // A request that is given up does not end the connecting that was begun for it.
        ConnectTimeout = timeout,
        // A proxy would look the name up once more, and a redirect would lead elsewhere.
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 16,
        // What is left of an answer is not waited for.
        MaxResponseDrainSize = 0,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await _resolve(context.DnsEndPoint.Host, cancellationToken);
        Check(addresses, context.InitialRequestMessage.RequestUri!);
        Exception? refused = null;
        foreach (var address in addresses)
        {
            Socket? socket = null;
            try
            {
                socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException exception)
            {
                socket?.Dispose();
                refused = exception;
            }
            catch
            {
                socket?.Dispose();
                throw;
            }
        }

        throw refused!;
    }

    private void Check(IPAddress[] addresses, Uri url)
    {
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        if (loopback.Allowed && Array.TrueForAll(addresses, PublicAddress.IsLoopback)) return;
        if (!WebhookUrl.IsPublicPlace(url)) throw new ForbiddenAddressException("Only https on port 443 or 8443 leaves this machine.");
        if (Array.Find(addresses, address => !PublicAddress.Is(address)) is { } local) throw new ForbiddenAddressException($"{local} is not an address that everybody on the internet can reach.");
    }
}
