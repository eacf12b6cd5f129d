using System.Text.Json;

namespace WorkflowGateway.Runs;

/// <summary>A vendor's refusal of a command, in the words of problems; kept with the command so that a replay gets the same answer.</summary>
internal static class CommandRefusal
{
    private sealed record Kept(string Code, string Detail, int? VendorStatus, IReadOnlyList<FieldError> Errors);

    /// <param name="error">What the vendor said.</param>
    /// <param name="run">The run as it is now.</param>
    /// <param name="request">The command; null for a read.</param>
    public static RefusedException Of(RunnerError error, RunRow run, CommandRequest? request) => new(Code(error.Kind, request), error.Message)
    {
        Run = run,
        Vendor = run.Vendor,
        VendorStatus = error.VendorStatus,
        RetryAfter = error.RetryAfter,
        Errors = error.Pointer is { } pointer ? [new FieldError(pointer, error.Message)] : [],
    };

    public static string ToText(RefusedException refusal) =>
        JsonSerializer.Serialize(new Kept(refusal.Code, refusal.Message, refusal.VendorStatus, refusal.Errors));

    public static RefusedException FromText(string text, RunRow run)
    {
        var kept = JsonSerializer.Deserialize<Kept>(text)!;
        return new RefusedException(kept.Code, kept.Detail) { Run = run, Vendor = run.Vendor, VendorStatus = kept.VendorStatus, Errors = kept.Errors };
    }

    private static string Code(RunnerErrorKind kind, CommandRequest? request) => kind switch
    {
        RunnerErrorKind.Unsupported => "capability-unsupported",
        RunnerErrorKind.Unauthorized => request?.VendorToken is null ? "vendor-auth-failed" : "vendor-credential-refused",
        RunnerErrorKind.Conflict => request?.Operation == RunOperation.Respond ? "interaction-not-pending" : "action-unavailable",
        RunnerErrorKind.RateLimited => "rate-limited",
        RunnerErrorKind.Unavailable => "vendor-unavailable",
        _ => "vendor-rejected",
    };
}
