using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowGateway.Sandbox;

internal sealed class FortanixRun : ScriptedRun
{
    private readonly JsonObject _deployment;
    private readonly string[] _apps;

    public FortanixRun(string id, DateTimeOffset createdAt, JsonElement start, IReadOnlyList<Phase> script)
        : base(id, createdAt)
    {
        GraphId = start.GetText("graph_id")!.ToLowerInvariant();
        GraphVersion = start.GetText("graph_version")!;
        _deployment = start.Get("deployment")?.ToNode()?.AsObject() ?? GraphsOwnDeployment();
        _apps = start.Get("runtime_configs") is { } configs ? [.. configs.EnumerateObject().Select(config => config.Name)] : [];
        Follow(createdAt, [.. script]);
    }

    public string GraphId { get; }

    public string GraphVersion { get; }

    public bool Ended => Word is "SUCCEEDED" or "FAILED" or "TERMINATED";

    private bool OnKubernetes => _deployment.ContainsKey("kubernetes_single_job");

    public void Stop(DateTimeOffset at)
    {
        if (!Ended && Word is not "TERMINATING") Follow(at, FortanixScripts.Stop);
    }

    /// <summary>The logs of one app, or of all; null where the run has no such app.</summary>
    public string? Logs(string? app)
    {
        if (app is not null && _apps.Length > 0 && !_apps.Contains(app)) return null;
        var text = new StringBuilder();
        foreach (var name in app is not null ? [app] : _apps)
            text.Append(CultureInfo.InvariantCulture, $"{CreatedAt.Iso("fff")} {name}: run {Id} created\n{Since.Iso("fff")} {name}: {Word}\n");
        return text.ToString();
    }

    public JsonObject ToAnswer(string createdAtUnit) => new() { ["run"] = ToJson(Word, createdAtUnit), ["generic"] = Generic() };

    public JsonObject ToJson(string word, string createdAtUnit) => new()
    {
        ["run_id"] = Id,
        ["run_status"] = word,
        ["created_at"] = createdAtUnit is "milliseconds" ? CreatedAt.ToUnixTimeMilliseconds() : CreatedAt.ToUnixTimeSeconds(),
        ["graph_id"] = GraphId,
        ["graph_version"] = GraphVersion,
        ["group_id"] = "9f4a1d52-6b0e-4c55-9f0c-3f2f6d1f5a01",
        ["deployment"] = _deployment.DeepClone(),
        ["workflow_cluster_data"] = ClusterData(),
    };

    private JsonObject ClusterData()
    {
        var data = new JsonObject
        {
            ["app_id"] = SandboxIds.Uuid(Id, "app"),
            ["build_id"] = SandboxIds.Uuid(Id, "build"),
            ["config_id"] = SandboxIds.ObjectId(Id, "config"),
            ["cluster_id"] = _deployment.First().Value!["cluster_id"]!.GetValue<string>(),
        };
        if (OnKubernetes) return new JsonObject { ["KubernetesSingleJob"] = data };
        data["container_group_name"] = $"wf-{Id}";
        data["deployment_name"] = $"deployment-{Id}";
        return new JsonObject { ["AciSingleJob"] = data };
    }

    private JsonObject Generic() => OnKubernetes
        ? new JsonObject { ["kubernetes"] = new JsonObject { ["phase"] = Word } }
        : new JsonObject { ["aci"] = new JsonObject { ["provisioningState"] = Word } };

    private static JsonObject GraphsOwnDeployment() => new()
    {
        ["aci_single_job"] = new JsonObject { ["cluster_id"] = "2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22" },
    };
}
