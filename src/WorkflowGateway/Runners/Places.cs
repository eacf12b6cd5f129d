namespace WorkflowGateway.Runners;

/// <summary>Places that can be taken at once. How many there are may change while some are taken.</summary>
internal sealed class Places(int count) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count);
    private readonly Lock _lock = new();
    private int _count = count;

    // Taken, and gone once they are given back.
    private int _owed;

    public int Taken
    {
        get
        {
            lock (_lock) return _count + _owed - _free.CurrentCount;
        }
    }

    public bool TryTake() => _free.Wait(0);

    public Task<bool> TakeAsync(TimeSpan patience, CancellationToken cancellationToken) => _free.WaitAsync(patience, cancellationToken);

    public void GiveBack()
    {
        lock (_lock)
        {
            if (_owed > 0) _owed--;
            else _free.Release();
        }
    }

    public void Resize(int count)
    {
        lock (_lock)
        {
            var more = count - _count;
            _count = count;
            for (; more > 0; more--)
            {
                if (_owed > 0) _owed--;
                else _free.Release();
            }

            for (; more < 0; more++)
            {
                if (!_free.Wait(0)) _owed++;
            }
        }
    }

    public void Dispose() => _free.Dispose();
}
