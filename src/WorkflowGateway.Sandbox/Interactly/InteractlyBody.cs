using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace WorkflowGateway.Sandbox;

/// <summary>What Interactly's endpoint asks of a run input.</summary>
internal static partial class InteractlyBody
{
    private static readonly string[] Objects = ["dynamic_variables", "runtime_variables", "miscellaneous", "thread_to_node_inputs"];
    private static readonly string[] Ids = ["workflow_id", "workflow_run_id"];
    private static readonly string[] Commands = ["start", "data", "resume", "pause", "stop"];

    /// <summary>The command, which is start where none is named.</summary>
    public static string Command(SandboxRequest request) => request.Json is not { } body || body.Get("command") is null ? "start" : body.GetText("command") ?? "other";

    public static bool IsId(string? text) => text is not null && IdPattern().IsMatch(text);

    /// <summary>The schema's faults in FastAPI's form; empty where there are none.</summary>
    public static JsonArray SchemaFaults(SandboxRequest request)
    {
        var faults = new JsonArray();
        if (request.Json is not { ValueKind: JsonValueKind.Object } body)
        {
            faults.Add(Fault("model_attributes_type", [], "Input should be a valid dictionary or object to extract fields from"));
            return faults;
        }

        foreach (var name in Objects.Where(name => body.Get(name) is { ValueKind: not JsonValueKind.Object }))
            faults.Add(Fault("dict_type", [name], "Input should be a valid dictionary"));
        foreach (var name in Ids.Where(name => body.Has(name) && !IsId(body.GetText(name))))
            faults.Add(Fault("string_pattern_mismatch", [name], "String should match pattern '^[0-9a-f]{24}$'"));
        if (!Commands.Contains(Command(request)))
            faults.Add(Fault("enum", ["command"], "Input should be 'start', 'data', 'resume', 'pause' or 'stop'"));
        return faults;
    }

    /// <summary>What the runtime refuses beyond the schema, or null.</summary>
    public static string? RuntimeFault(JsonElement body, string command)
    {
        if (command is "start" && !body.Has("workflow_id")) return "workflow_id is required to start a workflow";
        if (command is "start" && body.Has("workflow_run_id")) return "workflow_run_id must not be given to start a workflow";
        if (command is not "start" && !body.Has("workflow_run_id")) return $"workflow_run_id is required for command {command}";
        var threads = body.Get("thread_to_node_inputs")?.EnumerateObject().Count() ?? 0;
        return command is "start" or "data" && threads == 0 ? "Found 0 threads in workflow input" : null;
    }

    /// <summary>The input as it is echoed: everything sent, and the defaults of what was not.</summary>
    public static JsonObject Echo(JsonElement body, string command)
    {
        var echo = new JsonObject();
        foreach (var name in Objects.Take(3)) echo[name] = body.Get(name)?.ToNode() ?? new JsonObject();
        echo["command"] = command;
        echo["workflow_id"] = body.GetText("workflow_id");
        echo["workflow_run_id"] = body.GetText("workflow_run_id");
        echo[Objects[3]] = body.Get(Objects[3])?.ToNode() ?? new JsonObject();
        foreach (var member in body.EnumerateObject().Where(member => !echo.ContainsKey(member.Name))) echo[member.Name] = member.Value.ToNode();
        return echo;
    }

    public static JsonObject Fault(string type, string[] location, string message, string root = "body") => new()
    {
        ["type"] = type,
        ["loc"] = new JsonArray([root, .. location]),
        ["msg"] = message,
    };

    [GeneratedRegex("^[0-9a-fA-F]{24}$", RegexOptions.NonBacktracking)]
    private static partial Regex IdPattern();
}
