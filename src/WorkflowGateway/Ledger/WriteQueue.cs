namespace WorkflowGateway.Ledger;

/// <summary>What waits for the writer. A plain monitor: a channel would wake the writer's thread by way of the thread pool.</summary>
internal sealed class WriteQueue
{
    private readonly Queue<WriteItem> _items = new();
    private bool _closed;

    public int Count
    {
        get
        {
            lock (_items) return _items.Count;
        }
    }

    /// <summary>False once the queue is closed.</summary>
    public bool TryAdd(WriteItem item)
    {
        lock (_items)
        {
            if (_closed) return false;
            _items.Enqueue(item);
            if (_items.Count == 1) Monitor.Pulse(_items);
            return true;
        }
    }

    /// <summary>Waits for items and moves at most so many of them to the group; false when there will be no more.</summary>
    public bool TryTake(List<WriteItem> group, int most)
    {
        lock (_items)
        {
            while (_items.Count == 0 && !_closed) Monitor.Wait(_items);
            while (group.Count < most && _items.TryDequeue(out var item)) group.Add(item);
            return group.Count > 0;
        }
    }

    public void Close()
    {
        lock (_items)
        {
            _closed = true;
            Monitor.PulseAll(_items);
        }
    }
}
