using System.Globalization;
using System.Text.Json;
using WorkflowGateway.Testing;

namespace WorkflowGateway.Faults.Webhooks;

/// <summary>What a receiver got, joined with the ledger's log.</summary>
/// <param name="Missing">Events that it was never told of.</param>
/// <param name="Invented">What it was told that is not in the log, or not with these bytes.</param>
/// <param name="Disordered">Events of a run that came first after a later one of the same run.</param>
/// <param name="Twice">How often it was told what it knew; allowed, and counted.</param>
internal sealed record DeliveryVerdict(string Kind, int Events, int Missing, int Invented, int Disordered, int Twice)
{
    public bool IsClean => Missing == 0 && Invented == 0 && Disordered == 0;

    public static DeliveryVerdict Of(string kind, IReadOnlyList<JsonElement> log, IReadOnlyList<Received> accepted)
    {
        var bytes = log.ToDictionary(one => one.GetProperty("id").GetString()!, one => one.GetRawText());
        var first = accepted.DistinctBy(one => one.Id).ToList();
        var disordered = 0;
        foreach (var run in first.GroupBy(one => one.RunId))
        {
            var sequence = run.Select(one => one.Seq).ToList();
            disordered += Enumerable.Range(1, sequence.Count - 1).Count(i => sequence[i] < sequence[i - 1]);
        }

        return new DeliveryVerdict(
            kind, log.Count, bytes.Keys.Except(first.Select(one => one.Id)).Count(), accepted.Count(one => !bytes.TryGetValue(one.Id, out var body) || body != one.Body), disordered, accepted.Count - first.Count);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind,-10} {Events} events, {Missing} missing, {Invented} invented, {Disordered} out of order, {Twice} twice");
}
