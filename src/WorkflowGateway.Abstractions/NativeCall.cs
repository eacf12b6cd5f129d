using System.Net;

namespace WorkflowGateway;

/// <summary>
/// One call in the vendor's own words, as the invoker that a forwarder sends with. Address, headers, content and credential are what was given here,
/// whatever the forwarder made of its caller's request. Sent once; what comes back is the vendor's, byte for byte.
/// </summary>
public sealed class NativeCall : HttpMessageInvoker
{
    private readonly NativeRequest _request;
    private readonly Func<HttpRequestMessage, CancellationToken, ValueTask<Secret?>> _authorize;
    private readonly bool _throttleIsBeforeWork;
    private readonly TimeSpan _timeout;
    private readonly bool _forwardTrace;
    private readonly TimeProvider _time;
    private readonly SentContent? _content;
    private readonly CancellationTokenSource _deadline;
    private HttpResponseMessage? _answer;
    private Secret? _token;
    private bool _authorized;

    internal NativeCall(
        HttpMessageHandler pool, NativeRequest request, Uri address, Func<HttpRequestMessage, CancellationToken, ValueTask<Secret?>> authorize,
        bool throttleIsBeforeWork, TimeSpan timeout, bool forwardTrace, TimeProvider time)
        : base(pool, disposeHandler: false)
    {
        (_request, Address, _authorize) = (request, address, authorize);
        (_throttleIsBeforeWork, _timeout, _forwardTrace, _time) = (throttleIsBeforeWork, timeout, forwardTrace, time);
        _content = request.Body is { } body ? new SentContent(body, json: false) : null;
        _deadline = new CancellationTokenSource(timeout, time);
    }

    /// <summary>Where it goes.</summary>
    public Uri Address { get; }

    /// <summary>Cancelled when the time is up that the whole call has, the answer's body included.</summary>
    public CancellationToken Deadline => _deadline.Token;

    /// <inheritdoc />
    public override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = Address;
        request.Content = _content;
        request.Headers.Clear();
        foreach (var (name, value) in _request.Headers)
        {
            if (!name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)) request.Headers.TryAddWithoutValidation(name, value);
            else _content?.Headers.TryAddWithoutValidation(name, value);
        }

        using var span = VendorTrace.Begin(request, _forwardTrace);
        try
        {
            _token = await _authorize(request, cancellationToken);
            _authorized = true;
            _answer = await base.SendAsync(request, cancellationToken);
            VendorTrace.End(span, (int)_answer.StatusCode, null);
        }
        catch (Exception failure)
        {
            VendorTrace.End(span, null, failure);
            throw;
        }

        if (_answer.StatusCode != HttpStatusCode.SwitchingProtocols) return _answer;
        // What follows would be no answer.
        _answer.Dispose();
        throw new InvalidDataException("It switches protocols, which nobody asked for.");
    }

    /// <summary>What came of it, as it counts for the connection; null where all went well.</summary>
    /// <param name="failure">Why the answer, or the rest of it, could not be passed on; null where it was.</param>
    /// <param name="callersSide">Whether that was the caller's doing.</param>
    public RunnerException? Outcome(Exception? failure, bool callersSide) => failure switch
    {
        null when _answer is { } answer && (int)answer.StatusCode >= 400 => Refusal(answer),
        null => null,
        RunnerException own => own,
        _ => new RunnerException(new RunnerError
        {
            Kind = Meaning(null),
            Message = VendorRefusal.Describe(failure, _deadline.IsCancellationRequested, _timeout),
            VendorStatus = _answer is { } answer ? (int)answer.StatusCode : null,
            // A caller that reads slowly makes a deadline pass too, once the answer has begun.
            Outage = _authorized && !callersSide && ((_answer is null && _deadline.IsCancellationRequested) || failure is HttpRequestException or IOException),
        }, Redaction.Of(failure, _token)),
    };

    internal static Uri Below(Uri origin, string target)
    {
        var path = origin.AbsolutePath.TrimEnd('/') + target;
        // Taken as it is written: canonical it would be another path than the one that was judged.
        var text = origin.GetLeftPart(UriPartial.Authority) + (path.Length == 0 || path[0] == '?' ? "/" + path : path);
        if (target is not ("" or ['/' or '?', ..]) || !Uri.TryCreate(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var address)
            || address.Scheme != origin.Scheme || address.Authority != origin.Authority || address.UserInfo.Length > 0)
            throw new RunnerException(RunnerErrorKind.Invalid, "The request would leave the connection's base URL.");
        return address;
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing) _deadline.Dispose();
        base.Dispose(disposing);
    }

    private RunnerException Refusal(HttpResponseMessage answer) => new(new RunnerError
    {
        Kind = Meaning((int)answer.StatusCode),
        VendorStatus = (int)answer.StatusCode,
        Outage = (int)answer.StatusCode is >= 502 and <= 504,
        RetryAfter = VendorRefusal.RetryAfter(answer, _time),
        Message = $"The vendor answered {(int)answer.StatusCode}.",
    });

    private RunnerErrorKind Meaning(int? status) =>
        _content is null ? OutcomeTable.OfRead(status) : OutcomeTable.OfMutation(_content.Started, status, _throttleIsBeforeWork);
}
