using System.ComponentModel;
using System.Reflection;
using System.Text;
using System.Text.Json;
using WorkflowGateway.Api;

namespace WorkflowGateway.Plans;

/// <summary>A configuration that somebody thinks of.</summary>
public sealed record PlanBody : IBindableFromHttpContext<PlanBody>
{
    internal const double MostHours = 24 * 366;
    private const int MostWorkflows = 100;

    [Description("The new configuration: what gateway.json would hold, as an object, or as its text, which may have comments. It is judged and forgotten; no environment variable and no file that it names is read.")]
    public required JsonElement Configuration { get; init; }

    [Description("How many hours of recorded starts to replay, above 0 and up to 8784; the newest 10,000 of them at most. Default: 24.")]
    public double? Hours { get; init; }

    [Description("Only these workflows, 100 at most. Absent for all.")]
    public IReadOnlyList<string>? Workflows { get; init; }

    /// <summary>The file that the configuration would be.</summary>
    internal byte[] File => Encoding.UTF8.GetBytes(Configuration.ValueKind == JsonValueKind.String ? Configuration.GetString()! : Configuration.GetRawText());

    internal TimeSpan Window => TimeSpan.FromHours(Hours ?? 24);

    public static async ValueTask<PlanBody?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var fields = new Fields(await RequestJson.ReadAsync(context));
        var body = new PlanBody { Configuration = ConfigurationOf(fields), Hours = HoursOf(fields), Workflows = WorkflowsOf(fields) };
        fields.Done();
        return body;
    }

    private static JsonElement ConfigurationOf(Fields fields)
    {
        var given = fields.Any("configuration");
        if (given is not { ValueKind: JsonValueKind.Object or JsonValueKind.String })
            fields.Wrong("/configuration", "Is required: the content of the new gateway.json, as an object or as a text.");
        return given ?? default;
    }

    private static double? HoursOf(Fields fields)
    {
        if (fields.Any("hours") is not { } given) return null;
        if (given.ValueKind == JsonValueKind.Number && given.TryGetDouble(out var hours) && hours is > 0 and <= MostHours) return hours;
        fields.Wrong("/hours", "Must be a number above 0 and up to 8784.");
        return null;
    }

    private static List<string>? WorkflowsOf(Fields fields)
    {
        if (fields.Any("workflows") is not { } given) return null;
        if (given.ValueKind == JsonValueKind.Array && given.GetArrayLength() is > 0 and <= MostWorkflows && given.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
            return [.. given.EnumerateArray().Select(item => item.GetString()!)];
        fields.Wrong("/workflows", $"Must be a list of 1 to {MostWorkflows} names of workflows.");
        return null;
    }
}
