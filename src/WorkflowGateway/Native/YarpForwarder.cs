using Yarp.ReverseProxy.Forwarder;

namespace WorkflowGateway.Native;

/// <summary>YARP's forwarder without a log: it would write whole addresses down, and in a query may stand anything.</summary>
internal sealed class YarpForwarder : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddLogging().AddHttpForwarder().BuildServiceProvider();
    private readonly IHttpForwarder _forwarder;

    public YarpForwarder() => _forwarder = _services.GetRequiredService<IHttpForwarder>();

    public ValueTask<ForwarderError> SendAsync(
        HttpContext http, string prefix, HttpMessageInvoker call, ForwarderRequestConfig config, HttpTransformer answer, CancellationToken cancellationToken) =>
        _forwarder.SendAsync(http, prefix, call, config, answer, cancellationToken);

    public void Dispose() => _services.Dispose();
}
