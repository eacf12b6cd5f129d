using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace WorkflowGateway.Tests.Telemetry;

internal sealed record Span(
    string TraceId, string Id, string Parent, string Name, ulong Kind, Dictionary<string, string> Tags, IReadOnlyList<(string TraceId, string SpanId)> Links, bool Failed, Dictionary<string, string> Resource, string Scope, string State);

internal sealed record Sent(string Signal, string Transport, byte[] Body);

/// <summary>A collector: takes OTLP as protobuf over HTTP and over gRPC, and decodes it.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Sent> _sent = new();
    private readonly TaskCompletionSource _answering = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Collector(WebApplication app) => _app = app;

    public string Http => _app.Urls.First();

    public string Grpc => _app.Urls.Last();

    public bool Answers => _answering.Task.IsCompleted;

    public IReadOnlyList<Sent> All => [.. _sent];

    public IReadOnlyList<Span> Spans => [.. Of("traces").SelectMany(SpansOf)];

    public IReadOnlyList<(string Name, string Scope, Dictionary<string, string> Resource)> Metrics =>
        [.. from one in Of("metrics") from resource in one.All(1) from scope in resource.All(2) from metric in scope.All(2)
            select (metric.Text(1), scope.All(1).Single().Text(1), resource.All(1).Single().Attributes(1))];

    public IReadOnlyList<(string Body, string TraceId)> Logs =>
        [.. from one in Of("logs") from resource in one.All(1) from scope in resource.All(2) from record in scope.All(2) select (record.All(5).Single().Text(1), record.Hex(9))];

    /// <param name="answers">Or takes everything and never says so, until its end.</param>
    public static async Task<Collector> StartAsync(bool answers = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var collector = new Collector(builder.Build());
        if (answers) collector._answering.SetResult();
        collector._app.Run(collector.TakeAsync);
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>Whether a text arrived anywhere in anything.</summary>
    public bool Saw(string text) => _sent.Any(one => one.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public async ValueTask DisposeAsync()
    {
        _answering.TrySetResult();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private IEnumerable<Proto> Of(string signal) => _sent.Where(one => one.Signal == signal).Select(one => new Proto(one.Body));

    private static IEnumerable<Span> SpansOf(Proto request) =>
        from resource in request.All(1)
        from scope in resource.All(2)
        from span in scope.All(2)
        select new Span(
            span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), span.Number(6), span.Attributes(9), [.. span.All(13).Select(link => (link.Hex(1), link.Hex(2)))],
            span.All(15).Any(status => status.Number(3) == 2), resource.All(1).Single().Attributes(1), scope.All(1).Single().Text(1), span.Text(3));

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var path = http.Request.Path.Value!;
        var signal = path.Contains("trace", StringComparison.Ordinal) ? "traces" : path.Contains("metrics", StringComparison.Ordinal) ? "metrics" : "logs";
        if (http.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) != true)
        {
            _sent.Enqueue(new Sent(signal, "http", body.ToArray()));
            await _answering.Task;
            http.Response.ContentType = "application/x-protobuf";
            return;
        }

        // A flag, the length, the message; answered with an empty one.
        var frame = body.ToArray();
        _sent.Enqueue(new Sent(signal, "grpc", frame[5..(5 + BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1)))]));
        http.Response.ContentType = "application/grpc";
        await http.Response.Body.WriteAsync(new byte[5]);
        http.Response.AppendTrailer("grpc-status", "0");
    }
}
