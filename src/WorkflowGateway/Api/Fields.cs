using System.Text.Json;
using WorkflowGateway.Catalog;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>Reads the members of a body by name and gathers everything that is wrong with them.</summary>
internal sealed class Fields
{
    private readonly Dictionary<string, JsonElement> _left = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];
    private readonly List<FieldError> _errors = [];

    public Fields(JsonElement? body)
    {
        if (body is not { } json) return;
        if (json.ValueKind == JsonValueKind.Object) foreach (var member in json.EnumerateObject()) _left.Add(member.Name, member.Value);
        else Wrong("", $"The body is {KindOf(json)}; send a JSON object.");
    }

    public void Wrong(string pointer, string detail) => _errors.Add(new FieldError(pointer, detail));

    /// <summary>Any value; null where absent or JSON null.</summary>
    public JsonElement? Any(string name)
    {
        _known.Add(name);
        return _left.Remove(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public JsonElement? Object(string name, bool required = false)
    {
        var value = Any(name);
        if (value is { ValueKind: not JsonValueKind.Object } other) Wrong("/" + name, $"Must be an object, not {KindOf(other)}.");
        if (value is null && required) Wrong("/" + name, "Is required: a JSON object.");
        return value is { ValueKind: JsonValueKind.Object } ? value : null;
    }

    public string? Text(string name, int longest)
    {
        if (Any(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String) return Checked("/" + name, value.GetString()!, longest);
        Wrong("/" + name, $"Must be a string, not {KindOf(value)}.");
        return null;
    }

    public string RequiredText(string name, int longest)
    {
        var errors = _errors.Count;
        var text = Text(name, longest);
        if (text is null && errors == _errors.Count) Wrong("/" + name, "Is required: a string.");
        return text ?? "";
    }

    /// <summary>Refuses the request if anything was wrong, members that nobody asked for included.</summary>
    public void Done()
    {
        foreach (var name in _left.Keys) Wrong(JsonPointer.Below("", name), $"Is not a member here. {Suggestion.For(name, _known)}");
        if (_errors.Count > 0) throw Refusal(_errors);
    }

    public string Checked(string pointer, string text, int longest)
    {
        if (text.Length == 0) Wrong(pointer, "Must not be empty.");
        else if (text.Length > longest) Wrong(pointer, $"Has {text.Length} characters; at most {longest} are allowed.");
        else if (text.Any(char.IsControl)) Wrong(pointer, "Has control characters; only printable ones are allowed.");
        return text;
    }

    public static RefusedException Refusal(IReadOnlyList<FieldError> errors) =>
        new("validation-failed", string.Join(" ", errors.Take(5).Select(error => $"{(error.Pointer.Length == 0 ? "body" : error.Pointer)}: {error.Detail}")))
        {
            Errors = errors,
        };

    public static RefusedException Refusal(string pointer, string detail) => Refusal([new FieldError(pointer, detail)]);

    public static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };
}
