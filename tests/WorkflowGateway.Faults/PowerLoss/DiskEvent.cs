namespace WorkflowGateway.Faults.PowerLoss;

/// <summary>What the gateway did to its files or told a caller, in the order of the trace.</summary>
internal abstract record DiskEvent
{
    /// <summary>From the moment the call was made: part of it may be on the disk from then on.</summary>
    internal sealed record Write(string File, long Offset, byte[] Data) : DiskEvent;

    internal sealed record Truncate(string File, long Length) : DiskEvent;

    /// <summary>From the moment the call came back: what was written before it is on the disk.</summary>
    internal sealed record Sync(string File) : DiskEvent;

    internal sealed record Remove(string File) : DiskEvent;

    /// <summary>From the moment the call was made: the caller may know.</summary>
    internal sealed record Told(string RunId, long Version, string? VendorRunId) : DiskEvent;
}
