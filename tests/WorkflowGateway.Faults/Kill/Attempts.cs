using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.Kill;

internal static class Attempts
{
    /// <summary>Asks once, and says what a caller can know of it.</summary>
    public static async Task<Attempt> TryAsync(this GatewayClient gateway, string key, string? prefer = null)
    {
        try
        {
            return new Attempt(key, await gateway.StartAsync(Callers.WorkflowOf(key), key, prefer), Refused: false);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            return new Attempt(key, null, exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError });
        }
    }

    /// <summary>Whether the caller was told a run.</summary>
    public static bool IsAcknowledged(this Attempt attempt) => attempt.Reply is { Ok: true, Retryable: false };
}
