using System.Globalization;

namespace WorkflowGateway.Sandbox;

/// <summary>The faults that are switched on. A restart forgets them.</summary>
internal sealed class FaultBook(SandboxIds ids)
{
    private readonly List<Fault> _faults = [];
    private readonly Lock _lock = new();
    private int _made;

    public IReadOnlyList<Fault> All
    {
        get
        {
            lock (_lock) return [.. _faults];
        }
    }

    public Fault Add(Fault fault)
    {
        lock (_lock)
        {
            var named = fault with { Id = (++_made).ToString(CultureInfo.InvariantCulture) };
            _faults.Add(named);
            return named;
        }
    }

    public bool Remove(string id)
    {
        lock (_lock) return _faults.RemoveAll(fault => fault.Id == id) > 0;
    }

    public void Clear()
    {
        lock (_lock) _faults.Clear();
    }

    /// <summary>The first fault for this request, counted down; null for none.</summary>
    public Fault? Take(string vendor, string operation)
    {
        lock (_lock)
        {
            for (var index = 0; index < _faults.Count; index++)
            {
                var fault = _faults[index];
                if (!fault.IsFor(vendor, operation) || (fault.Probability is { } probability && !ids.Happens(probability))) continue;
                if (fault.Count is { } count)
                {
                    if (count == 1) _faults.RemoveAt(index);
                    else _faults[index] = fault with { Count = count - 1 };
                }

                return fault;
            }

            return null;
        }
    }
}
