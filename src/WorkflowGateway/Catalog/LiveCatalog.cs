namespace WorkflowGateway.Catalog;

/// <summary>Holds the configuration in force. Read <see cref="Current"/> once per request.</summary>
internal sealed partial class LiveCatalog(CatalogSnapshot snapshot, ILogger<LiveCatalog>? log = null)
{
    private volatile CatalogSnapshot _current = snapshot;
    private volatile CatalogFault? _fault;
    private long _swaps;
    private long _refusals;

    /// <summary>Raised before another snapshot takes over: whoever must be ready for it makes itself so. What throws here keeps the old one.</summary>
    public event Action<CatalogSnapshot>? Swapping;

    /// <summary>Raised after another snapshot took over, and when the file began or ceased to be refused. What throws here changes nothing of that.</summary>
    public event Action? Changed;

    public CatalogSnapshot Current => _current;

    /// <summary>Why the file is not what serves; null where it is.</summary>
    public CatalogFault? Fault => _fault;

    /// <summary>How often another configuration took over since the process started.</summary>
    public long Swaps => Interlocked.Read(ref _swaps);

    /// <summary>How often a file was refused since the process started.</summary>
    public long Refusals => Interlocked.Read(ref _refusals);

    /// <summary>The file can be used: it serves from now on. Called by one at a time.</summary>
    /// <returns>Whether it is another than served before.</returns>
    public bool Take(CatalogSnapshot next)
    {
        var swaps = !MeansTheSame(next, _current);
        if (swaps)
        {
            Swapping?.Invoke(next);
            _current = next;
            Interlocked.Increment(ref _swaps);
        }

        if (!swaps && _fault is null) return false;
        _fault = null;
        Tell();
        return swaps;
    }

    // What is written may be as before and mean something else: a connection may refer to files.
    private static bool MeansTheSame(CatalogSnapshot next, CatalogSnapshot current) =>
        next.Revision == current.Revision && next.Connections.Values.All(connection => connection.Content == current.Connections[connection.Name].Content);

    /// <summary>The file cannot be used: what serves goes on.</summary>
    public void Refuse(IReadOnlyList<CatalogProblem> problems, DateTimeOffset now)
    {
        Interlocked.Increment(ref _refusals);
        _fault = new CatalogFault(_fault?.Since ?? now, problems);
        Tell();
    }

    // Each for itself: nobody is left untold because another failed.
    private void Tell()
    {
        foreach (var told in Changed?.GetInvocationList() ?? [])
        {
            try
            {
                ((Action)told)();
            }
            catch (Exception failure)
            {
                if (log is not null) LogUnfollowed(log, failure);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A part of the gateway failed to follow a change of the configuration")]
    private static partial void LogUnfollowed(ILogger log, Exception failure);
}

/// <summary>A file that was refused while an earlier one serves.</summary>
/// <param name="Since">Since when there is none that can be used.</param>
/// <param name="Problems">What is wrong with it now.</param>
internal sealed record CatalogFault(DateTimeOffset Since, IReadOnlyList<CatalogProblem> Problems);
