using System.Text.Json;

namespace WorkflowGateway;

/// <summary>Names a run at its vendor.</summary>
/// <param name="VendorRunId">The vendor's id, matching <see cref="RunnerInfo.RunIdPattern"/>.</param>
/// <param name="Version">The vendor's version of the run as a decimal number in invariant text, where it versions runs; otherwise null.</param>
/// <param name="Subject">On whose behalf, where credentials are per end user; otherwise null.</param>
public sealed record RunRef(string VendorRunId, string? Version, Subject? Subject);

/// <summary>The end user on whose behalf a vendor is called.</summary>
/// <param name="Id">The caller's name for the end user; null when only a token is known.</param>
/// <param name="Token">The end user's own vendor credential. When present it is sent in place of the connection's.</param>
public sealed record Subject(string? Id, Secret? Token);

/// <summary>Marks what the gateway sends, so that it can be recognised later where the vendor echoes it.</summary>
/// <param name="RunId">The gateway's run id (<c>run_…</c>).</param>
/// <param name="AttemptId">The random id of this one attempt. Shown to nobody before the run is bound.</param>
public sealed record RunMarker(string RunId, string AttemptId);

/// <summary>A start to send.</summary>
public sealed record StartRun
{
    /// <summary>The vendor-specific target of the route, placeholders resolved: a JSON object.</summary>
    public required JsonElement Target { get; init; }

    /// <summary>The input parts of the route, placeholders resolved: a JSON object whose members are the adapter's <see cref="IVendorAdapter.InputParts"/>.</summary>
    public required JsonElement Input { get; init; }

    /// <summary>The marker of this attempt.</summary>
    public required RunMarker Marker { get; init; }

    /// <summary>Ask the vendor only to try it out. Refused as <see cref="RunnerErrorKind.Unsupported"/> where <see cref="RunnerInfo.SupportsDryRun"/> is false.</summary>
    public bool DryRun { get; init; }

    /// <summary>On whose behalf, or null.</summary>
    public Subject? Subject { get; init; }
}

/// <summary>What came of a start. Exactly one of the four nested kinds, each with the snapshot that the vendor's answer gave.</summary>
/// <param name="Snapshot">The run as the vendor answered.</param>
public abstract record StartAnswer(RunSnapshot Snapshot)
{
    /// <summary>The vendor made a run and named it.</summary>
    /// <param name="Run">The vendor's run.</param>
    /// <param name="Snapshot">The run as the vendor answered.</param>
    public sealed record Started(RunRef Run, RunSnapshot Snapshot) : StartAnswer(Snapshot);

    /// <summary>The vendor took the start and gives the id later.</summary>
    /// <param name="Snapshot">The run as the vendor answered.</param>
    public sealed record Accepted(RunSnapshot Snapshot) : StartAnswer(Snapshot);

    /// <summary>The vendor finished at once without making a run that can be read (Juo <c>completed_silently</c>).</summary>
    /// <param name="Snapshot">The run as the vendor answered; its status is final.</param>
    public sealed record Finished(RunSnapshot Snapshot) : StartAnswer(Snapshot);

    /// <summary>The vendor had nothing to run (Juo <c>no_workflow</c>).</summary>
    /// <param name="Snapshot">The run as the vendor answered; its status is <see cref="RunStatus.Skipped"/>.</param>
    public sealed record Declined(RunSnapshot Snapshot) : StartAnswer(Snapshot);
}

/// <summary>A run as its vendor sees it now, in the gateway's words and in the vendor's, with the whole native answer kept.</summary>
public sealed record RunSnapshot
{
    /// <summary>The vendor's run; null where the vendor finished or declined without making one. A read may name another id than the one asked for (rebind).</summary>
    public RunRef? Run { get; init; }

    /// <summary>The normalised status.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Why, in kebab-case: <c>interaction</c>, <c>input</c>, <c>silent</c>, <c>no-workflow</c>, <c>vendor-reported-unknown</c>, <c>unmapped-status</c>; null when the status says it all.</summary>
    public string? Reason { get; init; }

    /// <summary>The vendor's own status word, untouched, at most 64 characters; null where the answer had none.</summary>
    public string? NativeStatus { get; init; }

    /// <summary>The vendor's workflow or graph, as it reports it.</summary>
    public RunDefinition? Definition { get; init; }

    /// <summary>What waits for an answer. Empty when nothing does.</summary>
    public IReadOnlyList<PendingInteraction> Interactions { get; init; } = [];

    /// <summary>How it came out, in the vendor's words.</summary>
    public RunOutcome? Outcome { get; init; }

    /// <summary>What it produced, as the vendor gave it.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>The last step, as the vendor gave it (Juo <c>completionData.endStep</c>).</summary>
    public JsonElement? EndStep { get; init; }

    /// <summary>Why it failed, where it failed.</summary>
    public RunFailure? Error { get; init; }

    /// <summary>Juo <c>no_workflow</c>: the caller runs its own default.</summary>
    public bool FallbackToDefault { get; init; }

    /// <summary>Juo: caches the caller should drop.</summary>
    public IReadOnlyList<string> InvalidatedResources { get; init; } = [];

    /// <summary>When the vendor made the run, where it says so. Orders nothing: vendor clocks are not ours.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When the vendor began, where it says so.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the run ended, where the vendor says so.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The markers that the vendor echoed, oldest first. Empty where it echoes none or the answer is a projection.</summary>
    public IReadOnlyList<RunMarker> Markers { get; init; } = [];

    /// <summary>Whether the answer would show the marker of the run's start. False for a projection, and where what the run was given is left out: no marker proves nothing then.</summary>
    public bool ShowsMarkers { get; init; }

    /// <summary>The whole native answer.</summary>
    public required JsonElement Native { get; init; }
}

/// <summary>The vendor's workflow or graph.</summary>
/// <param name="Id">Its id at the vendor.</param>
/// <param name="Version">Its version, as text; null where the vendor does not version it.</param>
public sealed record RunDefinition(string Id, string? Version);

/// <summary>How a run came out.</summary>
/// <param name="Type">The vendor's word for it.</param>
/// <param name="Message">The vendor's sentence about it; null where it gave none.</param>
public sealed record RunOutcome(string Type, string? Message);

/// <summary>Why a run failed at its vendor.</summary>
/// <param name="Code">A word in the vendor's own writing, or <c>execution_error</c> where it gave none.</param>
/// <param name="Message">The vendor's sentence about it.</param>
public sealed record RunFailure(string Code, string? Message);

/// <summary>Something that a run waits for.</summary>
public sealed record PendingInteraction
{
    /// <summary>The id an answer must name. At Interactly <c>turn-&lt;number of input_output_pairs&gt;</c>.</summary>
    public required string Id { get; init; }

    /// <summary><c>interaction</c> (one of <see cref="Responses"/>) or <c>input</c> (free input).</summary>
    public required string Kind { get; init; }

    /// <summary>The vendor's step, where it names one.</summary>
    public string? Step { get; init; }

    /// <summary>The vendor's kind of action, where it names one.</summary>
    public string? ActionType { get; init; }

    /// <summary>What to show, as the vendor gave it.</summary>
    public JsonElement? Config { get; init; }

    /// <summary>The answers it takes.</summary>
    public required IReadOnlyList<InteractionResponse> Responses { get; init; }

    /// <summary>Since when it waits, where the vendor says so.</summary>
    public DateTimeOffset? PresentedAt { get; init; }

    /// <summary>Until when it waits; null where it has no deadline.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>An answer that an interaction takes.</summary>
/// <param name="Type">The word to send.</param>
/// <param name="Label">The words to show.</param>
public sealed record InteractionResponse(string Type, string Label);
