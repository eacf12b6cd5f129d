using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace WorkflowGateway.Edge;

/// <summary>What Kestrel takes. Its own defaults are written down too where they are what is promised; whoever runs the gateway may set others in <c>Kestrel:Limits</c>.</summary>
internal static class ServerLimits
{
    private const int Slowest = 240;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static void Set(KestrelServerOptions options, IConfiguration configuration)
    {
        options.AddServerHeader = false;
        // Who sends a Host that is not the target's gets no answer, whatever the proxy before it thinks of it.
        options.AllowHostHeaderOverride = false;
        Set(options.Limits);
        Set(options.Limits.Http2);
        configuration.GetSection("Kestrel:Limits").Bind(options.Limits, binder => binder.ErrorOnUnknownConfiguration = true);
    }

    private static void Set(KestrelServerLimits limits)
    {
        limits.MaxRequestLineSize = 8 * 1024;
        limits.MaxRequestHeadersTotalSize = 32 * 1024;
        limits.MaxRequestHeaderCount = 100;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(65);
        // Above the limit that is answered: a client that is cut off while it sends never reads why.
        limits.MaxRequestBodySize = 4 * RequestBody.MaxBytes;
        limits.MinRequestBodyDataRate = new MinDataRate(Slowest, Grace);
        // Streams have a rule of their own and lift this one.
        limits.MinResponseDataRate = new MinDataRate(Slowest, Grace);
        // What a connection may send ahead while nobody reads it: ten thousand that wait would otherwise cost a megabyte each.
        limits.MaxRequestBufferSize = 64 * 1024;
        limits.MaxConcurrentConnections = 25_000;
        // Nothing here is upgraded.
        limits.MaxConcurrentUpgradedConnections = 0;
    }

    private static void Set(Http2Limits limits)
    {
        limits.MaxStreamsPerConnection = 100;
        limits.MaxRequestHeaderFieldSize = 16 * 1024;
        limits.InitialConnectionWindowSize = 256 * 1024;
        limits.InitialStreamWindowSize = 128 * 1024;
        // Who is gone without a word is noticed.
        limits.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }
}
