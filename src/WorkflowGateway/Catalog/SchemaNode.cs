using System.Text.Json;
using System.Text.RegularExpressions;

namespace WorkflowGateway.Catalog;

/// <summary>A JSON Schema, read and ready to check values. Only the keywords of <see cref="SchemaKeywords"/>.</summary>
/// <remarks>
/// Own code because the one library that restores here (NJsonSchema 10.7.2) throws on integers beyond 64 bits, calls 3.0 no integer, counts
/// UTF-16 units as characters and joins member names with dots, so that a pointer cannot be given.
/// </remarks>
internal sealed record SchemaNode
{
    // Many more than anybody reads; what is left is not looked at.
    private const int MostProblems = 1000;

    public static readonly SchemaNode Anything = new();
    public static readonly SchemaNode Nothing = new() { Never = true };

    public bool Never { get; init; }
    public IReadOnlyList<string>? Types { get; init; }
    public IReadOnlyList<JsonElement>? Enum { get; init; }
    public IReadOnlyDictionary<string, SchemaNode> Properties { get; init; } = new Dictionary<string, SchemaNode>();
    public IReadOnlyList<string> Required { get; init; } = [];
    public SchemaNode? AdditionalProperties { get; init; }
    public SchemaNode? Items { get; init; }
    public bool UniqueItems { get; init; }
    public int? MinItems { get; init; }
    public int? MaxItems { get; init; }
    public int? MinProperties { get; init; }
    public int? MaxProperties { get; init; }
    public int? MinLength { get; init; }
    public int? MaxLength { get; init; }
    public Regex? Pattern { get; init; }
    public string? Format { get; init; }
    public string? Description { get; init; }
    public decimal? Minimum { get; init; }
    public decimal? Maximum { get; init; }
    public decimal? ExclusiveMinimum { get; init; }
    public decimal? ExclusiveMaximum { get; init; }
    public decimal? MultipleOf { get; init; }
    public IReadOnlyList<SchemaNode> AllOf { get; init; } = [];
    public IReadOnlyList<SchemaNode> AnyOf { get; init; } = [];
    public IReadOnlyList<SchemaNode> OneOf { get; init; } = [];
    public SchemaNode? Not { get; init; }

    /// <summary>What is wrong with a value, with pointers below <paramref name="pointer"/>. Values are not repeated: they may be secret.</summary>
    public IReadOnlyList<ConfigurationProblem> Check(JsonElement value, string pointer)
    {
        var problems = new List<ConfigurationProblem>();
        Check(value, pointer, problems);
        return problems;
    }

    private void Check(JsonElement value, string pointer, List<ConfigurationProblem> problems)
    {
        if (problems.Count >= MostProblems) return;
        if (Never) problems.Add(new(pointer, "Nothing may stand here."));
        if (Types is not null && !Types.Any(type => SchemaValues.Is(value, type)))
        {
            // What the other keywords would say follows from the wrong type.
            problems.Add(new(pointer, $"This must be {SchemaValues.Article(Types)}.{SchemaValues.Mend(this, value)}"));
            return;
        }

        if (Enum is not null && !Enum.Any(allowed => SchemaValues.Equal(allowed, value))) problems.Add(new(pointer, NotInEnum(value)));
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                CheckObject(value, pointer, problems);
                break;
            case JsonValueKind.Array:
                CheckArray(value, pointer, problems);
                break;
            case JsonValueKind.String:
                foreach (var message in SchemaValues.CheckText(this, value)) problems.Add(new(pointer, message));
                break;
            case JsonValueKind.Number:
                foreach (var message in SchemaValues.CheckNumber(this, value)) problems.Add(new(pointer, message));
                break;
        }

        foreach (var part in AllOf) part.Check(value, pointer, problems);
        CheckForms(value, pointer, problems);
    }

    private void CheckObject(JsonElement value, string pointer, List<ConfigurationProblem> problems)
    {
        var count = 0;
        foreach (var member in value.EnumerateObject())
        {
            count++;
            if (problems.Count >= MostProblems) continue;
            var below = JsonPointer.Below(pointer, member.Name);
            if (Properties.TryGetValue(member.Name, out var property)) property.Check(member.Value, below, problems);
            else if (AdditionalProperties is { Never: true })
                problems.Add(new(below, $"Unknown member '{member.Name}'. {Suggestion.For(member.Name, Properties.Keys)}"));
            else AdditionalProperties?.Check(member.Value, below, problems);
        }

        foreach (var name in Required)
        {
            if (!value.TryGetProperty(name, out _)) problems.Add(new(JsonPointer.Below(pointer, name), $"The member '{name}' is missing.{Properties.GetValueOrDefault(name)?.Hint}"));
        }

        if (count < MinProperties) problems.Add(new(pointer, $"At least {MinProperties} members must stand here."));
        if (count > MaxProperties) problems.Add(new(pointer, $"At most {MaxProperties} members may stand here."));
    }

    private string? Hint => Description is { Length: > 0 } text ? $" Add it: {char.ToLowerInvariant(text[0])}{text[1..].Split(". ")[0].TrimEnd('.')}." : null;

    private void CheckArray(JsonElement value, string pointer, List<ConfigurationProblem> problems)
    {
        var count = value.GetArrayLength();
        if (count < MinItems) problems.Add(new(pointer, $"At least {MinItems} {(MinItems == 1 ? "item" : "items")} must stand here."));
        if (count > MaxItems) problems.Add(new(pointer, $"At most {MaxItems} {(MaxItems == 1 ? "item" : "items")} may stand here."));
        if (UniqueItems && SchemaValues.HasTwins(value)) problems.Add(new(pointer, "No item may stand here twice."));
        if (Items is null) return;
        var index = 0;
        foreach (var item in value.EnumerateArray()) Items.Check(item, $"{pointer}/{index++}", problems);
    }

    private void CheckForms(JsonElement value, string pointer, List<ConfigurationProblem> problems)
    {
        foreach (var (forms, only) in new[] { (AnyOf, false), (OneOf, true) })
        {
            if (forms.Count == 0) continue;
            var results = forms.Select(form => form.Check(value, pointer)).ToList();
            var fitting = results.Count(result => result.Count == 0);
            // The nearest form says best what to mend.
            if (fitting == 0) problems.AddRange(results.MinBy(result => result.Sum(problem => problem.Pointer == pointer ? 10 : 1))!);
            else if (only && fitting > 1) problems.Add(new(pointer, "This fits more than one of the forms allowed here; it must fit exactly one."));
        }

        if (Not is not null && Not.Check(value, pointer).Count == 0) problems.Add(new(pointer, "This has a form that is not allowed here."));
    }

    private string NotInEnum(JsonElement value)
    {
        var known = Enum!.Select(allowed => allowed.ValueKind == JsonValueKind.String ? allowed.GetString()! : allowed.GetRawText()).ToList();
        var near = value.ValueKind == JsonValueKind.String ? Suggestion.Nearest(value.GetString()!, known) : null;
        return near is not null ? $"This word is not known here. Did you mean '{near}'?"
            : known.Count == 1 ? $"This must be '{known[0]}'." : $"This must be one of: {string.Join(", ", known)}.";
    }
}
