using System.Text.Json;
using WorkflowGateway.Catalog;
using WorkflowGateway.Events;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Webhooks;

/// <summary>Finds out of an endpoint's row, or of the configuration, where it is and what it wants.</summary>
internal sealed class WebhookTargets(LiveCatalog catalog, Sealer sealer)
{
    public const string Kind = "webhook-secret";

    /// <summary>Null where the endpoint is of another configuration than this.</summary>
    public WebhookTarget? Of(WebhookRow row) => row.Name is not { } name ? Stored(row) : catalog.Current.Webhooks.GetValueOrDefault(name) is { } config ? Configured(config) : null;

    /// <summary>Whether the endpoint is of this configuration, or of none.</summary>
    public bool Knows(WebhookRow row) => row.Name is not { } name || catalog.Current.Webhooks.ContainsKey(name);

    public WebhookConfig? ConfigOf(WebhookRow row) => row.Name is { } name ? catalog.Current.Webhooks.GetValueOrDefault(name) : null;

    public static IReadOnlyList<string> Split(string? json) => json is null ? [] : JsonSerializer.Deserialize<string[]>(json)!;

    public static string? Join(IReadOnlyList<string> words) => words.Count == 0 ? null : JsonSerializer.Serialize(words);

    private WebhookTarget Stored(WebhookRow row)
    {
        var secrets = new List<(byte[], DateTimeOffset?)>();
        if (Open(row, row.Secret) is { } secret) secrets.Add((secret, null));
        if (secrets.Count > 0 && row.OldSecretUntil is { } until && Open(row, row.OldSecret) is { } old) secrets.Add((old, DateTimeOffset.FromUnixTimeMilliseconds(until)));
        return new WebhookTarget(() => secrets) { Url = new Uri(row.Url!), Tenant = row.EventTenant, Filter = Filter(Split(row.Statuses), Split(row.Workflows)) };
    }

    private static WebhookTarget Configured(WebhookConfig config) =>
        new(() => [.. new[] { config.Secret(), config.OldSecret?.Invoke() }.OfType<string>().Select(WebhookSecret.Parse).OfType<byte[]>().Select(secret => (secret, (DateTimeOffset?)null))])
        {
            Url = config.Url,
            Tenant = config.Tenant,
            Filter = Filter(config.Statuses, config.Workflows),
        };

    private byte[]? Open(WebhookRow row, byte[]? secret) =>
        secret is not null && sealer.Open(secret, row.Tenant, row.Place, Kind) is { } text ? WebhookSecret.Parse(text) : null;

    private static EventFilter Filter(IReadOnlyList<string> statuses, IReadOnlyList<string> workflows) =>
        new(new RunFilter { Statuses = [.. statuses.SelectMany(StatusWords.Statuses).Distinct()] }) { Workflows = workflows };
}
