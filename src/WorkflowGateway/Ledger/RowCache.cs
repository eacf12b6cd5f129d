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

    private readonly ConcurrentDictionary<RunId, RunRow> _rows = new();
    private readonly int[] _touches = new int[1024];

    public RowCache(LedgerWriter writer) => writer.Touched += Forget;

    public RunRow? Find(RunId id) => _rows.GetValueOrDefault(id);

    /// <summary>Reads a run and keeps it, unless it was touched meanwhile: what was read may then be older than what is durable.</summary>
    public RunRow? Keep(RunId id, Func<RunRow?> read)
    {
        ref var touches = ref _touches[Slot(id)];
        var before = Volatile.Read(ref touches);
        var row = read();
        // Large rows cost their reader little more than small ones, and the memory much.
        if (row is null || RunColumns.DetailText(row.Detail).Length > MaxDetail) return row;
        if (_rows.Count >= MaxRows) _rows.Clear();
        _rows[id] = row;
        if (Volatile.Read(ref touches) != before) _rows.TryRemove(id, out _);
        return row;
    }

    private void Forget(RunId id)
    {
        // First the mark, then the row: who is between reading and keeping sees the mark.
        Interlocked.Increment(ref _touches[Slot(id)]);
        _rows.TryRemove(id, out _);
    }

    private int Slot(RunId id) => (id.GetHashCode() & int.MaxValue) % _touches.Length;
}
