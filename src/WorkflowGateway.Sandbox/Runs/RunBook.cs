namespace WorkflowGateway.Sandbox;

/// <summary>A vendor's runs, oldest first. A run made for later is not there before its time.</summary>
internal sealed class RunBook<T>
    where T : ScriptedRun
{
    private readonly Dictionary<string, T> _byId = [];
    private readonly List<T> _ordered = [];

    public void Add(T run)
    {
        _byId.Add(run.Id, run);
        var index = _ordered.Count;
        while (index > 0 && _ordered[index - 1].CreatedAt > run.CreatedAt) index--;
        _ordered.Insert(index, run);
    }

    public T? Find(string id, DateTimeOffset now)
    {
        if (!_byId.TryGetValue(id, out var run) || run.CreatedAt > now) return null;
        run.CatchUp(now);
        return run;
    }

    public IEnumerable<T> NewestFirst(DateTimeOffset now)
    {
        for (var index = _ordered.Count - 1; index >= 0; index--)
        {
            var run = _ordered[index];
            if (run.CreatedAt > now) continue;
            run.CatchUp(now);
            yield return run;
        }
    }

    public void Remove(T run)
    {
        _byId.Remove(run.Id);
        _ordered.Remove(run);
    }
}
