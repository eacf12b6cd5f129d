using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Api;

/// <summary>The body of a start. It names a workflow, never a vendor.</summary>
public sealed partial record StartBody : IBindableFromHttpContext<StartBody>
{
    private const int MaxLabels = 32;

    [Description("The workflow's name, as GET /v1/workflows lists it; 1 to 255 characters.")]
    public required string Workflow { get; init; }

    [Description("What the workflow works on; checked against its inputSchema.")]
    public JsonElement? Input { get; init; }

    [Description("Up to 32 labels to find the run by. Keys: 1 to 63 of a-z, 0-9, '.', '_', '-'; values up to 255 characters.")]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    [Description("The caller's own id for what this run belongs to; 255 characters at most.")]
    public string? CorrelationId { get; init; }

    [Description("The end user on whose behalf the run acts; 255 characters at most.")]
    public string? Subject { get; init; }

    [Description("Takes only routes over this connection. Needs the role operator.")]
    public string? Connection { get; init; }

    internal JsonElement? Json { get; init; }

    public static async ValueTask<StartBody?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        Of(await RequestJson.ReadAsync(context));

    internal static StartBody Of(JsonElement? json)
    {
        var fields = new Fields(json);
        var body = Of(fields) with { Json = json };
        fields.Done();
        return body;
    }

    /// <summary>The members of a start; there may be others.</summary>
    internal static StartBody Of(Fields fields) => new()
    {
        Workflow = fields.RequiredText("workflow", 255),
        Input = fields.Any("input"),
        Labels = LabelsOf(fields),
        CorrelationId = fields.Text("correlationId", 255),
        Subject = fields.Text("subject", 255),
        Connection = fields.Text("connection", 255),
    };

    private static Dictionary<string, string>? LabelsOf(Fields fields)
    {
        if (fields.Object("labels") is not { } json) return null;
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var label in json.EnumerateObject())
        {
            var pointer = JsonPointer.Below("/labels", label.Name);
            if (!IsLabelKey(label.Name)) fields.Wrong(pointer, "A label's key has 1 to 63 characters of a-z, 0-9, '.', '_' and '-'.");
            if (label.Value.ValueKind == JsonValueKind.String) labels[label.Name] = fields.Checked(pointer, label.Value.GetString()!, 255);
            else fields.Wrong(pointer, $"Must be a string, not {Fields.KindOf(label.Value)}.");
        }

        if (labels.Count > MaxLabels) fields.Wrong("/labels", $"Has {labels.Count} labels; at most {MaxLabels} are allowed.");
        return labels;
    }

    internal static bool IsLabelKey(string key) => LabelKey().IsMatch(key);

    [GeneratedRegex(@"\A[a-z0-9._-]{1,63}\z", RegexOptions.NonBacktracking)]
    private static partial Regex LabelKey();
}
