namespace WorkflowGateway.Cli;

/// <summary>With what the process ends, as in BSD's sysexits.h.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>What was asked has the answer no: the server is not ready, the plan has starts that would fail.</summary>
    public const int No = 1;

    /// <summary>BSD's EX_USAGE: nothing is called that.</summary>
    public const int BadUsage = 64;

    /// <summary>BSD's EX_UNAVAILABLE: the store or the gateway is not there now; trying again later may help.</summary>
    public const int Unavailable = 69;

    /// <summary>BSD's EX_SOFTWARE: a mistake of the gateway's own.</summary>
    public const int Unforeseen = 70;

    /// <summary>BSD's EX_IOERR: the disk failed to keep what it was given.</summary>
    public const int StorageFailed = 74;

    /// <summary>BSD's EX_NOPERM: the key may not do this.</summary>
    public const int Forbidden = 77;

    /// <summary>BSD's EX_CONFIG: what is configured cannot be used.</summary>
    public const int BadConfiguration = 78;

    /// <summary>For people, in the order in which they are met.</summary>
    public static readonly IReadOnlyList<(int Code, string Meaning)> All =
    [
        (Ok, "Done."),
        (No, "The answer is no: not ready, or a switch would make starts fail."),
        (BadUsage, "No such verb, option or value."),
        (Unavailable, "The store or the gateway is not there now. Try again later."),
        (Unforeseen, "A mistake of the gateway's own. Please report it with what it printed."),
        (StorageFailed, "The disk may not have kept what it was given. Start again once it is in order."),
        (Forbidden, "The key may not do this."),
        (BadConfiguration, "What is configured cannot be used, or something stands in the way that only you can clear."),
    ];
}
