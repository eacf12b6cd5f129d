using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace WorkflowGateway.Catalog;

[Description("An endpoint that is told of changes by signed requests (Standard Webhooks).")]
internal sealed record WebhookFile
{
    [Description("Absolute https URL on port 443 or 8443, of a host that everybody on the internet can reach.")]
    public required string? Url { get; init; }

    [Description("What deliveries are signed with, whsec_ and base64: ${env:NAME} or ${file:/path}. A file is read anew for each delivery.")]
    public required string? Secret { get; init; }

    [Description("The secret before it, in the same forms: while it stands here, deliveries are signed with both. Default: none.")]
    public string? OldSecret { get; init; }

    [Description("Only changes to these statuses; open and final stand for several. Default: all.")]
    [MinLength(1)]
    public IReadOnlyList<string?>? Statuses { get; init; }

    [Description("Only runs of these workflows. Default: all.")]
    [MinLength(1)]
    public IReadOnlyList<string?>? Workflows { get; init; }

    [Description("Only runs of this tenant. Default: all.")]
    [RegularExpression("^[a-zA-Z0-9._-]{1,64}$")]
    public string? Tenant { get; init; }

    [Description("false delivers nothing; once it is true again, deliveries go on where they were. Default: true.")]
    public bool? Enabled { get; init; }
}
