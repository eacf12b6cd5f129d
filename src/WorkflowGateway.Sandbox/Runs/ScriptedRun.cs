namespace WorkflowGateway.Sandbox;

/// <summary>A run that goes through its phases as time passes. Nothing ticks: it catches up when it is looked at, with the same result whenever that is.</summary>
internal abstract class ScriptedRun
{
    private readonly List<(DateTimeOffset At, Action<DateTimeOffset> Apply)> _late = [];
    private readonly List<(DateTimeOffset At, string Word)> _history = [];
    private IReadOnlyList<Phase> _script = [];
    private int _index;

    protected ScriptedRun(string id, DateTimeOffset createdAt) => (Id, CreatedAt) = (id, createdAt);

    public string Id { get; }

    public DateTimeOffset CreatedAt { get; }

    public DateTimeOffset Since { get; private set; }

    public Phase Phase => _script[_index];

    public string Word => Phase.Word;

    /// <summary>How many phases it has entered.</summary>
    public int Entered { get; private set; }

    protected IEnumerable<Phase> Rest => _script.Skip(_index + 1);

    /// <summary>The status word as it was then, for answers that lag.</summary>
    public string WordAt(DateTimeOffset then) => _history.LastOrDefault(entry => entry.At <= then, _history[0]).Word;

    public void CatchUp(DateTimeOffset now)
    {
        while (true)
        {
            var ends = Phase.Lasts is { } lasts && _index + 1 < _script.Count ? Since + lasts : DateTimeOffset.MaxValue;
            var late = _late.Count > 0 ? _late[0].At : DateTimeOffset.MaxValue;
            if ((ends < late ? ends : late) > now) return;
            if (late <= ends)
            {
                var apply = _late[0].Apply;
                _late.RemoveAt(0);
                apply(late);
            }
            else
            {
                Enter(_index + 1, ends, byTime: true);
            }
        }
    }

    /// <summary>Does it at that time, which may be later than now.</summary>
    public void Do(DateTimeOffset now, DateTimeOffset at, Action<DateTimeOffset> apply)
    {
        if (at <= now) apply(at);
        else _late.Insert(_late.FindLastIndex(entry => entry.At <= at) + 1, (at, apply));
    }

    /// <summary>Goes on to the next phase.</summary>
    protected void Next(DateTimeOffset at) => Enter(_index + 1, at, byTime: false);

    /// <summary>Goes by another script from here on.</summary>
    public void Follow(DateTimeOffset at, params IReadOnlyList<Phase> script)
    {
        _script = script;
        Enter(0, at, byTime: false);
    }

    protected virtual void OnEntered(bool byTime)
    {
    }

    private void Enter(int index, DateTimeOffset at, bool byTime)
    {
        (_index, Since) = (index, at);
        Entered++;
        _history.Add((at, Word));
        OnEntered(byTime);
    }
}
