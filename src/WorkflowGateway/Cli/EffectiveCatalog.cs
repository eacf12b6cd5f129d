using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Cli;

/// <summary>A configuration file as the server understands it: defaults filled in, literal secrets covered. References stay as they are written.</summary>
/// <param name="Root">The file's content.</param>
/// <param name="Defaults">Where a default was filled in.</param>
internal sealed record EffectiveCatalog(JsonObject Root, HashSet<string> Defaults)
{
    private const string Covered = "***";

    public static EffectiveCatalog Of(JsonElement file, CatalogSnapshot snapshot)
    {
        var effective = new EffectiveCatalog(JsonObject.Create(file)!, []);
        effective.Root.Remove("$schema");
        foreach (var connection in snapshot.Connections.Values) effective.Fill(connection);
        foreach (var workflow in snapshot.Workflows.Values) effective.Fill(workflow);
        foreach (var webhook in snapshot.Webhooks.Values) effective.Fill(webhook);
        return effective;
    }

    private void Fill(ConnectionConfig connection)
    {
        var at = JsonPointer.Below("/connections", connection.Name);
        var written = Root["connections"]![connection.Name]!.AsObject();
        Default(written, at, "timeout", Durations.Text(connection.Timeout));
        Default(written, at, "concurrency", connection.Concurrency);
        if (written["poll"] is null) written["poll"] = new JsonObject();
        Default(written["poll"]!.AsObject(), at + "/poll", "min", Durations.Text(connection.PollMin));
        Default(written["poll"]!.AsObject(), at + "/poll", "max", Durations.Text(connection.PollMax));
        Default(written, at, "staleAfter", Durations.Text(connection.StaleAfter));
        Default(written, at, "enabled", connection.Enabled);
        Default(written, at, "forwardTrace", connection.Vendor.ForwardTrace);
        if (written["credential"] is JsonObject credential) Cover(credential, "value");
        if (written["webhookSecrets"] is JsonArray secrets) for (var i = 0; i < secrets.Count; i++) secrets[i] = Hidden(secrets[i]!);
        if (written["headers"] is not JsonObject headers) return;
        // Nobody can tell by a header's name whether its value opens something.
        foreach (var name in headers.Select(header => header.Key).ToList()) Cover(headers, name);
    }

    private void Fill(Workflow workflow)
    {
        var at = JsonPointer.Below("/workflows", workflow.Name);
        var written = Root["workflows"]![workflow.Name]!.AsObject();
        Default(written, at, "storeInput", workflow.StoreInput);
        Default(written, at, "requireIdempotencyKey", workflow.RequireIdempotencyKey);
        foreach (var (route, i) in workflow.Routes.Select((route, i) => (route, i)))
        {
            var place = written["routes"]![i]!.AsObject();
            Default(place, $"{at}/routes/{i}", "weight", route.Weight);
            Default(place, $"{at}/routes/{i}", "enabled", route.Enabled);
        }
    }

    private void Fill(WebhookConfig webhook)
    {
        var written = Root["webhooks"]![webhook.Name]!.AsObject();
        Cover(written, "secret");
        Cover(written, "oldSecret");
        Default(written, JsonPointer.Below("/webhooks", webhook.Name), "enabled", webhook.Enabled);
    }

    private void Default(JsonObject written, string at, string name, JsonNode value)
    {
        if (written[name] is not null) return;
        written[name] = value;
        Defaults.Add(JsonPointer.Below(at, name));
    }

    private static void Cover(JsonObject written, string name)
    {
        if (written[name] is { } value) written[name] = Hidden(value);
    }

    // A reference says where the secret is; what stands beside one in the same text may be part of it.
    private static JsonNode Hidden(JsonNode value) => value.ToString() is var text && References.IsOnlyReferences(text) ? text : Covered;
}
