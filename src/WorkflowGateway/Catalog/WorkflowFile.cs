using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace WorkflowGateway.Catalog;

[Description("Something that callers start by name, whichever vendor does it.")]
internal sealed record WorkflowFile
{
    [Description("For people: what it does.")]
    public string? Description { get; init; }

    [Description("Operations that every route must serve.")]
    public IReadOnlyList<RunOperation?>? Requires { get; init; }

    [Description("JSON Schema of the input. " + SchemaKeywords.SupportedText)]
    public JsonElement? InputSchema { get; init; }

    [Description("An input, checked against inputSchema.")]
    public JsonElement? Example { get; init; }

    [Description("The tenants that may start it. Default: all.")]
    public IReadOnlyList<string>? Tenants { get; init; }

    [Description("false drops the input once it was sent. Default: true.")]
    public bool? StoreInput { get; init; }

    [Description("true refuses a start without Idempotency-Key. Default: false.")]
    public bool? RequireIdempotencyKey { get; init; }

    [Description("Who can do it. The first route that matches wins; routes with the same when share by weight.")]
    [MinLength(1)]
    public required IReadOnlyList<RouteFile>? Routes { get; init; }
}

internal sealed record RouteFile
{
    [Description("Its name, unique in the workflow.")]
    [MinLength(1)]
    public required string? Name { get; init; }

    [Description("The connection that serves it.")]
    public required string? Connection { get; init; }

    [Description("Only for starts like these. Members are tenant, labels.<name> and input.<a.b>; each a value or a list of values. Default: all.")]
    public Dictionary<string, JsonElement>? When { get; init; }

    [Description("Its share among routes with the same when. Default: 1.")]
    [Range(0d, 1_000_000d)]
    public double? Weight { get; init; }

    [Description("Routes of this workflow that stand in, in this order, where certainly nothing was started here: no byte was sent, or the vendor throttled before any work. Each must be able to take the start itself; one with weight 0 serves only so. Default: none.")]
    public IReadOnlyList<string?>? Fallback { get; init; }

    [Description("What the vendor is to run. Whole texts may be placeholders: ${input}, ${input.a.b}, ${labels.name}, ${subject}, ${correlationId}, ${runId}; $${ stands for ${ itself.")]
    public required JsonElement? Target { get; init; }

    [Description("What goes to the vendor as input, by the adapter's parts, with the placeholders of target. Default: the whole input in the adapter's main part.")]
    public Dictionary<string, JsonElement>? Input { get; init; }

    [Description("false takes the route out of use. Default: true.")]
    public bool? Enabled { get; init; }
}
