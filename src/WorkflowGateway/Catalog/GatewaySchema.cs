using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowGateway.Catalog;

/// <summary>The JSON Schema of config/gateway.json: for editors as one file, for the loader part by part.</summary>
internal static class GatewaySchema
{
    public const string NamePattern = "^[a-z0-9][a-z0-9-]{0,62}$";

    public static readonly SchemaNode FileNode = Node(RecordSchema.Of(typeof(GatewayFile)));
    public static readonly SchemaNode WorkflowNode = Workflow();
    public static readonly SchemaNode WebhookNode = Node(RecordSchema.Of(typeof(WebhookFile)));

    /// <summary>What all connections have in common, to judge one whose adapter is unknown.</summary>
    public static readonly SchemaNode AnyConnectionNode = Node(CommonConnection());

    /// <summary>The text of config/gateway.schema.json (draft-07).</summary>
    public static string Generate(IEnumerable<IVendorAdapter> adapters)
    {
        var all = adapters.OrderBy(adapter => adapter.Info.Vendor, StringComparer.Ordinal).ToList();
        var file = RecordSchema.Of(typeof(GatewayFile));
        file["properties"]!["connections"] = Named(file, "connections", "connection", NamePattern);
        file["properties"]!["workflows"] = Named(file, "workflows", "workflow", null);
        file["properties"]!["webhooks"] = Named(file, "webhooks", "webhook", NamePattern);
        var workflow = RecordSchema.Of(typeof(WorkflowFile));
        workflow["properties"]!["inputSchema"]!["type"] = new JsonArray("object", "boolean");
        var target = workflow["properties"]!["routes"]!["items"]!["properties"]!["target"]!;
        target["type"] = "object";
        target["anyOf"] = new JsonArray([.. all.Select(adapter => Reference(adapter.Info.Vendor + "Target"))]);
        var definitions = new JsonObject { ["connection"] = AnyConnection(all), ["workflow"] = workflow, ["webhook"] = RecordSchema.Of(typeof(WebhookFile)) };
        foreach (var adapter in all)
        {
            definitions[adapter.Info.Vendor + "Connection"] = Connection(adapter);
            definitions[adapter.Info.Vendor + "Target"] = RecordSchema.Of(adapter.TargetType, withPlaceholders: true);
        }

        var schema = new JsonObject { ["$schema"] = "http://json-schema.org/draft-07/schema#", ["title"] = "Workflow gateway: connections and workflows" };
        foreach (var (name, value) in file.ToList()) schema[name] = value!.DeepClone();
        schema["definitions"] = definitions;
        return schema.ToJsonString(RecordSchema.Readable) + "\n";
    }

    /// <summary>The members of one adapter's connection, as the loader checks them.</summary>
    public static SchemaNode ConnectionNode(IVendorAdapter adapter) => Node(Connection(adapter));

    private static SchemaNode Workflow()
    {
        var workflow = RecordSchema.Of(typeof(WorkflowFile));
        workflow["properties"]!["routes"]!["items"]!["properties"]!["target"]!["type"] = "object";
        return Node(workflow);
    }

    private static SchemaNode Node(JsonObject schema)
    {
        var problems = new List<ConfigurationProblem>();
        var node = SchemaReader.Read(JsonSerializer.SerializeToElement(schema), "", problems);
        return problems.Count == 0 ? node : throw new InvalidOperationException("A configuration record needs what the validator lacks: " + problems[0]);
    }

    private static JsonObject Connection(IVendorAdapter adapter)
    {
        var connection = RecordSchema.Of(typeof(ConnectionFile));
        connection["properties"]!["adapter"]!["enum"] = new JsonArray(adapter.Info.Vendor);
        var own = RecordSchema.Of(adapter.SettingsType);
        foreach (var (name, value) in own["properties"]?.AsObject().ToList() ?? []) connection["properties"]![name] = value!.DeepClone();
        foreach (var name in own["required"]?.AsArray().ToList() ?? []) connection["required"]!.AsArray().Add(name!.DeepClone());
        connection["additionalProperties"] = false;
        return connection;
    }

    private static JsonObject CommonConnection()
    {
        var connection = RecordSchema.Of(typeof(ConnectionFile));
        connection.Remove("additionalProperties");
        return connection;
    }

    private static JsonObject AnyConnection(List<IVendorAdapter> adapters)
    {
        var connection = CommonConnection();
        connection["properties"]!["adapter"]!["enum"] = new JsonArray([.. adapters.Select(adapter => JsonValue.Create(adapter.Info.Vendor))]);
        connection["allOf"] = new JsonArray([.. adapters.Select(adapter => new JsonObject
        {
            ["if"] = new JsonObject
            {
                ["properties"] = new JsonObject { ["adapter"] = new JsonObject { ["const"] = adapter.Info.Vendor } },
                ["required"] = new JsonArray("adapter"),
            },
            ["then"] = Reference(adapter.Info.Vendor + "Connection"),
        })]);
        return connection;
    }

    private static JsonObject Named(JsonObject file, string member, string definition, string? pattern)
    {
        var named = new JsonObject
        {
            ["description"] = file["properties"]![member]!["description"]!.DeepClone(),
            ["type"] = "object",
            ["additionalProperties"] = Reference(definition),
        };
        if (pattern is not null) named["propertyNames"] = new JsonObject { ["pattern"] = pattern };
        return named;
    }

    private static JsonObject Reference(string definition) => new() { ["$ref"] = "#/definitions/" + definition };
}
