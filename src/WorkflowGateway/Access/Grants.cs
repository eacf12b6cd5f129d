using System.Text.RegularExpressions;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Access;

/// <summary>What a key is for. Null is everything, empty is nothing.</summary>
internal sealed partial record Grants(IReadOnlyList<string>? Workflows, IReadOnlyList<string>? Operations)
{
    public const int Most = 100;

    public static readonly Grants Everything = new(null, null);

    /// <exception cref="Runs.RefusedException">The key is not for it.</exception>
    public void Require(RequiredRole endpoint, string key)
    {
        if (Operations is { } named && (endpoint.Operation is null || !named.Contains(endpoint.Operation)))
            throw new Runs.RefusedException("forbidden", $"The key '{key}' is not for {endpoint.Operation ?? "this"}; it is for {Listed(named)}.");
        if (Workflows is not null && (endpoint.Operation is null || !KeyOperations.OfRuns.Contains(endpoint.Operation)))
            throw new Runs.RefusedException("forbidden", $"The key '{key}' is for some workflows only, and this concerns all. Use a key without workflows.");
    }

    /// <summary>Whether nothing is in it that is not in the other.</summary>
    public bool IsWithin(Grants other) => IsWithin(Workflows, other.Workflows) && IsWithin(Operations, other.Operations);

    /// <summary>What is wrong with it, each with the member that it is about.</summary>
    public IEnumerable<(string Member, string Problem)> Problems()
    {
        if (Workflows is { Count: > Most }) yield return ("workflows", $"Names {Workflows.Count} workflows; at most {Most} are allowed.");
        foreach (var name in Workflows ?? [])
            if (!Name().IsMatch(name)) yield return ("workflows", $"'{Shown(name)}' is no name of a workflow: 1 to 255 printable characters.");
        foreach (var word in Operations ?? [])
            if (!KeyOperations.All.Contains(word)) yield return ("operations", $"'{Shown(word)}' is no operation. {Suggestion.For(Shown(word), KeyOperations.All)}");
    }

    private static bool IsWithin(IReadOnlyList<string>? own, IReadOnlyList<string>? other) => other is null || (own is not null && own.All(other.Contains));

    private static string Listed(IReadOnlyList<string> named) => named.Count == 0 ? "nothing" : string.Join(", ", named);

    private static string Shown(string text) => text.Length > 64 ? text[..64] : text;

    [GeneratedRegex(@"\A[^\p{C}]{1,255}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}

/// <summary>The words for what a key may be for: those of <c>requires</c>, and what operators do. Each endpoint names the one that opens it.</summary>
internal static class KeyOperations
{
    public const string Start = "start", Get = "get", List = "list", Respond = "respond", Data = "data", Pause = "pause", Resume = "resume", Stop = "stop", Logs = "logs",
        Resolve = "resolve", Connections = "connections", Plan = "plan", Webhooks = "webhooks", Keys = "keys", Metrics = "metrics", Native = "native", Audit = "audit";

    /// <summary>Those that are about runs of one workflow each, or leave out those of others.</summary>
    public static readonly IReadOnlyList<string> OfRuns = [Start, Get, List, Respond, Data, Pause, Resume, Stop, Logs, Resolve];

    public static readonly IReadOnlyList<string> All = [.. OfRuns, Connections, Plan, Webhooks, Keys, Metrics, Native, Audit];
}
