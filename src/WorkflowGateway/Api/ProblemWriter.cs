using System.Diagnostics;
using System.Globalization;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>Writes problems: the one place where a refusal becomes an answer.</summary>
internal static class ProblemWriter
{
    public const string MediaType = "application/problem+json";

    // A body of sixty thousand unknown members would be answered with seven times its size.
    private const int LongestDetail = 4096;
    private const int MostErrors = 100;

    public static Task WriteAsync(HttpContext http, RefusedException refusal)
    {
        var kind = Problems.Find(refusal.Code) ?? Problems.OfStatus(StatusCodes.Status500InternalServerError);
        http.RequestServices.GetService<Audit.AuditLog>()?.Refused(http, kind.Code);
        var retryable = IsRetryable(kind, refusal);
        http.RequestServices.GetService<Telemetry.ProblemMetrics>()?.Told(kind.Code);
        var response = http.Response;
        response.StatusCode = kind.Status;
        if (refusal.Run is { } run) response.Headers.ETag = RunConditions.ETag(run);
        if (kind.Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";
        if (retryable) response.Headers.RetryAfter = Seconds(refusal.RetryAfter ?? TimeSpan.FromSeconds(1));
        return WriteAsync(response, new ProblemView
        {
            Type = "/problems/" + kind.Code,
            Title = kind.Title,
            Status = kind.Status,
            Detail = refusal.Message.Length <= LongestDetail ? refusal.Message : refusal.Message[..LongestDetail] + "…",
            Instance = http.Request.Path.Value ?? "/",
            Code = kind.Code,
            TraceId = Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier,
            Retryable = retryable,
            Vendor = refusal.Vendor,
            VendorStatus = refusal.VendorStatus,
            Run = refusal.Run is { } shown ? http.RequestServices.GetRequiredService<RunViews>().Of(shown) : null,
            Errors = refusal.Errors.Count > 0 ? [.. refusal.Errors.Take(MostErrors)] : null,
        });
    }

    // A conflict with a command in flight says when to come back; one with the run's state does not.
    private static bool IsRetryable(ProblemKind kind, RefusedException refusal) =>
        kind.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable
        || (kind.Status == StatusCodes.Status409Conflict && refusal.RetryAfter is not null);

    private static string Seconds(TimeSpan wait) =>
        Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private static Task WriteAsync(HttpResponse response, ProblemView problem)
    {
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-store";
        var bytes = RunViewJson.Bytes(problem, ApiJson.Default.ProblemView);
        response.ContentLength = bytes.Length;
        return response.HttpContext.Request.Method == HttpMethods.Head ? Task.CompletedTask : response.Body.WriteAsync(bytes).AsTask();
    }
}
