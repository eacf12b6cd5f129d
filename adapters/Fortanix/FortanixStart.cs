using System.Text.Json;

namespace WorkflowGateway.Adapters.Fortanix;

/// <summary>A checked target in the vendor's words. Of a union the unset member is left out: a null one may count as a second.</summary>
internal static class FortanixStart
{
    public static JsonElement ToBody(JsonElement target) => VendorJson.ToBody(new StartWorkflowRequest
    {
        Graph_id = target.Text("graphId")!,
        Graph_version = target.Text("graphVersion")!,
        Deployment = target.Object("deployment") is { } deployment ? ToDeployment(deployment) : null,
        Runtime_configs = target.Object("runtimeConfigs") is { } apps ? ToRuntimeConfigs(apps) : null,
    });

    /// <summary>Runtime configs stay out: they hold what the run is given.</summary>
    public static StartTrace ToTrace(JsonElement target)
    {
        var graph = target.Text("graphId")!.ToLowerInvariant();
        var kept = new Dictionary<string, object?> { ["graphId"] = graph, ["graphVersion"] = target.Text("graphVersion") };
        if (target.Object("deployment") is { } deployment) kept["deployment"] = deployment;
        return new StartTrace(VendorJson.ToBody(new Dictionary<string, string> { ["graphId"] = graph }), VendorJson.ToBody(kept));
    }

    /// <summary>Whether a run of the list can be one of the target. What the vendor does not say, or we did not send, excludes nothing.</summary>
    public static bool Matches(JsonElement run, JsonElement target) =>
        Same(run.Text("graph_id"), target.Text("graphId"))
        && (run.Object("deployment") is not { } has || target.Object("deployment") is not { } sent
            || (MatchesJob(has.Object("kubernetes_single_job"), has, sent.Object("kubernetesSingleJob"))
                && MatchesJob(has.Object("aci_single_job"), has, sent.Object("aciSingleJob"))));

    private static bool MatchesJob(JsonElement? job, JsonElement deployment, JsonElement? sent)
    {
        if (sent is not { } asked) return true;
        if (job is not { } given) return deployment.EnumerateObject().All(member => member.Value.ValueKind != JsonValueKind.Object);
        return Same(given.Text("namespace"), asked.Text("namespace"))
            && Same(given.Text("cluster_id"), asked.Text("clusterId"))
            && Same(given.Text("deployment_location"), asked.Text("deploymentLocation"));
    }

    private static bool Same(string? given, string? asked) => given is null || asked is null || given.Equals(asked, StringComparison.OrdinalIgnoreCase);

    private static WorkflowDeployment ToDeployment(JsonElement deployment) => new()
    {
        Kubernetes_single_job = deployment.Object("kubernetesSingleJob") is { } kubernetes
            ? new() { Namespace = kubernetes.Text("namespace")!, Cluster_id = kubernetes.Text("clusterId")! }
            : null,
        Aci_single_job = deployment.Object("aciSingleJob") is { } aci
            ? new() { Cluster_id = aci.Text("clusterId")!, Deployment_location = aci.Text("deploymentLocation") }
            : null,
    };

    private static Dictionary<string, WorkflowObjectFinalAppPatch> ToRuntimeConfigs(JsonElement apps)
    {
        var configs = new Dictionary<string, WorkflowObjectFinalAppPatch>();
        foreach (var app in apps.EnumerateObject())
            configs[app.Name] = new() { Deployment = app.Value.Object("deployment") is { } deployment ? ToAppDeployment(deployment) : null };
        return configs;
    }

    private static WorkflowAppDeployment ToAppDeployment(JsonElement deployment) => new()
    {
        Kubernetes = deployment.Object("kubernetes") is { } kubernetes ? new() { Job_spec = kubernetes.GetProperty("jobSpec") } : null,
        Aci = deployment.Object("aci") is { } aci
            ? new() { Exposed_ports = [.. aci.Items("exposedPorts").Select(ToPort)], Env_vars = aci.GetProperty("envVars") }
            : null,
    };

    private static DockerNetworkPort ToPort(JsonElement port) => new() { Port = port.GetProperty("port").GetInt32(), Protocol = port.Text("protocol")! };
}
