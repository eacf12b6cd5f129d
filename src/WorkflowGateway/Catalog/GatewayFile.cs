using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkflowGateway.Catalog;

// What operators write, member by member. The JSON Schema is made from these records and files are checked against it.

[Description("Which vendor accounts there are and which workflows they serve.")]
internal sealed record GatewayFile
{
    [JsonPropertyName("$schema")]
    [Description("Where the schema of this file is, for editors.")]
    public string? Schema { get; init; }

    [Description("Accounts at vendors, by name: small letters, digits and hyphens.")]
    public required Dictionary<string, JsonElement>? Connections { get; init; }

    [Description("The workflows that callers start, by the name they use. Never a vendor's id.")]
    public required Dictionary<string, JsonElement>? Workflows { get; init; }

    [Description("Endpoints that are told of changes, by name: small letters, digits and hyphens. More can be made by the API.")]
    public Dictionary<string, JsonElement>? Webhooks { get; init; }
}

[Description("An account at a vendor. Texts may hold ${env:NAME}, ${file:/path} and, in Development, ${sandbox:vendor}.")]
internal sealed record ConnectionFile
{
    [Description("Which adapter speaks to the vendor.")]
    public required string? Adapter { get; init; }

    [Description("Absolute http or https URL below which all calls go.")]
    public required string? BaseUrl { get; init; }

    [Description("What proves to the vendor who is calling: a value, or that it comes from the caller.")]
    public required CredentialFile? Credential { get; init; }

    [Description("Extra fixed headers of every call.")]
    public Dictionary<string, string>? Headers { get; init; }

    [Description("Deadline of one call, connecting and body included. Default: Dispatch:Timeout, else the adapter's (30s, Interactly 90s).")]
    [RegularExpression(Durations.Pattern)]
    public string? Timeout { get; init; }

    [Description("Most calls per second, over all replicas. Default: no limit.")]
    [Range(0.001, 100_000d)]
    public double? RateLimit { get; init; }

    [Description("Most calls at once, per replica. Default: 16.")]
    [Range(1, 10_000)]
    public int? Concurrency { get; init; }

    [Description("How often open runs are read.")]
    public PollFile? Poll { get; init; }

    [Description("How old an observation may be before a run is called stale. Default: twice the longest time between two reads, but 5m at least.")]
    [RegularExpression(Durations.Pattern)]
    public string? StaleAfter { get; init; }

    [Description("The tenants that may use it. Default: all.")]
    public IReadOnlyList<string>? Tenants { get; init; }

    [Description("false takes the connection out of routing; open runs stay with it. Default: true.")]
    public bool? Enabled { get; init; }

    [Description("Whether the trace context (traceparent) goes to the vendor. Default: false.")]
    public bool? ForwardTrace { get; init; }

    [Description("What the vendor signs its webhooks with (Interactly): ${env:NAME} or ${file:/path}, a file is read anew. Several while they are changed. Opens POST /v1/vendor-events/{connection}. Default: no webhooks, runs are only polled.")]
    public IReadOnlyList<string>? WebhookSecrets { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Settings { get; init; }
}

[Description("Either value, or from. header and scheme override what the adapter sends.")]
internal sealed record CredentialFile
{
    [Description("The token: ${env:NAME} or ${file:/path}. A file is read anew for each call.")]
    public string? Value { get; init; }

    [Description("caller: each request brings the end user's own token in Vendor-Authorization. Needs Security:MasterKey.")]
    [AllowedValues("caller")]
    public string? From { get; init; }

    [Description("The header that carries the token. Default: the adapter's.")]
    public string? Header { get; init; }

    [Description("The word before the token; empty for none. Default: the adapter's.")]
    public string? Scheme { get; init; }
}

internal sealed record PollFile
{
    [Description("Shortest time between two reads of a run. Default: Sync:MinInterval (1s).")]
    [RegularExpression(Durations.Pattern)]
    public string? Min { get; init; }

    [Description("Longest time between two reads of a run. Default: Sync:MaxInterval (15m).")]
    [RegularExpression(Durations.Pattern)]
    public string? Max { get; init; }
}
