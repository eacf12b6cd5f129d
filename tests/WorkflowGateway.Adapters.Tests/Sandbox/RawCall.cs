using System.Net.Sockets;
using System.Text;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Adapters.Tests.Sandbox;

/// <summary>One request over a bare socket, to see what really happens to the connection.</summary>
internal static class RawCall
{
    /// <summary>What came until the connection ended, and how it ended: <c>closed</c>, <c>reset</c> or <c>open</c> after the patience was over.</summary>
    public static async Task<(string Text, string End)> StartJuoAsync(SandboxServer server, double patience = 2)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(patience));
        await socket.ConnectAsync(server.Juo.Host, server.Juo.Port, deadline.Token);
        var body = Bodies.JuoStart(Scenarios.Juo.Skip);
        var request = $"POST /juo/customer/v1/workflows/start HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Delegated-Token: t\r\nX-Tenant-ID: demo\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), deadline.Token);
        var text = new StringBuilder();
        var buffer = new byte[8192];
        try
        {
            int read;
            while ((read = await socket.ReceiveAsync(buffer, deadline.Token)) > 0) text.Append(Encoding.ASCII.GetString(buffer, 0, read));
            return (text.ToString(), "closed");
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return (text.ToString(), "reset");
        }
        catch (OperationCanceledException)
        {
            return (text.ToString(), "open");
        }
    }
}
