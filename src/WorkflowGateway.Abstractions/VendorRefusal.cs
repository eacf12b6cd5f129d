using System.Text;

namespace WorkflowGateway;

/// <summary>Words for an answer that is no use.</summary>
internal static class VendorRefusal
{
    private const int EvidenceLength = 4 * 1024;
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(1);

    /// <param name="response">What came.</param>
    /// <param name="text">Its body, in which no credential is any more.</param>
    /// <param name="kind">What it means.</param>
    /// <param name="mutating">Whether it answers a call that may have changed something.</param>
    /// <param name="time">The clock of Retry-After.</param>
    public static RunnerException Of(HttpResponseMessage response, string text, RunnerErrorKind kind, bool mutating, TimeProvider time)
    {
        var status = (int)response.StatusCode;
        var understood = status is < 200 or >= 300;
        var (code, sentence) = understood ? VendorJson.ErrorWords(text) : (null, null);
        return new RunnerException(new RunnerError
        {
            Kind = kind,
            VendorStatus = status,
            Outage = status is >= 502 and <= 504,
            VendorCode = code,
            RetryAfter = RetryAfter(response, time),
            Message = sentence is null
                ? understood ? $"The vendor answered {status}." : $"The vendor answered {status} with a body that is not the JSON expected."
                : $"The vendor answered {status}: {sentence}",
            Evidence = mutating || !understood ? Printable(text) : null,
        });
    }

    public static string Describe(Exception failure, bool deadlinePassed, TimeSpan timeout) => failure switch
    {
        _ when deadlinePassed => $"The vendor did not answer within {timeout.TotalSeconds:0.#} s.",
        InvalidDataException => "The vendor's answer could not be read: " + failure.Message,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "The vendor's host name was not found.",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "The vendor could not be reached.",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "The vendor's TLS certificate or connection was refused.",
        OperationCanceledException => "The call was cut off.",
        HttpRequestException or IOException => "The connection to the vendor broke before its answer was complete.",
        _ => "The call to the vendor failed.",
    };

    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date - time.GetUtcNow());
        if (wait is not { } asked) return null;
        return asked < TimeSpan.Zero ? TimeSpan.Zero : asked > MaxRetryAfter ? MaxRetryAfter : asked;
    }

    private static string Printable(string text)
    {
        var cut = text.Length > EvidenceLength ? text[..EvidenceLength] : text;
        var clean = new StringBuilder(cut.Length);
        foreach (var c in cut) clean.Append(char.IsControl(c) && c is not ('\n' or '\t') ? '\uFFFD' : c);
        return clean.ToString();
    }
}
