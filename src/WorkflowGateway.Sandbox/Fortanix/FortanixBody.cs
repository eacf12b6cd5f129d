using System.Text.Json;

namespace WorkflowGateway.Sandbox;

/// <summary>What Fortanix's schema asks of a start: the first fault in words, or null. Its unions count a null member as a property.</summary>
internal static class FortanixBody
{
    public static string? StartFault(SandboxRequest request)
    {
        if (request.Json is not { ValueKind: JsonValueKind.Object } body) return "the body must be a JSON object";
        return Uuid(body, "graph_id")
            ?? Text(body, "graph_version")
            ?? (body.Get("deployment") is { } deployment ? Deployment(deployment) : null)
            ?? (body.Get("runtime_configs") is { } configs ? RuntimeConfigs(configs) : null);
    }

    private static string? Deployment(JsonElement deployment) => OneOf(deployment, "deployment", "kubernetes_single_job", "aci_single_job") ?? deployment switch
    {
        _ when deployment.Get("kubernetes_single_job") is { } job => Text(job, "namespace") ?? Uuid(job, "cluster_id"),
        _ when deployment.Get("aci_single_job") is { } job => Uuid(job, "cluster_id") ?? (job.Get("deployment_location") is null ? null : Text(job, "deployment_location")),
        _ => null,
    };

    private static string? RuntimeConfigs(JsonElement configs)
    {
        if (configs.ValueKind != JsonValueKind.Object) return "runtime_configs must be an object";
        foreach (var app in configs.EnumerateObject())
        {
            if (app.Value.ValueKind != JsonValueKind.Object) return $"runtime_configs.{app.Name} must be an object";
            if (app.Value.Get("deployment") is { } deployment && AppDeployment(deployment, app.Name) is { } fault) return fault;
        }

        return null;
    }

    private static string? AppDeployment(JsonElement deployment, string app)
    {
        var path = $"runtime_configs.{app}.deployment";
        if (OneOf(deployment, path, "kubernetes", "aci") is { } fault) return fault;
        if (deployment.Get("kubernetes") is { } kubernetes)
            return kubernetes.Get("job_spec").Is(JsonValueKind.Object) ? null : $"{path}.kubernetes.job_spec must be an object";
        var aci = deployment.Get("aci")!.Value;
        if (!aci.Get("exposed_ports").Is(JsonValueKind.Array)) return $"{path}.aci.exposed_ports must be an array";
        if (!aci.Get("env_vars").Is(JsonValueKind.Object)) return $"{path}.aci.env_vars must be an object";
        if (aci.Get("env_vars")!.Value.EnumerateObject().Any(variable => variable.Value.ValueKind != JsonValueKind.String)) return $"{path}.aci.env_vars must hold strings";
        return aci.Get("exposed_ports")!.Value.EnumerateArray().Select(Port).FirstOrDefault(wrong => wrong is not null);
    }

    private static string? Port(JsonElement exposed)
    {
        if (exposed.Get("port") is not { ValueKind: JsonValueKind.Number } port || !port.TryGetInt32(out var number) || number is < 1 or > 65535)
            return "port must be an integer from 1 to 65535";
        return exposed.GetText("protocol") is "Tcp" or "Udp" ? null : "protocol must be Tcp or Udp";
    }

    private static string? OneOf(JsonElement union, string path, string first, string second)
    {
        if (union.ValueKind != JsonValueKind.Object) return $"{path} must be an object";
        var members = union.EnumerateObject().ToList();
        return members is [{ Value.ValueKind: JsonValueKind.Object } only] && (only.NameEquals(first) || only.NameEquals(second))
            ? null
            : $"exactly one of {first} or {second} must be set in {path}";
    }

    private static string? Uuid(JsonElement body, string name) => Guid.TryParseExact(body.GetText(name), "D", out _) ? null : $"{name} must be a uuid";

    private static string? Text(JsonElement body, string name) => body.GetText(name) is { Length: > 0 } ? null : $"{name} must be a string";
}
