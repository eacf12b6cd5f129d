using System.Text.Json;

namespace WorkflowGateway;

/// <summary>Beside <see cref="IWorkflowRunner"/>: what is kept of a start, so that it can be looked for, or shown to people, when nobody saw its answer.</summary>
public interface IStartTraces
{
    /// <summary>What is kept of a checked target. Pure.</summary>
    StartTrace TraceOf(JsonElement target);

    /// <summary>Whether a run, listed or read, can have come from a start with that <see cref="StartTrace.Target"/>. What the vendor leaves out, and what was not sent, excludes nothing.</summary>
    bool CanBe(RunSnapshot seen, JsonElement target);
}

/// <summary>What is kept of a start's target.</summary>
/// <param name="Group">A target to list by, written the same way for all starts whose runs stand in that list; null where the vendor has no list.</param>
/// <param name="Target">What a run shows again of the target. Nothing of what the run was given: that may be anybody's secret.</param>
public sealed record StartTrace(JsonElement? Group, JsonElement Target);
