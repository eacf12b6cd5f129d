using System.Collections.Concurrent;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>
/// Runs that were read lately, for a store that only this process writes: the writer says of every commit which run it touched, freshness
/// included, before anybody is told of it.
/// </summary>
internal sealed class RowCache
{
    private const int MaxRows = 16 * 1024;
    private const int MaxDetail = 8 * 1024;

    private readonly ConcurrentDictionary<RunId, (RunRow Row, int Touches)> _rows = new();
    private readonly int[] _touches = new int[1 << 16];

    public RowCache(LedgerWriter writer) => writer.Touched += Forget;

    // What was read before a touch is worth nothing after it, also for the moment until it is taken out.
    public RunRow? Find(RunId id) => _rows.TryGetValue(id, out var kept) && kept.Touches == Volatile.Read(ref _touches[Slot(id)]) ? kept.Row : null;

    /// <summary>Reads a run and keeps it, unless it was touched meanwhile: what was read may then be older than what is durable.</summary>
    public async ValueTask<RunRow?> KeepAsync(RunId id, Func<ValueTask<RunRow?>> read)
    {
        var before = Volatile.Read(ref _touches[Slot(id)]);
        var row = await read();
        // Large rows cost their reader little more than small ones, and the memory much.
        if (row is null || RunColumns.DetailText(row.Detail).Length > MaxDetail) return row;
        if (_rows.Count >= MaxRows) _rows.Clear();
        _rows[id] = (row, before);
        return row;
    }

    private void Forget(RunId id)
    {
        // The mark is what counts; the row goes for the memory.
        Interlocked.Increment(ref _touches[Slot(id)]);
        _rows.TryRemove(id, out _);
    }

    private int Slot(RunId id) => (id.GetHashCode() & int.MaxValue) % _touches.Length;
}
