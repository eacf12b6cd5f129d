namespace WorkflowGateway;

/// <summary>What went wrong, told apart by what the caller may do next.</summary>
public enum RunnerErrorKind
{
    /// <summary>A mutating call may have happened: find out first, never send it again. The zero value, so that a forgotten kind is the careful one.</summary>
    Unconfirmed = 0,

    /// <summary>The vendor has no such operation; nothing was sent.</summary>
    Unsupported,

    /// <summary>A definite refusal that no other kind names, redirects included. Nothing was done.</summary>
    Invalid,

    /// <summary>The credential was refused (401, 403). Nothing was done.</summary>
    Unauthorized,

    /// <summary>The vendor does not know the run (404). Nothing was done.</summary>
    NotFound,

    /// <summary>The run is not in a state for it (409). Nothing was done.</summary>
    Conflict,

    /// <summary>Too many calls; nothing was done. See <see cref="RunnerError.RetryAfter"/>.</summary>
    RateLimited,

    /// <summary>Certainly nothing was done, or a read failed.</summary>
    Unavailable,

    /// <summary>A read was answered with something that makes no sense.</summary>
    Contract,
}

/// <summary>An error at the border to a vendor.</summary>
public sealed record RunnerError
{
    /// <summary>What the caller may do next.</summary>
    public required RunnerErrorKind Kind { get; init; }

    /// <summary>A sentence for people, without secrets.</summary>
    public required string Message { get; init; }

    /// <summary>The vendor's HTTP status, where it answered.</summary>
    public int? VendorStatus { get; init; }

    /// <summary>The vendor's own error word, where it gave one, at most 64 characters.</summary>
    public string? VendorCode { get; init; }

    /// <summary>How long the vendor asked to wait, where it did.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the vendor as a whole seems away: it was not reached, the connection broke, it did not answer in time, or its front door said so (502 to 504).</summary>
    public bool Outage { get; init; }

    /// <summary>JSON Pointer into the start or command, where the refusal is about one member of it (<c>/target/…</c>, <c>/input/…</c>, <c>/type</c>, <c>/data/…</c>); otherwise null.</summary>
    public string? Pointer { get; init; }

    /// <summary>The first 4 KiB of an answer that could not be understood, as text with control characters replaced; otherwise null.</summary>
    public string? Evidence { get; init; }
}

/// <summary>The only exception that a runner throws.</summary>
public sealed class RunnerException : Exception
{
    /// <summary>Wraps an error.</summary>
    public RunnerException(RunnerError error, Exception? innerException = null)
        : base(error.Message, innerException) => Error = error;

    /// <summary>Wraps an error of which only kind and sentence are known.</summary>
    public RunnerException(RunnerErrorKind kind, string message)
        : this(new RunnerError { Kind = kind, Message = message })
    {
    }

    /// <summary>What went wrong.</summary>
    public RunnerError Error { get; }
}
