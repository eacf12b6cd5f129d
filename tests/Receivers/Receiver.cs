using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace WorkflowGateway.Testing;

/// <summary>A delivery as it came in.</summary>
internal sealed record Received(string Id, long Timestamp, string Signature, string Body, string Path)
{
    public JsonElement Event => JsonElement.Parse(Body);

    public long Seq => long.Parse(Id, CultureInfo.InvariantCulture);

    public string? RunId => Event.GetProperty("subject").GetString();

    /// <summary>The run's; null where it is about none.</summary>
    public string? Status => Event.GetProperty("data").TryGetProperty("run", out var run) ? run.GetProperty("status").GetString() : null;
}

/// <summary>Somebody's server that is told of changes, and answers as a test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _received = new();

    private Receiver(WebApplication app) => _app = app;

    /// <summary>What it answers.</summary>
    public Func<Received, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public IReadOnlyList<Received> All => [.. _received];

    public string Url => _app.Urls.First() + "/hook?token=not-for-logs";

    /// <param name="secure">Whether it speaks TLS, with a certificate that nobody vouches for.</param>
    public static async Task<Receiver> StartAsync(bool secure = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (secure) listen.UseHttps(SelfSigned());
        }));
        var receiver = new Receiver(builder.Build());
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public void AnswerWith(int status, params (string Name, string Value)[] headers) => Answer = (_, http) =>
    {
        http.Response.StatusCode = status;
        foreach (var (name, value) in headers) http.Response.Headers[name] = value;
        return Task.CompletedTask;
    };

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var headers = http.Request.Headers;
        var one = new Received(headers["webhook-id"]!, long.Parse(headers["webhook-timestamp"]!, CultureInfo.InvariantCulture), headers["webhook-signature"]!, await reader.ReadToEndAsync(), http.Request.Path);
        _received.Enqueue(one);
        await Answer(one, http);
    }
}
