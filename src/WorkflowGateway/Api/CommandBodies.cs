using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>An answer to a pending interaction.</summary>
public sealed record RespondBody : IBindableFromHttpContext<RespondBody>
{
    [Description("The id of the pending interaction, as the run shows it; 1 to 255 characters.")]
    public required string InteractionId { get; init; }

    [Description("The type of one of the interaction's responses; 1 to 255 characters.")]
    public required string Type { get; init; }

    [Description("What goes with the answer; may be absent.")]
    public JsonElement? Data { get; init; }

    internal JsonElement? Json { get; init; }

    public static async ValueTask<RespondBody?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        Of(await RequestJson.ReadAsync(context));

    internal static RespondBody Of(JsonElement? json)
    {
        var fields = new Fields(json);
        var body = new RespondBody
        {
            Json = json,
            InteractionId = fields.RequiredText("interactionId", 255),
            Type = fields.RequiredText("type", 255),
            Data = fields.Any("data"),
        };
        fields.Done();
        return body;
    }
}

/// <summary>Input that the run did not ask for.</summary>
public sealed record DataBody : IBindableFromHttpContext<DataBody>
{
    [Description("A JSON object. At Interactly with the parts dynamicVariables, runtimeVariables, miscellaneous and threadToNodeInputs.")]
    public required JsonElement Data { get; init; }

    internal JsonElement? Json { get; init; }

    public static async ValueTask<DataBody?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var json = await RequestJson.ReadAsync(context);
        var fields = new Fields(json);
        var data = fields.Object("data", required: true);
        fields.Done();
        return new DataBody { Json = json, Data = data!.Value };
    }
}

/// <summary>What goes with a resume; the body may be absent.</summary>
public sealed record ResumeBody : IBindableFromHttpContext<ResumeBody>
{
    [Description("A JSON object that the run gets to go on with; may be absent.")]
    public JsonElement? Data { get; init; }

    internal JsonElement? Json { get; init; }

    public static async ValueTask<ResumeBody?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var json = await RequestJson.ReadAsync(context);
        var fields = new Fields(json);
        var data = fields.Object("data");
        fields.Done();
        return new ResumeBody { Json = json, Data = data };
    }
}

/// <summary>Nothing, or an empty object.</summary>
public sealed record EmptyBody : IBindableFromHttpContext<EmptyBody>
{
    internal JsonElement? Json { get; init; }

    public static async ValueTask<EmptyBody?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var json = await RequestJson.ReadAsync(context);
        new Fields(json).Done();
        return new EmptyBody { Json = json };
    }
}

/// <summary>An operator's verdict: exactly one member.</summary>
public sealed record ResolveBody : IBindableFromHttpContext<ResolveBody>
{
    private const int MaxReason = 1000;

    [Description("The vendor's id of the run: it was started, and this is it. 255 characters at most.")]
    public string? Bind { get; init; }

    [Description("Why it is certain that the vendor never started it; 1000 characters at most.")]
    public string? NotStarted { get; init; }

    [Description("Why nobody will find out any more; 1000 characters at most.")]
    public string? Abandon { get; init; }

    internal JsonElement? Json { get; init; }

    internal Resolution Resolution => new(Bind, NotStarted, Abandon);

    public static async ValueTask<ResolveBody?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        Of(await RequestJson.ReadAsync(context));

    internal static ResolveBody Of(JsonElement? json)
    {
        var fields = new Fields(json);
        var body = new ResolveBody
        {
            Json = json,
            Bind = fields.Text("bind", 255),
            NotStarted = fields.Text("notStarted", MaxReason),
            Abandon = fields.Text("abandon", MaxReason),
        };
        var given = new[] { body.Bind, body.NotStarted, body.Abandon }.Count(member => member is not null);
        if (given != 1) fields.Wrong("", $"Has {given} of the members bind, notStarted and abandon; send exactly one.");
        fields.Done();
        return body;
    }
}
