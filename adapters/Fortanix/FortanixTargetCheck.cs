using System.Text.Json;

namespace WorkflowGateway.Adapters.Fortanix;

/// <summary>Finds everything that is wrong with a target, in one go.</summary>
internal sealed class FortanixTargetCheck
{
    private readonly bool _placeholders;
    private readonly List<ConfigurationProblem> _problems = [];

    private FortanixTargetCheck(bool placeholders) => _placeholders = placeholders;

    public static IReadOnlyList<ConfigurationProblem> Of(JsonElement target, bool placeholders)
    {
        var check = new FortanixTargetCheck(placeholders);
        check.Target(target);
        return check._problems;
    }

    private void Target(JsonElement target)
    {
        if (!IsObject(target, "", "graphId", "graphVersion", "deployment", "runtimeConfigs")) return;
        Text(target, "", "graphId", "the graph's id, a uuid with its hyphens", FortanixMapping.IsUuid);
        Text(target, "", "graphVersion", "the graph's version, a text: \"1\"", text => text.Length > 0);
        if (target.Member("deployment") is { } deployment)
            ExactlyOne(deployment, "/deployment", ("kubernetesSingleJob", KubernetesJob), ("aciSingleJob", AciJob));
        if (target.Member("runtimeConfigs") is not { } apps || !IsObject(apps, "/runtimeConfigs")) return;
        foreach (var app in apps.EnumerateObject()) RuntimeConfig(app.Value, $"/runtimeConfigs/{ConfigurationProblems.Escape(app.Name)}");
    }

    private void KubernetesJob(JsonElement job, string pointer)
    {
        if (!IsObject(job, pointer, "namespace", "clusterId")) return;
        Text(job, pointer, "namespace", "the Kubernetes namespace", text => text.Length > 0);
        Text(job, pointer, "clusterId", "the cluster's id, a uuid with its hyphens", FortanixMapping.IsUuid);
    }

    private void AciJob(JsonElement job, string pointer)
    {
        if (!IsObject(job, pointer, "clusterId", "deploymentLocation")) return;
        Text(job, pointer, "clusterId", "the cluster's id, a uuid with its hyphens", FortanixMapping.IsUuid);
        if (job.Member("deploymentLocation") is not null) Text(job, pointer, "deploymentLocation", "an Azure location", text => text.Length > 0);
    }

    private void RuntimeConfig(JsonElement config, string pointer)
    {
        if (!IsObject(config, pointer, "deployment") || config.Member("deployment") is not { } deployment) return;
        ExactlyOne(deployment, pointer + "/deployment", ("kubernetes", Kubernetes), ("aci", Aci));
    }

    private void Kubernetes(JsonElement app, string pointer)
    {
        if (!IsObject(app, pointer, "jobSpec")) return;
        if (app.Member("jobSpec") is { } spec) IsObject(spec, pointer + "/jobSpec");
        else Add(pointer + "/jobSpec", "Write the job's specification, an object.");
    }

    private void Aci(JsonElement app, string pointer)
    {
        if (!IsObject(app, pointer, "exposedPorts", "envVars")) return;
        Ports(app.Member("exposedPorts"), pointer + "/exposedPorts");
        if (app.Member("envVars") is not { } variables) Add(pointer + "/envVars", "Write the environment variables, an object; {} where there are none.");
        else if (IsObject(variables, pointer + "/envVars"))
            foreach (var variable in variables.EnumerateObject().Where(variable => variable.Value.ValueKind != JsonValueKind.String))
                Add($"{pointer}/envVars/{ConfigurationProblems.Escape(variable.Name)}", "Write a text: put the value in quotes.");
    }

    private void Ports(JsonElement? ports, string pointer)
    {
        if (ports is { } given && IsPlaceholder(given)) return;
        if (ports is not { ValueKind: JsonValueKind.Array } list)
        {
            Add(pointer, "Write a list of { \"port\": 443, \"protocol\": \"Tcp\" }; [] where there are none.");
            return;
        }

        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            var at = $"{pointer}/{index++}";
            if (!IsObject(item, at, "port", "protocol")) continue;
            if (item.Member("port") is not { } port || !(IsPlaceholder(port) || FortanixMapping.IsPort(port))) Add(at + "/port", "Write a whole number from 1 to 65535.");
            Text(item, at, "protocol", "\"Tcp\" or \"Udp\", in this writing", text => text is "Tcp" or "Udp");
        }
    }

    private void ExactlyOne(JsonElement union, string pointer, params (string Name, Action<JsonElement, string> Check)[] members)
    {
        if (!IsObject(union, pointer, [.. members.Select(member => member.Name)])) return;
        var set = members.Where(member => union.Member(member.Name) is not null).ToList();
        if (set.Count != 1) Add(pointer, $"Write exactly one of {string.Join(" and ", members.Select(member => member.Name))}; there are {set.Count}.");
        foreach (var (name, check) in set) check(union.Member(name)!.Value, $"{pointer}/{name}");
    }

    private void Text(JsonElement parent, string pointer, string name, string what, Func<string, bool> isGood)
    {
        if (parent.Member(name) is { } value && (IsPlaceholder(value) || (value.AsText() is { } text && isGood(text)))) return;
        Add($"{pointer}/{name}", $"Write {what}.");
    }

    /// <summary>Whether there is an object to look into. Without known names it may have any.</summary>
    private bool IsObject(JsonElement element, string pointer, params string[] known)
    {
        if (IsPlaceholder(element)) return false;
        if (element.ValueKind != JsonValueKind.Object) Add(pointer, known.Length == 0 ? "Write an object." : $"Write an object with {string.Join(", ", known)}.");
        else if (known.Length > 0) _problems.AddRange(ConfigurationProblems.Unknown(element, pointer, known));
        return element.ValueKind == JsonValueKind.Object;
    }

    private bool IsPlaceholder(JsonElement element) => _placeholders && element.AsText()?.StartsWith("${", StringComparison.Ordinal) == true;

    private void Add(string pointer, string message) => _problems.Add(new(pointer, message));
}
