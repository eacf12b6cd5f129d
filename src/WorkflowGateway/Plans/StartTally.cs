using WorkflowGateway.Runs;

namespace WorkflowGateway.Plans;

/// <summary>Counts the verdicts of one workflow, in as much memory as there are reasons, and no more than so many of these.</summary>
internal sealed class StartTally(PlanSide after, string workflow)
{
    private const int MostGroups = 100;
    private const string Others = "others";

    private sealed record ReasonKey(VerdictKind Kind, string Code, string Detail, PlanPlaceView? From);

    private sealed record FlowKey(PlanPlaceView? From, PlanPlaceView? To, string Changes);

    private sealed record MappingKey(string Kind, string What, PlanPlaceView From, PlanPlaceView To);

    private sealed class Use
    {
        public long Times { get; set; }

        public Group Runs { get; } = new();

        public Group Lacking { get; } = new();

        public SortedSet<string> Vendors { get; } = new(StringComparer.Ordinal);
    }

    private readonly long[] _kinds = new long[4];
    private long _alsoBefore;
    private readonly Dictionary<ReasonKey, Group> _reasons = [];
    private readonly Dictionary<FlowKey, Group> _flows = [];
    private readonly Dictionary<MappingKey, Group> _mapping = [];
    private readonly SortedDictionary<string, Use> _used = new(StringComparer.Ordinal);

    public PlanCountsView Counts => new(_kinds.Sum(), _kinds[0], _kinds[1], _kinds[2], _alsoBefore, _kinds[3]);

    public void Add(Verdict verdict)
    {
        _kinds[(int)verdict.Kind]++;
        if (verdict is { Kind: VerdictKind.WouldFail, Before.Refusal: not null }) _alsoBefore++;
        var (from, to) = (PlaceOf(verdict.Before), PlaceOf(verdict.After));
        if (verdict.Kind is VerdictKind.Same or VerdictKind.Rerouted)
            At(_flows, new FlowKey(from, to, string.Join(',', verdict.Changes)), new FlowKey(null, null, Others)).Add(verdict.Start.Id);
        else
            At(_reasons, new ReasonKey(verdict.Kind, verdict.Code!, verdict.Detail!, from), new ReasonKey(verdict.Kind, Others, $"Reasons beyond the first {MostGroups}.", null)).Add(verdict.Start.Id, verdict.Before?.Refusal is not null);
        foreach (var (kind, what) in verdict.Drops.Select(pointer => ("drops", Discretion.Place(pointer))).Concat(verdict.Lacks.Select(name => ("lacks", name))).Distinct()
            .Concat(verdict.LostStandIn is { } route ? [(PlanWarnings.StandIn, route)] : []))
            At(_mapping, new MappingKey(kind, what, from!, to!), new MappingKey(kind, Others, from!, to!)).Add(verdict.Start.Id);
        foreach (var (operation, times) in verdict.Start.Used) AddUse(verdict, operation, times);
    }

    public IReadOnlyList<PlanFlowView> Flows =>
        [.. Largest(_flows).Select(flow => new PlanFlowView(flow.Key.From, flow.Key.To, flow.Key.Changes.Split(',', StringSplitOptions.RemoveEmptyEntries), flow.Value.Count, flow.Value.Examples))];

    public IReadOnlyList<PlanReasonView> Reasons(VerdictKind kind) => [.. Largest(_reasons).Where(reason => reason.Key.Kind == kind)
        .Select(reason => new PlanReasonView(reason.Key.Code, reason.Key.Detail, reason.Key.From, reason.Value.Count, reason.Value.Marked, reason.Value.Examples))];

    public IReadOnlyList<PlanMappingView> Mapping =>
        [.. Largest(_mapping).Select(lost => new PlanMappingView(lost.Key.Kind, lost.Key.What, lost.Key.From, lost.Key.To, lost.Value.Count, lost.Value.Examples))];

    public IReadOnlyList<PlanOperationView> Operations => [.. _used.Select(use =>
        new PlanOperationView(use.Key, use.Value.Times, use.Value.Runs.Count, use.Value.Lacking.Count, [.. use.Value.Vendors], use.Value.Lacking.Examples))];

    public static PlanPlaceView? PlaceOf(Outcome? outcome) =>
        outcome?.Route is { } route ? new PlanPlaceView(route.Name, outcome.Connection!.Name, outcome.Connection.VendorName) : null;

    private void AddUse(Verdict verdict, string operation, long times)
    {
        if (!_used.TryGetValue(operation, out var use)) _used[operation] = use = new Use();
        use.Times += times;
        use.Runs.Add(verdict.Start.Id);
        // A start that would fail is told as such; where nobody knows the way, what counts is whether any way has it.
        var next = verdict.After?.Connection is { } connection ? [connection] : verdict.Kind == VerdictKind.WouldFail ? [] : after.ConnectionsOf(workflow).ToList();
        if (next.Count == 0 || next.Any(one => one.Adapter.Info.Operations.Any(has => RunViewWords.Of(has) == operation))) return;
        use.Lacking.Add(verdict.Start.Id);
        foreach (var one in next) use.Vendors.Add(one.VendorName);
    }

    private static Group At<T>(Dictionary<T, Group> groups, T key, T beyond)
        where T : notnull
    {
        if (groups.TryGetValue(key, out var group)) return group;
        if (groups.Count >= MostGroups) key = beyond;
        return groups.TryGetValue(key, out group) ? group : groups[key] = new Group();
    }

    private static IEnumerable<KeyValuePair<T, Group>> Largest<T>(Dictionary<T, Group> groups)
        where T : notnull => groups.OrderByDescending(group => group.Value.Count);

    private sealed class Group
    {
        private readonly List<string> _examples = [];

        public long Count { get; private set; }

        public long Marked { get; private set; }

        public IReadOnlyList<string> Examples => _examples;

        public void Add(RunId run, bool marked = false)
        {
            Count++;
            if (marked) Marked++;
            if (_examples.Count < 3) _examples.Add(run.ToString());
        }
    }
}
