namespace WorkflowGateway.Faults.Watch;

/// <summary>How hard to try.</summary>
/// <param name="Cuts">How often each watcher is cut off.</param>
/// <param name="Kills">How often a gateway is killed meanwhile.</param>
internal sealed record WatchPlan(string Store, int Watchers, int Cuts, int Kills, int Seed, Action<string> Progress, string? Mutant = null);

/// <summary>What came of it.</summary>
/// <param name="Events">How many events there are.</param>
/// <param name="Cut">How often a watcher was cut off.</param>
/// <param name="Wrong">Where a watcher was told anything else than the table of events has, id by id.</param>
internal sealed record WatchVerdict(int Events, int Cut, IReadOnlyList<string> Wrong)
{
    public string Summary => $"{Events} events, cut off {Cut} times, {Wrong.Count} wrong";
}
