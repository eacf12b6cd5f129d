namespace WorkflowGateway;

internal static class ExitCode
{
    /// <summary>BSD's EX_CONFIG: what is configured cannot be used.</summary>
    public const int BadConfiguration = 78;

    /// <summary>BSD's EX_USAGE: nothing is called that.</summary>
    public const int BadUsage = 64;

    /// <summary>BSD's EX_UNAVAILABLE: the store is not there now; starting again later may help.</summary>
    public const int StorageUnavailable = 69;

    /// <summary>BSD's EX_IOERR: the disk failed to keep what it was given.</summary>
    public const int StorageFailed = 74;
}
