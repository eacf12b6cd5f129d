using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.Kill;

internal static class Attempts
{
    /// <summary>Asks once, and says what a caller can know of it.</summary>
    public static async Task<Attempt> TryAsync(this GatewayClient gateway, string key)
    {
        try
        {
            return new Attempt(key, await gateway.StartAsync(Callers.WorkflowOf(key), key), Refused: false);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            return new Attempt(key, null, exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError });
        }
    }

    /// <summary>Whether the caller has what it wanted and asks no more.</summary>
    public static bool IsSettled(this Attempt attempt) => attempt.Reply is { Ok: true, Retryable: false, RunStatus: not "starting" };
}
