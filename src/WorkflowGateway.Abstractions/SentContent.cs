using System.Net;
using System.Net.Http.Headers;

namespace WorkflowGateway;

/// <summary>A buffered body that remembers whether anything of it was handed to a connection: "not started" is "nothing that the vendor could act on was sent".</summary>
internal sealed class SentContent : HttpContent
{
    private readonly byte[] _body;
    private volatile bool _started;

    public SentContent(byte[] body, bool json = true)
    {
        _body = body;
        // A body-less POST is sent again by SocketsHttpHandler on its own; an empty one is not. It still needs no media type.
        if (json && body.Length > 0) Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    public bool Started => _started;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _started = true;
        return stream.WriteAsync(_body, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
