using WorkflowGateway.Events;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Webhooks;

/// <summary>A run that something is to be told about: its events go out one after the other.</summary>
internal sealed class WebhookLane(RunId run)
{
    public RunId Run => run;

    /// <summary>What was read of the log and is to be sent. Empty while the lane is parked.</summary>
    public Queue<LoggedEvent> Waiting { get; } = new();

    /// <summary>Whether an event failed: then the lane has a row of its own, and what comes after that event stays in the log.</summary>
    public bool IsParked { get; set; }

    /// <summary>The event to be sent next, while parked.</summary>
    public long Seq { get; set; }

    public int Attempts { get; set; }
    public DateTimeOffset DueAt { get; set; }

    /// <summary>Tried before its time, because the receiver is back.</summary>
    public bool IsEarly { get; set; }

    /// <summary>It failed while the receiver took others: it is not tried before its time again.</summary>
    public bool IsItsOwnFault { get; set; }

    public long NextSeq => IsParked ? Seq : Waiting.Peek().Row.Seq;
}

/// <summary>
/// What one endpoint has read of the log and not settled yet. The cursor stands before the first event that is neither delivered nor kept by the row of a parked
/// lane: whatever is lost with this process is read again.
/// </summary>
internal sealed class WebhookQueue
{
    private readonly Dictionary<RunId, WebhookLane> _lanes = [];
    private readonly Dictionary<RunId, LaneRow?> _changed = [];
    private readonly SortedSet<long> _open = [];
    private readonly Queue<WebhookLane> _ready = new();
    private readonly PriorityQueue<WebhookLane, DateTimeOffset> _due = new();
    private bool _newFirst;

    public WebhookQueue(long cursor, IEnumerable<LaneRow> parked)
    {
        Read = cursor;
        foreach (var row in parked) Park(new WebhookLane(row.Run) { IsParked = true, Seq = row.Seq, Attempts = row.Attempts, DueAt = row.DueAt });
        _changed.Clear();
    }

    /// <summary>How far the log was read.</summary>
    public long Read { get; private set; }

    public long Cursor => _open.Count > 0 ? _open.Min - 1 : Read;

    /// <summary>How many events are to be sent and in no lane's row.</summary>
    public int Open => _open.Count;

    public int Parked { get; private set; }

    /// <summary>When a parked lane is due next.</summary>
    public DateTimeOffset? NextDueAt => _due.TryPeek(out _, out var due) ? due : null;

    public bool HasChanges => _changed.Count > 0;

    public void ReadTo(long seq) => Read = Math.Max(Read, seq);

    public void Add(LoggedEvent one)
    {
        ReadTo(one.Row.Seq);
        if (!_lanes.TryGetValue(one.Row.RunId, out var lane)) _lanes[one.Row.RunId] = lane = new WebhookLane(one.Row.RunId);
        // The lane's own cursor comes to it.
        if (lane.IsParked) return;
        lane.Waiting.Enqueue(one);
        _open.Add(one.Row.Seq);
        if (lane.Waiting.Count == 1) _ready.Enqueue(lane);
    }

    /// <summary>A lane to send from. It is the caller's until it is given back by one of the methods below.</summary>
    public WebhookLane? Take(DateTimeOffset now)
    {
        // In turns: neither what failed nor what is new waits for all of the other.
        _newFirst = !_newFirst;
        if (_newFirst && _ready.TryDequeue(out var first)) return first;
        if (_due.TryPeek(out _, out var due) && due <= now) return _due.Dequeue();
        return _ready.TryDequeue(out var ready) ? ready : null;
    }

    /// <summary>It was not sent.</summary>
    public void GiveBack(WebhookLane lane, DateTimeOffset now)
    {
        if (lane.IsParked) _due.Enqueue(lane, now.AddSeconds(1));
        else _ready.Enqueue(lane);
    }

    /// <summary>The first event that waits in a lane was delivered; of a parked lane see <see cref="Advance"/>.</summary>
    public void Deliver(WebhookLane lane)
    {
        _open.Remove(lane.Waiting.Dequeue().Row.Seq);
        if (lane.Waiting.Count > 0) _ready.Enqueue(lane);
        else _lanes.Remove(lane.Run);
    }

    /// <summary>An event failed. It keeps its schedule where it was tried before its time.</summary>
    public void Fail(WebhookLane lane, DateTimeOffset dueAt)
    {
        if (!lane.IsParked)
        {
            lane.Seq = lane.NextSeq;
            foreach (var one in lane.Waiting) _open.Remove(one.Row.Seq);
            lane.Waiting.Clear();
        }

        lane.IsItsOwnFault |= lane.IsEarly;
        if (!lane.IsEarly) (lane.Attempts, lane.DueAt) = (lane.Attempts + 1, dueAt);
        lane.IsEarly = false;
        Park(lane);
    }

    /// <summary>A parked lane is through with its event and goes on with the next that was read; null where there is none.</summary>
    public void Advance(WebhookLane lane, long? next, DateTimeOffset now)
    {
        if (next is { } seq)
        {
            (lane.Seq, lane.Attempts, lane.DueAt, lane.IsEarly, lane.IsItsOwnFault) = (seq, 0, now, false, false);
            Park(lane);
            return;
        }

        Parked--;
        _lanes.Remove(lane.Run);
        _changed[lane.Run] = null;
    }

    /// <summary>The receiver is back: what failed because it was away is tried now, before its time and not counted.</summary>
    /// <param name="now">Now.</param>
    /// <param name="all">Also what failed while others were taken.</param>
    public void BringForward(DateTimeOffset now, bool all)
    {
        var parked = new List<WebhookLane>();
        while (_due.TryDequeue(out var lane, out _)) parked.Add(lane);
        foreach (var lane in parked)
        {
            lane.IsEarly = lane.DueAt > now && (all || !lane.IsItsOwnFault);
            _due.Enqueue(lane, lane.IsEarly ? now : lane.DueAt);
        }
    }

    /// <summary>What is to be written of the lanes since the last time: null where a lane is over.</summary>
    public IReadOnlyDictionary<RunId, LaneRow?> Changes() => new Dictionary<RunId, LaneRow?>(_changed);

    public void ChangesWritten() => _changed.Clear();

    private void Park(WebhookLane lane)
    {
        if (!lane.IsParked || !_lanes.ContainsKey(lane.Run)) Parked++;
        lane.IsParked = true;
        _lanes[lane.Run] = lane;
        _changed[lane.Run] = new LaneRow(lane.Run, lane.Seq, lane.Attempts, lane.DueAt);
        _due.Enqueue(lane, lane.DueAt);
    }
}
