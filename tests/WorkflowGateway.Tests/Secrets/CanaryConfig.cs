using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Secrets;

/// <summary>Connections of every kind, each with a workflow of its name.</summary>
internal static class CanaryConfig
{
    private static readonly string[] Vendors = ["juo", "interactly", "fortanix"];

    /// <summary>Where vendors tell the credential back.</summary>
    public static IEnumerable<string> Echoing => from vendor in Vendors from way in EchoVendor.Ways select $"{vendor}-{way}";

    public static string Of(string credential, string file, string webhookSecret, string untrusted, string echo, string echoed)
    {
        var (literal, dead) = (Literal(credential), $"https://{new string('x', 70)}.localhost");
        var echoing = Echoing.Select(name => name.Split('-')).Select(name => $$""" "{{name[0]}}-{{name[1]}}": { "adapter": "{{name[0]}}", "baseUrl": "{{echo}}/{{name[1]}}", {{(name[0] == "juo" ? "\"tenantId\": \"a.myshopify.com\", " : "")}}"credential": { "value": {{Literal(echoed)}} } } """);
        return $$"""
            { "connections": {
                "juo": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "demo.myshopify.com", "timeout": "1s", "poll": { "min": "100ms", "max": "300ms" }, "credential": { "value": {{literal}} } },
                "mine": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "demo.myshopify.com", "credential": { "from": "caller" } },
                "interactly": { "adapter": "interactly", "baseUrl": "${sandbox:interactly}/workflows", "timeout": "1s", "credential": { "value": "${env:WFG_CANARY}" }, "webhookSecrets": [ {{Literal(webhookSecret)}} ] },
                "fortanix": { "adapter": "fortanix", "baseUrl": "${sandbox:fortanix}", "timeout": "1s", "exclusive": true, "credential": { "value": "${file:{{file}}}" } },
                "refused": { "adapter": "juo", "baseUrl": "http://127.0.0.1:1/customer/v1", "tenantId": "a.myshopify.com", "credential": { "value": {{literal}} } },
                "nowhere": { "adapter": "interactly", "baseUrl": "{{dead}}/workflows", "credential": { "value": {{literal}} } },
                "untrusted": { "adapter": "fortanix", "baseUrl": "{{untrusted}}", "credential": { "value": {{literal}} } },
                {{string.Join(", ", echoing)}} },
              "workflows": { {{string.Join(", ", Workflows())}} } }
            """;
    }

    private static IEnumerable<string> Workflows()
    {
        foreach (var name in Names("juo", "mine", "refused"))
            yield return $$""" "{{name}}": { "routes": [ { "name": "r", "connection": "{{name}}", "target": { "flowType": "{{Scenarios.Juo.Cancellation}}" }, "input": { "context": "${input}" } } ] } """;
        foreach (var name in Names("interactly", "nowhere"))
            yield return $$""" "{{name}}": { "routes": [ { "name": "r", "connection": "{{name}}", "target": { "workflowId": "{{Scenarios.Interactly.NeverEnding}}" }, "input": { "dynamicVariables": "${input}" } } ] } """;
        foreach (var name in Names("fortanix", "untrusted"))
            yield return $$""" "{{name}}": { "routes": [ { "name": "r", "connection": "{{name}}", "target": { "graphId": "{{Scenarios.Fortanix.NeverEnding}}", "graphVersion": "1", "deployment": { "aciSingleJob": { "clusterId": "2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22" } }, "runtimeConfigs": { "trainer": { "deployment": { "aci": { "exposedPorts": [], "envVars": { "DATA": "${input.data}" } } } } } } } ] } """;

        static IEnumerable<string> Names(string vendor, params string[] others) => [vendor, .. others, .. Echoing.Where(name => name.StartsWith(vendor, StringComparison.Ordinal))];
    }

    private static string Literal(string text) => JsonSerializer.Serialize(text);
}
