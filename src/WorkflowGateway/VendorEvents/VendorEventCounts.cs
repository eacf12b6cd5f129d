namespace WorkflowGateway.VendorEvents;

/// <summary>What became of a vendor's webhooks. The words are those of the API.</summary>
internal enum VendorEventOutcome
{
    /// <summary>Came in whole. What was refused for its size or form before is none of these.</summary>
    Received,

    /// <summary>The vendor sent it.</summary>
    Verified,

    /// <summary>It was taken before, by whichever replica: nothing was done.</summary>
    Duplicate,

    /// <summary>Nobody who knows a secret sent it: nothing was done.</summary>
    Forged,

    /// <summary>The vendor sent it, and it tells of no run.</summary>
    Ignored,

    /// <summary>It tells of a run that is none of this connection's.</summary>
    UnknownRun,

    /// <summary>It tells of a run that nobody knew, and there was no room, or no answer, to find out whose it is. Only time is lost: lost starts are looked for anyway.</summary>
    Dropped,
}

/// <summary>Counts of a connection's webhooks since this process started.</summary>
internal sealed class VendorEventCounts(TimeProvider time)
{
    private readonly long[] _counts = new long[Enum.GetValues<VendorEventOutcome>().Length];
    private long _lastAt;

    /// <summary>When the vendor last sent one; null before it has.</summary>
    public DateTimeOffset? LastAt => Interlocked.Read(ref _lastAt) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public long this[VendorEventOutcome fate] => Interlocked.Read(ref _counts[(int)fate]);

    public void Add(VendorEventOutcome fate)
    {
        Interlocked.Increment(ref _counts[(int)fate]);
        if (fate == VendorEventOutcome.Verified) Interlocked.Exchange(ref _lastAt, time.GetUtcNow().UtcTicks);
    }
}
