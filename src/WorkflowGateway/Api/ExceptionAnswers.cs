using Microsoft.AspNetCore.Diagnostics;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>Turns what was thrown into a problem. Endpoints have no try of their own.</summary>
internal sealed partial class ExceptionAnswers(ILogger<ExceptionAnswers> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            // Nobody is there to read it.
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var refusal = exception switch
        {
            RefusedException refused => refused,
            RunnerException vendor => Of(vendor.Error),
            BadHttpRequestException bad => Of(bad),
            StorageUnavailableException => new RefusedException("storage-unavailable", "The store does not answer. Nothing was begun."),
            _ => Unforeseen(httpContext, exception),
        };
        await ProblemWriter.WriteAsync(httpContext, refusal);
        return true;
    }

    internal static RefusedException Of(RunnerError error) => new(CodeOf(error.Kind), error.Message)
    {
        VendorStatus = error.VendorStatus,
        RetryAfter = error.RetryAfter,
        Errors = error.Pointer is { } pointer ? [new FieldError(pointer, error.Message)] : [],
    };

    private static string CodeOf(RunnerErrorKind kind) => kind switch
    {
        RunnerErrorKind.Unsupported => "capability-unsupported",
        RunnerErrorKind.Invalid => "vendor-rejected",
        RunnerErrorKind.Unauthorized => "vendor-auth-failed",
        RunnerErrorKind.NotFound => "not-found",
        RunnerErrorKind.Conflict => "action-unavailable",
        RunnerErrorKind.RateLimited => "rate-limited",
        RunnerErrorKind.Contract => "vendor-contract",
        _ => "vendor-unavailable",
    };

    private static RefusedException Of(BadHttpRequestException bad) => bad.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => new RefusedException("payload-too-large", "The body is larger than 1 MiB."),
        StatusCodes.Status408RequestTimeout => new RefusedException("request-timeout", "The body came too slowly. Nothing was begun."),
        _ => new RefusedException("validation-failed", "The request could not be read: " + bad.Message),
    };

    private RefusedException Unforeseen(HttpContext http, Exception exception)
    {
        LogUnforeseen(exception, http.Request.Method, http.GetEndpoint()?.DisplayName ?? "none");
        return new RefusedException("internal-error", "Something unforeseen happened. The traceId leads an operator to it.");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Unforeseen failure of {Method} at {Endpoint}")]
    private partial void LogUnforeseen(Exception exception, string method, string endpoint);
}
