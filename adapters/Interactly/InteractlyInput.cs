using System.Text.Json;

namespace WorkflowGateway.Adapters.Interactly;

/// <summary>What a run is given, with a start or with a command: the caller's parts, our marker, a thread to enter by.</summary>
internal static class InteractlyInput
{
    private const string MarkerKey = "workflowGateway";

    // The runtime enters a workflow through a thread and refuses an input that has none.
    private static readonly JsonElement SeedThread = JsonElement.Parse("""{"0":{"node_run_inputs":[]}}""");

    public static readonly IReadOnlyList<string> Parts = ["dynamicVariables", "runtimeVariables", "miscellaneous", "threadToNodeInputs"];

    /// <param name="command">Always named: the vendor takes a nameless one for a start.</param>
    /// <param name="parts">The caller's parts, or nothing.</param>
    /// <param name="pointer">Where the parts stand in what the caller of the runner sent.</param>
    /// <param name="marker">Recognises what is sent.</param>
    public static RunInput ToRunInput(string command, JsonElement? parts, string pointer, RunMarker marker)
    {
        var given = parts is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } some ? VendorJson.Sound(some) : JsonElement.Parse("{}");
        Check(given).Refuse(pointer);
        return new RunInput
        {
            Command = command,
            Dynamic_variables = given.Object("dynamicVariables"),
            Runtime_variables = given.Object("runtimeVariables"),
            Miscellaneous = WithMarker(given.Object("miscellaneous"), marker),
            Thread_to_node_inputs = given.Object("threadToNodeInputs") is { } threads && threads.EnumerateObject().Any() ? threads : SeedThread,
        };
    }

    /// <summary>The marker that an answer echoes, or null.</summary>
    public static RunMarker? MarkerOf(JsonElement turn) =>
        turn.Object("run_input")?.Object("miscellaneous")?.Object(MarkerKey) is { } marker
        && marker.Text("runId") is { } runId && marker.Text("attemptId") is { } attemptId ? new RunMarker(runId, attemptId) : null;

    private static IEnumerable<ConfigurationProblem> Check(JsonElement parts)
    {
        if (parts.ValueKind != JsonValueKind.Object)
        {
            yield return new("", $"This must be an object with any of the parts {string.Join(", ", Parts)}.");
            yield break;
        }

        foreach (var problem in ConfigurationProblems.Unknown(parts, "", Parts)) yield return problem;
        foreach (var part in Parts.Where(part => parts.TryGetProperty(part, out var value) && value.ValueKind != JsonValueKind.Object))
            yield return new($"/{part}", "This part must be a JSON object.");
        if (parts.Object("miscellaneous") is { } own && own.TryGetProperty(MarkerKey, out _))
            yield return new($"/miscellaneous/{MarkerKey}", "The gateway writes this member itself: use another name.");
    }

    private static JsonElement WithMarker(JsonElement? own, RunMarker marker)
    {
        var all = new Dictionary<string, JsonElement>();
        if (own is { } given)
            foreach (var member in given.EnumerateObject()) all[member.Name] = member.Value;
        all[MarkerKey] = VendorJson.ToBody(new Dictionary<string, string> { ["runId"] = marker.RunId, ["attemptId"] = marker.AttemptId });
        return VendorJson.ToBody(all);
    }
}
