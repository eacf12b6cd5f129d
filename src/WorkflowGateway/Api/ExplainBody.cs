using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using WorkflowGateway.Access;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>A start to be explained: its body, and what else decides where it goes.</summary>
public sealed record ExplainBody : IBindableFromHttpContext<ExplainBody>
{
    [Description("The workflow's name, as GET /v1/workflows lists it; 1 to 255 characters.")]
    public required string Workflow { get; init; }

    [Description("What the workflow works on; checked against its inputSchema.")]
    public JsonElement? Input { get; init; }

    [Description("Labels, as a start has them.")]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    [Description("The caller's own id for what the run belongs to; 255 characters at most.")]
    public string? CorrelationId { get; init; }

    [Description("The end user on whose behalf the run acts; 255 characters at most.")]
    public string? Subject { get; init; }

    [Description("Takes only routes over this connection.")]
    public string? Connection { get; init; }

    [Description("The Idempotency-Key of the start: by it, weights draw. Without it one is drawn as for a start without key, each time anew.")]
    public string? IdempotencyKey { get; init; }

    [Description("The tenant of the caller whose start it is. Another than the key's own only for a key of tenant *.")]
    public string? Tenant { get; init; }

    internal StartBody Start => new() { Workflow = Workflow, Input = Input, Labels = Labels, CorrelationId = CorrelationId, Subject = Subject, Connection = Connection };

    public static async ValueTask<ExplainBody?> BindAsync(HttpContext context, ParameterInfo parameter) => Of(await RequestJson.ReadAsync(context));

    internal static ExplainBody Of(JsonElement? json)
    {
        var fields = new Fields(json);
        var start = StartBody.Of(fields);
        var body = new ExplainBody
        {
            Workflow = start.Workflow,
            Input = start.Input,
            Labels = start.Labels,
            CorrelationId = start.CorrelationId,
            Subject = start.Subject,
            Connection = start.Connection,
            IdempotencyKey = fields.Text("idempotencyKey", 255),
            Tenant = fields.Text("tenant", 255),
        };
        fields.Done();
        return body;
    }

    /// <summary>The caller whose start it would be.</summary>
    internal Caller As(Caller asking) =>
        Tenant is null || Tenant == asking.Tenant ? asking
        : asking.Tenant is null ? asking with { Tenant = Tenant }
        : throw new RefusedException("forbidden", "Only a key of tenant * may ask for another tenant; leave the member tenant out.");
}
