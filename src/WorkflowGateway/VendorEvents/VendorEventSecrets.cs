namespace WorkflowGateway.VendorEvents;

/// <summary>A connection's webhook secrets as they are now. Files are read anew, but once a second at most: anybody can send requests.</summary>
internal sealed partial class VendorEventSecrets(string connection, IReadOnlyList<TokenSource> sources, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private volatile Reading? _last;

    public async ValueTask<IReadOnlyList<Secret>> ReadAsync()
    {
        var known = _last;
        if (known is not null && time.GetElapsedTime(known.At) < Fresh) return known.Secrets;
        var secrets = new List<Secret>();
        foreach (var source in sources)
        {
            try
            {
                secrets.Add(await source(CancellationToken.None));
            }
            catch (RunnerException unreadable)
            {
                // A file that was taken away takes its secret with it. Said once, not once a request.
                if (known is null || known.Secrets.Count == sources.Count) LogUnreadable(log, connection, unreadable.Error.Message);
            }
        }

        _last = new Reading(time.GetTimestamp(), secrets);
        return secrets;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A webhook secret of {Connection} cannot be used: {Reason}")]
    private static partial void LogUnreadable(ILogger log, string connection, string reason);

    private sealed record Reading(long At, IReadOnlyList<Secret> Secrets);
}
