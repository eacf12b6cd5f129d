namespace WorkflowGateway.Sync;

/// <summary>What was seen of a connection's runs in earlier looks, so that each is read once. Bounded: what was forgotten is read again.</summary>
internal sealed class ReconcileMemory
{
    private const int MaxRuns = 50_000;
    private static readonly IReadOnlyList<RunMarker> Nothing = [];

    private readonly Dictionary<string, IReadOnlyList<RunMarker>> _marks = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>The marks that a run bears, none where it is of no interest any more; null where it was not seen yet.</summary>
    public IReadOnlyList<RunMarker>? Find(string vendorRunId) => _marks.GetValueOrDefault(vendorRunId);

    /// <summary>It is bound, an orphan, or never was ours: there is nothing more to find out.</summary>
    public void Settle(string vendorRunId) => Keep(vendorRunId, Nothing);

    public void Keep(string vendorRunId, IReadOnlyList<RunMarker> marks)
    {
        if (!_marks.ContainsKey(vendorRunId)) _order.Enqueue(vendorRunId);
        _marks[vendorRunId] = marks;
        if (_order.Count > MaxRuns) _marks.Remove(_order.Dequeue());
    }
}
