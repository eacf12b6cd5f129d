namespace WorkflowGateway.Sandbox;

/// <summary>One simulated vendor. Its state depends on nothing but the requests it was given and their times.</summary>
internal interface IVendor
{
    string Name { get; }

    /// <summary>start, get, list, respond, data, pause, resume, stop, logs, delete or other.</summary>
    string OperationOf(SandboxRequest request);

    /// <summary>The refusal of a request without a valid credential, or null.</summary>
    Answer? Refuse(SandboxRequest request);

    Answer Handle(SandboxRequest request, Moment moment);

    /// <summary>An error in this vendor's shape.</summary>
    Answer Error(int status, string message);

    ScriptedRun? Find(string vendorRunId, DateTimeOffset now);

    IEnumerable<ScriptedRun> Runs(DateTimeOffset now);

    /// <summary>The word of a run that ended well.</summary>
    string EndWord { get; }

    /// <summary>A script that presents an interaction and ends after its answer; null where the vendor knows none.</summary>
    IReadOnlyList<Phase>? Interaction { get; }
}

/// <summary>When a request arrived, when it takes effect (later where a fault says so), and where the id of a new run comes from.</summary>
internal sealed record Moment(DateTimeOffset Now, DateTimeOffset EffectAt, Func<string> NewRunId);
