using System.Text.Json;

namespace WorkflowGateway.Catalog;

/// <summary>A route's <c>when</c>. Two with the same content in another order are the same.</summary>
internal sealed record RouteCondition
{
    public static readonly RouteCondition Always = new() { Tests = [], Key = "{}" };

    public required IReadOnlyList<RouteTest> Tests { get; init; }

    /// <summary>Equal for routes that form a weight group.</summary>
    public required string Key { get; init; }

    /// <summary>The first test that does not hold, or null.</summary>
    public RouteTest? FirstMiss(PlanRequest request) => Tests.FirstOrDefault(test => !test.Holds(request));

    public static RouteCondition Of(JsonElement when) => new()
    {
        Tests = [.. when.EnumerateObject().Select(member => new RouteTest(member.Name, Values(member.Value)))],
        Key = CanonicalJson.Text(when),
    };

    private static JsonElement[] Values(JsonElement value) => value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
}

/// <summary>One member of a <c>when</c>.</summary>
/// <param name="Subject"><c>tenant</c>, <c>labels.&lt;k&gt;</c> or <c>input.&lt;a.b&gt;</c>.</param>
/// <param name="Allowed">Any of these will do.</param>
internal sealed record RouteTest(string Subject, IReadOnlyList<JsonElement> Allowed)
{
    private const string Labels = "labels.";
    private const string Input = "input.";

    public bool Holds(PlanRequest request)
    {
        if (Subject.StartsWith(Input, StringComparison.Ordinal))
            return JsonPath.Find(request.Input, Subject[Input.Length..]) is { } value && Allowed.Any(allowed => JsonElement.DeepEquals(allowed, value));
        var text = Subject == "tenant" ? request.Tenant : request.Labels.GetValueOrDefault(Subject[Labels.Length..]);
        return text is not null && Allowed.Any(allowed => allowed.ValueKind == JsonValueKind.String && allowed.ValueEquals(text));
    }

    public static bool IsKnown(string subject) =>
        subject == "tenant" || Names(subject, Labels) || Names(subject, Input);

    /// <summary>What may have been meant: a misspelt first word, or null.</summary>
    public static string? Nearest(string subject)
    {
        var first = subject.Split('.')[0];
        return Suggestion.Nearest(first, ["tenant", "labels", "input"]) is { } near && near != first && IsKnown(near + subject[first.Length..]) ? near + subject[first.Length..] : null;
    }

    private static bool Names(string subject, string prefix) => subject.StartsWith(prefix, StringComparison.Ordinal) && subject.Length > prefix.Length;
}
