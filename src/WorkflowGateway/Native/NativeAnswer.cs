using Microsoft.AspNetCore.Diagnostics;
using Yarp.ReverseProxy.Forwarder;

namespace WorkflowGateway.Native;

/// <summary>How a vendor's answer becomes the caller's: status and body as they are, headers by list. The request is made by <see cref="NativeCall"/>.</summary>
internal sealed class NativeAnswer : HttpTransformer
{
    public static readonly NativeAnswer Instance = new();

    private static readonly Uri Anywhere = new("http://vendor.invalid/");

    private NativeAnswer()
    {
    }

    public override ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        // Nothing of the caller's request is taken over here; an address, which the call replaces, keeps the forwarder from making one.
        proxyRequest.RequestUri = Anywhere;
        return ValueTask.CompletedTask;
    }

    public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null) return ValueTask.FromResult(false);
        // An error without a body is the vendor's too: it gets none of ours.
        if (httpContext.Features.Get<IStatusCodePagesFeature>() is { } pages) pages.Enabled = false;
        var headers = httpContext.Response.Headers;
        NativeHeaders.Copy(proxyResponse.Headers, headers);
        NativeHeaders.Copy(proxyResponse.Content.Headers, headers);
        // In chunks it has no other length, whatever it says.
        if (proxyResponse.Headers.TransferEncoding.Count > 0) headers.ContentLength = null;
        headers[NativeHeaders.Answered] = "vendor";
        headers.CacheControl = "no-store";
        // Shown by a browser, a page of the vendor's would be one of the gateway's origin.
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        headers.XContentTypeOptions = "nosniff";
        return ValueTask.FromResult(true);
    }

    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
