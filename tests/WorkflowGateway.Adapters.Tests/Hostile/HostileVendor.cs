using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace WorkflowGateway.Adapters.Tests.Hostile;

/// <summary>What to answer with.</summary>
internal sealed record HostileAnswer(int Status, byte[] Body)
{
    /// <summary>gzip, or a word that promises a compression which is not there.</summary>
    public string? Encoding { get; init; }

    /// <summary>How much of a compressed body is sent.</summary>
    public double Share { get; init; } = 1;

    public int HeaderBytes { get; init; }

    /// <summary>What is sent.</summary>
    public byte[] Sent => Encoding == "gzip" && Packed() is var packed ? packed[..(int)(packed.Length * Share)] : Body;

    /// <summary>What can be read of it: the end of a compressed body may be missing without anybody noticing.</summary>
    public byte[] Arrived()
    {
        if (Encoding != "gzip" || Share >= 1) return Body;
        using var arrived = new MemoryStream();
        try
        {
            using var unpacked = new GZipStream(new MemoryStream(Sent), CompressionMode.Decompress);
            unpacked.CopyTo(arrived);
        }
        catch (InvalidDataException)
        {
            // That far it could be read.
        }

        return arrived.ToArray();
    }

    private byte[] Packed()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(Body);
        return packed.ToArray();
    }
}

/// <summary>A vendor over real HTTP that gives each caller the answer that was laid out for it, whatever it asks.</summary>
internal sealed class HostileVendor : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HostileAnswer?[] _answers;

    private HostileVendor(WebApplication app, int callers) => (_app, _answers) = (app, new HostileAnswer?[callers]);

    public static async Task<HostileVendor> StartAsync(int callers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var vendor = new HostileVendor(app, callers);
        app.Run(vendor.AnswerAsync);
        await app.StartAsync();
        return vendor;
    }

    public Uri UrlOf(int caller) => new($"{_app.Urls.First()}/{caller}");

    public void Lay(int caller, HostileAnswer answer) => _answers[caller] = answer;

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var caller = int.Parse(context.Request.Path.Value!.Split('/')[1], System.Globalization.CultureInfo.InvariantCulture);
        var answer = _answers[caller]!;
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json";
        if (answer.HeaderBytes > 0) context.Response.Headers["X-Large"] = new string('x', answer.HeaderBytes);
        if (answer.Encoding is { } encoding) context.Response.Headers.ContentEncoding = encoding;
        if (answer.Status is not (204 or 304)) await context.Response.Body.WriteAsync(answer.Sent);
    }
}
