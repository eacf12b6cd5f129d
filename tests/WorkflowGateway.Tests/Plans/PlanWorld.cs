using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowGateway.Tests.Plans;

/// <summary>Random configurations and starts, odd ones among them; the same for the same seed.</summary>
internal sealed class PlanWorld(int seed)
{
    private const string Wf = "5eb7cf5a86d9755df3a6c593", Graph = "7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a11";

    private static readonly string[] Workflows = ["w0", "w1", "w2", "w3", "w4", "dropped"];

    private static readonly string[] Connections =
    [
        """{ "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "one.myshopify.com", "credential": { "value": "sandbox" } }""",
        """{ "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "two.myshopify.com", "credential": { "value": "sandbox" }, "tenants": [ "a" ] }""",
        """{ "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "one.myshopify.com", "credential": { "from": "caller" } }""",
        """{ "adapter": "interactly", "baseUrl": "${sandbox:interactly}/workflows", "credential": { "value": "sandbox" } }""",
        """{ "adapter": "interactly", "baseUrl": "${sandbox:interactly}/workflows", "headers": { "teamid": "red" }, "credential": { "value": "sandbox" } }""",
        """{ "adapter": "fortanix", "baseUrl": "${sandbox:fortanix}", "credential": { "value": "sandbox" } }""",
    ];

    private static readonly string[] Names = ["juo", "juo-a", "juo-user", "talk", "talk-red", "graphs"];

    private static readonly string[] Whens =
    [
        """{ "labels.region": "eu" }""", """{ "labels.region": [ "eu", "us" ] }""", """{ "tenant": "a" }""", """{ "tenant": "default" }""", """{ "input.kind": "x" }""",
        """{ "input.n": 3 }""", """{ "input.a.b": [ 1, true ] }""", """{ "labels.region": "eu", "tenant": [ "a", "b" ] }""",
    ];

    private static readonly Dictionary<string, string[]> Targets = new()
    {
        ["juo"] = ["""{ "flowType": "cancellation" }""", """{ "flowType": "${input.flow}" }""", """{ "flowType": "pause", "workflowId": "${labels.wf}" }""", """{ "flowType": "$${x}" }"""],
        ["interactly"] = [$$"""{ "workflowId": "{{Wf}}" }""", $$"""{ "workflowId": "{{Wf}}" }""", """{ "workflowId": "${input.wf}" }"""],
        ["fortanix"] =
        [
            Runtime("""{ "EPOCHS": "${input.epochs}" }"""), Runtime("""{ "EPOCHS": "${input.epochs}", "NAME": "${input.name}", "BY": "${subject}" }"""), Runtime("\"${input}\""),
            $$"""{ "graphId": "{{Graph}}", "graphVersion": "${labels.wf}" }""", $$"""{ "graphId": "{{Graph}}", "graphVersion": "1" }""",
        ],
    };

    private static readonly Dictionary<string, string[]> Inputs = new()
    {
        ["juo"] =
        [
            """{ "context": "${input}" }""", """{ "context": { "who": "${subject}", "kind": "${input.kind}", "run": "${runId}" } }""", """{ "context": "${input.a}" }""", "{}",
            """{ "context": { "list": [ "${input.name}", "${labels.region}", 1 ] } }""",
        ],
        ["interactly"] =
        [
            """{ "dynamicVariables": "${input}" }""", """{ "dynamicVariables": { "name": "${input.name}" }, "runtimeVariables": { "c": "${correlationId}" } }""",
            """{ "dynamicVariables": "${input.kind}" }""", """{ "dynamicVariables": { "deep": "${input.a.b}" }, "miscellaneous": "${input.misc}" }""",
        ],
    };

    private static readonly string[] Schemas =
    [
        """{ "type": "object", "required": [ "kind" ], "properties": { "kind": { "type": "string" } } }""", """{ "type": "object", "properties": { "n": { "type": "integer", "maximum": 3 } } }""",
        """{ "type": "object", "properties": { "kind": { "enum": [ "x", "y" ] }, "epochs": { "type": "string" } } }""",
    ];

    private static readonly string[] Givens =
    [
        """{}""", """{ "kind": "x" }""", """{ "kind": "y", "n": 3, "name": "Ada" }""", """{ "kind": "x", "n": 3.0, "a": { "b": 1 } }""", """{ "epochs": "3" }""", """{ "epochs": 3 }""",
        """{ "epochs": "3", "name": "Grace" }""", """{ "flow": "cancellation" }""", """{ "flow": "" }""", """{ "flow": 7 }""", $$"""{ "wf": "{{Wf}}" }""", """{ "wf": "secret-wf-value", "kind": "x" }""",
        """{ "flow": "cancellation", "kind": "z", "n": 4 }""", """[ 1, 2 ]""", "\"words\"", "5", """{ "kind": "${input}" }""", """{ "a": { "b": [ 1, { "c": null } ] }, "kind": "x" }""",
        """{ "a": { "b": true, "d": "ü€😀" }, "name": null }""", """{ "misc": { "workflowGateway": 1 }, "name": "x" }""", """{ "n": 12345678901234567890, "kind": "y" }""", """{ "a.b": 1, "kind": "x", "": 2, "~/": 3 }""",
        """{ "name": "Ada", "kind": "x", "n": 3, "epochs": "1", "flow": "cancellation" }""",
    ];

    // Apart, so that the configurations do not depend on how many starts there were.
    private readonly Random _starts = new(seed);
    private readonly Random _random = new(seed + 1_000_000);

    /// <summary>A start as a caller makes it.</summary>
    public PlanStart Start(int number) => new()
    {
        Caller = Pick(_starts, "a", "b", "default", "all"),
        Workflow = Pick(_starts, Workflows),
        Input = Chance(_starts, 0.12) ? null : JsonElement.Parse(Pick(_starts, Givens)),
        Labels = Chance(_starts, 0.4) ? null : new Dictionary<string, string> { ["region"] = Pick(_starts, "eu", "us", "moon"), ["wf"] = Pick(_starts, Wf, "1", "") is { Length: > 0 } wf ? wf : "2" },
        Subject = Chance(_starts, 0.5) ? null : "person-" + number,
        CorrelationId = Chance(_starts, 0.5) ? null : "order-" + number,
        Connection = Chance(_starts, 0.9) ? null : Pick(_starts, Names),
        Key = Chance(_starts, 0.3) ? null : $"key-{seed}-{number}",
        Token = Chance(_starts, 0.5) ? null : "end-user",
        DryRun = Chance(_starts, 0.05),
    };

    public JsonObject Configuration()
    {
        var file = new JsonObject { ["connections"] = new JsonObject(), ["workflows"] = new JsonObject() };
        foreach (var (name, text) in Names.Zip(Connections))
        {
            var connection = (JsonObject)JsonNode.Parse(text)!;
            // Nobody reads them meanwhile.
            connection["poll"] = JsonNode.Parse("""{ "min": "1h", "max": "2h" }""");
            file["connections"]![name] = connection;
        }

        foreach (var name in Workflows) file["workflows"]![name] = Workflow(name);
        return file;
    }

    /// <summary>The configuration as an operator would have changed it.</summary>
    public JsonObject Changed(JsonObject before)
    {
        var file = (JsonObject)before.DeepClone();
        for (var i = _random.Next(4, 16); i > 0; i--) Change(file);
        return file;
    }

    private void Change(JsonObject file)
    {
        var name = Pick(_random, Workflows);
        var connection = (JsonObject)file["connections"]![Pick(_random, Names)]!;
        if (file["workflows"]![name] is not JsonObject workflow)
        {
            file["workflows"]![name] = Workflow(name);
            return;
        }

        var routes = (JsonArray)workflow["routes"]!;
        var route = (JsonObject)routes[_random.Next(routes.Count)]!;
        switch (_random.Next(14))
        {
            case 0: file["workflows"]![name] = Workflow(name); break;
            case 1: ((JsonObject)file["workflows"]!).Remove(name); break;
            case 2: connection["enabled"] = Chance(_random, 0.5); break;
            case 3 when connection.ContainsKey("tenantId"): connection["tenantId"] = Pick(_random, "one.myshopify.com", "three.myshopify.com"); break;
            case 4: connection["tenants"] = new JsonArray(Pick(_random, "a", "b", "default")); break;
            case 5: route["enabled"] = Chance(_random, 0.3); break;
            case 6: route["weight"] = Pick(_random, 0, 1, 2, 5); break;
            case 7: workflow["requireIdempotencyKey"] = true; break;
            case 8: workflow["inputSchema"] = JsonNode.Parse(Pick(_random, Schemas)); break;
            case 9: route["when"] = JsonNode.Parse(Pick(_random, Whens)); break;
            case 10: route.Remove("when"); break;
            case 11 when routes.Count > 1: routes.Remove(route); break;
            case 12: Rewrite(route, (string)route["connection"]!); break;
            default: Rewrite(route, Pick(_random, Names)); break;
        }
    }

    private JsonObject Workflow(string name)
    {
        var routes = new JsonArray();
        var workflow = new JsonObject();
        if (Chance(_random, 0.2)) workflow["inputSchema"] = JsonNode.Parse(Pick(_random, Schemas));
        if (Chance(_random, 0.1)) workflow["requireIdempotencyKey"] = true;
        if (Chance(_random, 0.1)) workflow["tenants"] = new JsonArray("a", "default");
        if (name == "dropped") workflow["storeInput"] = false;
        var (when, count) = (Chance(_random, 0.4) ? null : Pick(_random, Whens), _random.Next(1, 5));
        for (var i = 0; i < count; i++)
        {
            var route = new JsonObject { ["name"] = "r" + i };
            // Some share a condition, and so a draw; the last takes what is left.
            if (when is not null && i < count - 1) route["when"] = JsonNode.Parse(Chance(_random, 0.6) ? when : Pick(_random, Whens));
            if (Chance(_random, 0.5)) route["weight"] = Pick(_random, 0, 1, 3);
            Rewrite(route, Pick(_random, Names));
            routes.Add(route);
        }

        workflow["routes"] = routes;
        return workflow;
    }

    private void Rewrite(JsonObject route, string connection)
    {
        var adapter = (string)JsonNode.Parse(Connections[Array.IndexOf(Names, connection)])!["adapter"]!;
        route["connection"] = connection;
        route["target"] = JsonNode.Parse(Pick(_random, Targets[adapter]));
        route.Remove("input");
        if (Inputs.TryGetValue(adapter, out var inputs) && Chance(_random, 0.6)) route["input"] = JsonNode.Parse(Pick(_random, inputs));
    }

    private static string Runtime(string variables) =>
        $$"""{ "graphId": "{{Graph}}", "graphVersion": "1", "runtimeConfigs": { "trainer": { "deployment": { "aci": { "exposedPorts": [], "envVars": {{variables}} } } } } }""";

    private static bool Chance(Random random, double of) => random.NextDouble() < of;

    private static T Pick<T>(Random random, params T[] from) => from[random.Next(from.Length)];
}

internal sealed record PlanStart
{
    public required string Caller { get; init; }
    public required string Workflow { get; init; }
    public JsonElement? Input { get; init; }
    public Dictionary<string, string>? Labels { get; init; }
    public string? Subject { get; init; }
    public string? CorrelationId { get; init; }
    public string? Connection { get; init; }
    public string? Key { get; init; }
    public string? Token { get; init; }
    public bool DryRun { get; init; }
}
