namespace WorkflowGateway.Runs;

/// <summary>A request that is answered with a problem. Its code is one of those in <see cref="Api.Problems"/>; title and status follow from it.</summary>
internal sealed class RefusedException(string code, string detail) : Exception(detail)
{
    public string Code { get; } = code;
    public IReadOnlyList<FieldError> Errors { get; init; } = [];
    public RunRow? Run { get; init; }
    public string? Vendor { get; init; }
    public int? VendorStatus { get; init; }
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>One wrong field.</summary>
/// <param name="Pointer">JSON Pointer into the request body, or the name of a query parameter or header.</param>
/// <param name="Detail">What is wrong and how to mend it.</param>
internal sealed record FieldError(string Pointer, string Detail);
