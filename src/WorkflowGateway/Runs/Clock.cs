namespace WorkflowGateway.Runs;

internal static class Clock
{
    /// <summary>Now, in the milliseconds that the stores keep: an answer and a later read must not differ.</summary>
    public static DateTimeOffset Now(this TimeProvider time) => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
