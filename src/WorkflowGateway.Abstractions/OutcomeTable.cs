namespace WorkflowGateway;

/// <summary>What an observation of an HTTP call to a vendor means: the one table that decides whether something may have happened.</summary>
public static class OutcomeTable
{
    /// <summary>The meaning of a mutating call that brought no usable answer.</summary>
    /// <param name="started">Whether the request's content had begun to be written. Without it there was nothing that the vendor could act on, whatever the exception.</param>
    /// <param name="status">The HTTP status, or null where none arrived.</param>
    /// <param name="throttleIsBeforeWork"><see cref="RunnerInfo.ThrottleIsBeforeWork"/>.</param>
    public static RunnerErrorKind OfMutation(bool started, int? status, bool throttleIsBeforeWork) => (started, status) switch
    {
        (false, null) => RunnerErrorKind.Unavailable,
        (_, 429 or 425) => throttleIsBeforeWork ? RunnerErrorKind.RateLimited : RunnerErrorKind.Unconfirmed,
        (_, 408) => RunnerErrorKind.Unconfirmed,
        (_, 401 or 403) => RunnerErrorKind.Unauthorized,
        (_, 404) => RunnerErrorKind.NotFound,
        (_, 409) => RunnerErrorKind.Conflict,
        (_, >= 300 and < 500) => RunnerErrorKind.Invalid,
        // No status, an odd one, 5xx, or a 2xx whose body makes no sense: probably it happened.
        _ => RunnerErrorKind.Unconfirmed,
    };

    /// <summary>The meaning of a read that brought no usable answer. A read never leaves anything unconfirmed.</summary>
    /// <param name="status">The HTTP status, or null where none arrived.</param>
    public static RunnerErrorKind OfRead(int? status) => status switch
    {
        null or 408 or >= 500 => RunnerErrorKind.Unavailable,
        429 or 425 => RunnerErrorKind.RateLimited,
        401 or 403 => RunnerErrorKind.Unauthorized,
        404 => RunnerErrorKind.NotFound,
        409 => RunnerErrorKind.Conflict,
        >= 300 => RunnerErrorKind.Invalid,
        _ => RunnerErrorKind.Contract,
    };
}
