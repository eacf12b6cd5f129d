using System.Net;
using System.Net.Sockets;

namespace WorkflowGateway.Faults.Rig;

internal static class Ports
{
    private static int _last = 20_000 + (Environment.ProcessId % 10_000);

    /// <summary>A free port below those that the system gives to connections, so that it is still free after a restart. Given only once.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref _last);
            try
            {
                using var socket = Reserve(port);
                return port;
            }
            catch (SocketException)
            {
                // Somebody else's.
            }
        }
    }

    /// <summary>Takes a port without listening: whoever connects is refused, and nobody else can take it.</summary>
    public static Socket Reserve(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
