using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using WorkflowGateway.Api;
using WorkflowGateway.Catalog;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Webhooks;

/// <summary>A new endpoint for signed events.</summary>
public sealed record CreateWebhookBody : IBindableFromHttpContext<CreateWebhookBody>
{
    internal const int LongestText = 1000;

    [Description("Where to deliver: an absolute https URL on port 443 or 8443, of a host that everybody on the internet can reach. 2048 characters at most.")]
    public required string Url { get; init; }

    [Description("For people; 1000 characters at most.")]
    public string? Description { get; init; }

    [Description("Only changes to these statuses; open and final stand for several. Absent for all.")]
    public IReadOnlyList<string>? Statuses { get; init; }

    [Description("Only runs of these workflows. Absent for all.")]
    public IReadOnlyList<string>? Workflows { get; init; }

    [Description("false delivers nothing yet. Default: true.")]
    public bool? Enabled { get; init; }

    [Description("A secret of the receiver's own, whsec_ and the base64 of 24 to 64 bytes. Absent: the gateway makes one.")]
    public string? Secret { get; init; }

    [Description("The cursor after which deliveries begin. Absent: with the next event.")]
    public string? After { get; init; }

    internal long? Cursor { get; init; }

    internal JsonElement? Json { get; init; }

    public static async ValueTask<CreateWebhookBody?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var json = await RequestJson.ReadAsync(context);
        var fields = new WebhookFields(json, context);
        var body = new CreateWebhookBody
        {
            Json = json,
            Url = fields.Url(fields.All.RequiredText("url", WebhookUrl.MaxLength)) ?? "",
            Description = fields.All.Text("description", LongestText),
            Statuses = fields.Statuses(),
            Workflows = fields.Workflows(),
            Enabled = fields.Flag("enabled"),
            Secret = fields.Secret(),
            Cursor = fields.Cursor("after"),
        };
        fields.All.Done();
        return body;
    }
}

/// <summary>What is to be otherwise about an endpoint: members that are absent stay as they are, null goes back to the default.</summary>
public sealed record ChangeWebhookBody : IBindableFromHttpContext<ChangeWebhookBody>
{
    private static readonly string[] Members = ["url", "description", "statuses", "workflows", "enabled"];

    [Description("Where to deliver from now on; its receiver is asked at once.")]
    public string? Url { get; init; }

    [Description("For people; 1000 characters at most. null for none.")]
    public string? Description { get; init; }

    [Description("Only changes to these statuses. null for all.")]
    public IReadOnlyList<string>? Statuses { get; init; }

    [Description("Only runs of these workflows. null for all.")]
    public IReadOnlyList<string>? Workflows { get; init; }

    [Description("false stops deliveries; true goes on where they stopped, also after the receiver answered 410.")]
    public bool? Enabled { get; init; }

    private HashSet<string> Given { get; init; } = [];

    public static async ValueTask<ChangeWebhookBody?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var json = await RequestJson.ReadAsync(context);
        var fields = new WebhookFields(json, context);
        var body = new ChangeWebhookBody
        {
            Given = json is { ValueKind: JsonValueKind.Object } given ? [.. Members.Where(name => given.TryGetProperty(name, out _))] : [],
            Url = fields.Url(fields.All.Text("url", WebhookUrl.MaxLength)),
            Description = fields.All.Text("description", CreateWebhookBody.LongestText),
            Statuses = fields.Statuses(),
            Workflows = fields.Workflows(),
            Enabled = fields.Flag("enabled"),
        };
        if (body.Given.Contains("url") && json!.Value.GetProperty("url").ValueKind == JsonValueKind.Null) fields.All.Wrong("/url", "Must not be null.");
        if (body.Given.Count == 0) fields.All.Wrong("", $"Changes nothing. Send at least one of {string.Join(", ", Members)}.");
        fields.All.Done();
        return body;
    }

    internal WebhookRow Apply(WebhookRow row)
    {
        var changed = row with
        {
            Url = Url ?? row.Url,
            Description = Given.Contains("description") ? Storable.Text(Description, CreateWebhookBody.LongestText) : row.Description,
            Statuses = Given.Contains("statuses") ? WebhookTargets.Join(Statuses ?? []) : row.Statuses,
            Workflows = Given.Contains("workflows") ? WebhookTargets.Join(Workflows ?? []) : row.Workflows,
        };
        return !Given.Contains("enabled") ? changed : changed with { Enabled = Enabled == false ? 0 : 1, Reason = Enabled == false ? "operator" : null };
    }
}

/// <summary>A new secret for an endpoint.</summary>
public sealed record RotateWebhookBody : IBindableFromHttpContext<RotateWebhookBody>
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    [Description("A secret of the receiver's own, whsec_ and the base64 of 24 to 64 bytes. Absent: the gateway makes one.")]
    public string? Secret { get; init; }

    [Description("For how long the old secret signs too, such as 1h; 0s for not at all, 30d at most. Default: 24h. Two sign at most: a rotation ends the overlap of the one before.")]
    public string? Overlap { get; init; }

    internal JsonElement? Json { get; init; }

    internal TimeSpan OverlapSpan => Overlap switch { null => TimeSpan.FromHours(24), "0s" => TimeSpan.Zero, _ => Durations.Parse(Overlap) };

    public static async ValueTask<RotateWebhookBody?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var json = await RequestJson.ReadAsync(context);
        var fields = new WebhookFields(json, context);
        var body = new RotateWebhookBody { Json = json, Secret = fields.Secret(), Overlap = fields.All.Text("overlap", 20) };
        if (body.Overlap is { } text and not "0s" && (!Durations.TryParse(text, out var span) || span > Longest)) fields.All.Wrong("/overlap", "Must be a duration of 30d at most: 0s, 30m, 24h or 7d.");
        fields.All.Done();
        return body;
    }
}

/// <summary>From where an endpoint is to be told again.</summary>
public sealed record ReplayWebhookBody : IBindableFromHttpContext<ReplayWebhookBody>
{
    [Description("The cursor (an event's id, as text): everything after it that the endpoint wants is delivered again, dead letters included.")]
    public required string After { get; init; }

    internal long Cursor { get; init; }

    public static async ValueTask<ReplayWebhookBody?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var fields = new WebhookFields(await RequestJson.ReadAsync(context), context);
        var after = fields.Cursor("after", required: true);
        fields.All.Done();
        return new ReplayWebhookBody { After = $"{after}", Cursor = after!.Value };
    }
}
