using System.Text.Json.Nodes;

namespace WorkflowGateway.Sandbox;

/// <summary>A run and its turns: the start and each data make one. Pause, resume and stop make none.</summary>
internal sealed class InteractlyRun : ScriptedRun
{
    private readonly List<(JsonObject Input, JsonObject Output)> _turns = [];
    private Phase[] _held = [];

    public InteractlyRun(string id, DateTimeOffset createdAt, string workflowId, JsonObject input, IReadOnlyList<Phase> script)
        : base(id, createdAt)
    {
        WorkflowId = workflowId;
        _turns.Add((input, Output(null)));
        Follow(createdAt, [.. script]);
    }

    public string WorkflowId { get; }

    /// <summary>Whether the state that the run is in takes the command.</summary>
    public bool Takes(string command) => command switch
    {
        "data" => Word is "waiting_for_user_input",
        "resume" => Word is "paused",
        "pause" => Word is "not_started" or "started" or "running" or "waiting_for_user_input",
        "stop" => Word is not ("completed" or "failed" or "cancelled" or "aborted_looping_risk"),
        _ => false,
    };

    public void Obey(DateTimeOffset at, string command, JsonObject input)
    {
        if (!Takes(command)) return;
        switch (command)
        {
            case "data":
                _turns.Add((input, Output(null)));
                Next(at);
                break;
            case "pause":
                _held = [Phase.Lasts is { } lasts ? Phase with { Seconds = (lasts - (at - Since)).TotalSeconds } : Phase, .. Rest];
                Follow(at, new Phase("paused"));
                break;
            case "resume":
                Follow(at, _held.Length > 0 ? _held : [new Phase("running", 1), new Phase("completed")]);
                break;
            default:
                Follow(at, new Phase("cancelled"));
                break;
        }
    }

    /// <summary>A row of a list: a projection, one envelope shallower than the run.</summary>
    public JsonObject ToRow() => Envelope(Inner());

    public JsonObject ToJson(bool echoMiscellaneous)
    {
        var inner = Inner();
        inner["input_output_pairs"] = new JsonArray([.. _turns.Select(turn => new JsonObject
        {
            ["run_input"] = Echo(turn.Input, echoMiscellaneous),
            ["run_output"] = turn.Output.DeepClone(),
        })]);
        inner["comments"] = new JsonArray();
        if (Word is "failed") inner["termination_source"] = "execution_error";
        return new JsonObject { ["workflow_run"] = Envelope(inner) };
    }

    protected override void OnEntered(bool byTime)
    {
        if (Word is not ("waiting_for_user_input" or "completed")) return;
        var text = Word is "completed" ? "Thank you, that is all the clinic needs." : _turns.Count == 1 ? "What is your date of birth?" : "Which medicines do you take?";
        _turns[^1] = (_turns[^1].Input, Output(text));
    }

    private JsonObject Inner() => new() { ["logical_id"] = $"workflow_run_{SandboxIds.Uuid(Id, "logical")}", ["workflow_id"] = WorkflowId, ["status"] = Word };

    private JsonObject Envelope(JsonObject inner) => new()
    {
        ["team_id"] = "64f0c0ffee0000000000feed",
        ["created_by"] = "64f0c0ffee0000000000abcd",
        ["updated_by"] = "64f0c0ffee0000000000abcd",
        ["created_at"] = CreatedAt.Iso("ffffff"),
        ["updated_at"] = Since.Iso("ffffff"),
        ["_id"] = Id,
        ["workflow_run"] = inner,
    };

    private static JsonObject Echo(JsonObject input, bool miscellaneous)
    {
        var copy = input.DeepClone().AsObject();
        if (!miscellaneous) copy["miscellaneous"] = new JsonObject();
        return copy;
    }

    private static JsonObject Output(string? text) => new()
    {
        ["events"] = text is null ? [] : new JsonArray(new JsonObject { ["type"] = "agent_message", ["text"] = text }),
        ["thread_to_node_outputs"] = text is null
            ? []
            : new JsonObject { ["0"] = new JsonObject { ["node_run_outputs"] = new JsonArray(new JsonObject { ["output"] = text }) } },
    };
}
