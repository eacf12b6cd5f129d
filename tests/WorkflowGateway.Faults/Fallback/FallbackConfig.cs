using System.Globalization;

namespace WorkflowGateway.Faults.Fallback;

/// <summary>A configuration in which one vendor stands in for another.</summary>
internal static class FallbackConfig
{
    public static readonly string[] Vendors = ["juo", "interactly", "fortanix"];

    /// <summary>A workflow <c>w0</c>, <c>w1</c>, … for each row, whose first route goes over a connection of its own: what happens at one says nothing of another.</summary>
    public static string Of(string first, string second, IReadOnlyList<OutcomeRow> rows, int vendorsPort, int unusedPort)
    {
        var connections = rows.Select((row, i) => Connection($"first{i}", first, row.BaseUrl?.Invoke(vendorsPort, unusedPort), row.EndsByDeadline ? "400ms" : "30s"))
            .Append(Connection("second", second));
        var workflows = rows.Select((_, i) => Workflow($"w{i}", Route("first", $"first{i}", first, "\"fallback\": [ \"second\" ], "), Route("second", "second", second, "\"weight\": 0, ")));
        return Join(connections, workflows);
    }

    public static string Join(IEnumerable<string> connections, IEnumerable<string> workflows) =>
        $$"""{ "connections": { {{string.Join(",\n", connections)}} }, "workflows": { {{string.Join(",\n", workflows)}} } }""";

    public static string Connection(string name, string vendor, string? host = null, string timeout = "30s", string more = "")
    {
        var at = host is null ? $"${{sandbox:{vendor}}}" : $"{host}/{vendor}";
        var address = vendor switch { "juo" => at + "/customer/v1", "interactly" => at + "/workflows", _ => at };
        var account = vendor == "juo" ? "\"tenantId\": \"demo.myshopify.com\", " : "";
        return $$"""  "{{name}}": { "adapter": "{{vendor}}", "baseUrl": "{{address}}", {{account}}"credential": { "value": "sandbox" }, "timeout": "{{timeout}}"{{more}} }""";
    }

    public static string Workflow(string name, params string[] routes) => $$"""  "{{name}}": { "routes": [ {{string.Join(",\n", routes)}} ] }""";

    /// <summary>A route to a run that never ends by itself; whatever the vendor, the request says which key and which run it is for.</summary>
    public static string Route(string name, string connection, string vendor, string more = "", string? target = null) =>
        $$"""{ "name": "{{name}}", "connection": "{{connection}}", {{more}}"target": {{Target(vendor, target)}} }""";

    private static string Target(string vendor, string? named) => vendor switch
    {
        "juo" => $$$"""{ "flowType": "{{{named ?? Scenarios.Juo.NeverEnding}}}" }, "input": { "context": { "key": "${input.key}", "run": "${runId}" } }""",
        "interactly" => $$$"""{ "workflowId": "{{{named ?? Scenarios.Interactly.NeverEnding}}}" }, "input": { "dynamicVariables": { "key": "${input.key}", "run": "${runId}" } }""",
        _ => $$$"""
            {
              "graphId": "{{{named ?? Scenarios.Fortanix.NeverEnding}}}", "graphVersion": "1", "deployment": { "aciSingleJob": { "clusterId": "2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22" } },
              "runtimeConfigs": { "app": { "deployment": { "aci": { "exposedPorts": [], "envVars": { "KEY": "${input.key}", "RUN": "${runId}" } } } } }
            }
            """,
    };

    public static string Key(int row) => string.Create(CultureInfo.InvariantCulture, $"order-{row}-end");
}
