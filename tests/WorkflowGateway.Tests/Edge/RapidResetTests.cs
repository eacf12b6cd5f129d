using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Xunit.Abstractions;

namespace WorkflowGateway.Tests.Edge;

/// <summary>HTTP/2, which there is where TLS is configured: requests that are taken back as soon as they are made (CVE-2023-44487).</summary>
public sealed class RapidResetTests(ITestOutputHelper output)
{
    private const int Resets = 20_000;

    [Fact]
    public async Task A_flood_of_resets_takes_nothing_from_a_normal_caller()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, Certificate());
        await using var small = new SmallGateway();
        // Places for the streams that four connections may have, those just taken back (as many again), and some: one that is not given back is missed in the end.
        await small.StartAsync(("Edge:MaxRequests", "1000"), ("Kestrel:Endpoints:Https:Url", "https://127.0.0.1:0"), ("Kestrel:Endpoints:Https:Certificate:Path", file), ("Kestrel:Endpoints:Https:Certificate:Password", "x"));
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is { Subject: "CN=localhost" } } }) { BaseAddress = small.Address };
        var floods = Enumerable.Range(0, 4).Select(_ => FloodAsync(small.Port)).ToList();

        await AskAsync(client);
        var sent = await Task.WhenAll(floods);
        output.WriteLine($"resets sent before the gateway ended the connection: {string.Join(", ", sent)} of {Resets}");
        await AskAsync(client);
        sent.Should().OnlyContain(count => count > 100);
        File.Delete(file);
    }

    private static async Task AskAsync(HttpClient client)
    {
        for (var i = 0; i < 50; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/workflows") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var answer = await client.SendAsync(request);
            (answer.StatusCode, answer.Version).Should().Be((HttpStatusCode.OK, HttpVersion.Version20));
        }
    }

    /// <returns>How many it could send.</returns>
    private static async Task<int> FloodAsync(int port)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await using var tls = new SslStream(socket.GetStream(), false, (_, certificate, _, _) => certificate is { Subject: "CN=localhost" });
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", ApplicationProtocols = [SslApplicationProtocol.Http2] });
        await tls.WriteAsync(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").Concat(Frame(4, 0, 0, [])).ToArray());
        var closed = DrainAsync(tls);
        // GET, https, /, and the authority: RFC 7541, appendix A.
        byte[] headers = [0x82, 0x87, 0x84, 0x01, 9, .. "localhost"u8];
        for (var i = 0; i < Resets; i++)
        {
            if (closed.IsCompleted) return i;
            try
            {
                await tls.WriteAsync(Frame(1, 0x5, (2 * i) + 1, headers).Concat(Frame(3, 0, (2 * i) + 1, [0, 0, 0, 8])).ToArray());
            }
            catch (IOException)
            {
                return i;
            }
        }

        return Resets;
    }

    private static async Task DrainAsync(SslStream tls)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await tls.ReadAsync(buffer) > 0) { }
        }
        catch (IOException)
        {
            // As meant.
        }
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        (frame[0], frame[1], frame[2], frame[3], frame[4]) = (0, (byte)(payload.Length >> 8), (byte)payload.Length, type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    private static byte[] Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(130));
        return certificate.Export(X509ContentType.Pfx, "x");
    }
}
