namespace WorkflowGateway.Events;

/// <summary>
/// Pages that were read from the ledger just now. Those who were cut off together come again together, from the same place: one reads for all of them. A page
/// is as good as when it was read: what was purged since was still there.
/// </summary>
internal sealed class EventPageCache(TimeProvider time)
{
    private const int Most = 32;
    private const long MaxBytes = 8 << 20;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Queue<(Place Place, EventPage Page, long ReadAt)> _pages = new();
    private long _bytes;

    public EventPage? Find(Place place)
    {
        lock (_lock)
        {
            DropOld();
            foreach (var (kept, page, _) in _pages)
                if (kept == place) return page;
            return null;
        }
    }

    public void Keep(Place place, EventPage page)
    {
        lock (_lock)
        {
            _pages.Enqueue((place, page, time.GetTimestamp()));
            _bytes += page.Size;
            DropOld();
        }
    }

    private void DropOld()
    {
        while (_pages.TryPeek(out var oldest) && (_pages.Count > Most || _bytes > MaxBytes || time.GetElapsedTime(oldest.ReadAt) > Fresh)) _bytes -= _pages.Dequeue().Page.Size;
    }

    /// <summary>Whose events, after which cursor, and how many.</summary>
    internal readonly record struct Place(string? Tenant, long After, int Limit);
}
