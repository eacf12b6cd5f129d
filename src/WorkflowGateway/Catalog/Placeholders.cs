using System.Buffers;
using System.Text.Json;

namespace WorkflowGateway.Catalog;

/// <summary>Whole texts of a route that a start fills: <c>${input.a.b}</c>. <c>$${</c> stands for the text <c>${</c>.</summary>
internal static class Placeholders
{
    private const string Start = "${";
    private const string Escape = "$${";
    private const string Hint = "Write ${input}, ${input.a.b}, ${labels.name}, ${subject}, ${correlationId} or ${runId}; $${ stands for the text itself.";
    private static readonly string[] Words = ["input", "labels", "subject", "correlationId", "runId"];

    /// <summary>The placeholders in a value: where, and what stands between the braces.</summary>
    public static IEnumerable<(string Pointer, string Name)> In(JsonElement template, string pointer = "") => Texts(template, pointer)
        .Where(text => IsPlaceholder(text.Value))
        .Select(text => (text.Pointer, text.Value[2..^1]));

    public static IEnumerable<ConfigurationProblem> Check(JsonElement template, string pointer)
    {
        foreach (var (at, text) in Texts(template, pointer))
        {
            if (IsPlaceholder(text))
            {
                if (Problem(text[2..^1]) is { } problem) yield return new(at, problem);
            }
            else if (text.Replace(Escape, "", StringComparison.Ordinal).Contains(Start, StringComparison.Ordinal))
            {
                yield return new(at, $"A placeholder must be the whole text. {Hint}");
            }
        }
    }

    /// <summary>The value with its placeholders filled. Those without a value leave out their member.</summary>
    public static JsonElement Fill(JsonElement template, PlanRequest request)
    {
        if (!Texts(template, "").Any(text => text.Value.Contains(Start, StringComparison.Ordinal))) return template;
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) Write(writer, template, request);
        var reader = new Utf8JsonReader(buffer.WrittenSpan, new JsonReaderOptions { MaxDepth = 128 });
        return JsonElement.ParseValue(ref reader);
    }

    /// <summary>The value of a placeholder, or null where the start has none.</summary>
    public static JsonElement? Value(string name, PlanRequest request)
    {
        if (name == "input") return request.Input;
        if (Below(name, "input") is { } path) return JsonPath.Find(request.Input, path);
        return name switch
        {
            "subject" => Text(request.Subject),
            "correlationId" => Text(request.CorrelationId),
            "runId" => Text(request.RunId),
            _ => Below(name, "labels") is { } label ? Text(request.Labels.GetValueOrDefault(label)) : null,
        };
    }

    /// <summary>Whether a text anywhere in a value begins like a placeholder.</summary>
    public static bool LooksLikeOne(JsonElement value) => Texts(value, "").Any(text => text.Value.StartsWith(Start, StringComparison.Ordinal));

    private static string? Problem(string name)
    {
        if (name is "input" or "subject" or "correlationId" or "runId") return null;
        if ((Below(name, "input") ?? Below(name, "labels")) is { } path && path.Split('.').All(step => step.Length > 0)) return null;
        var word = name.Split('.', ':')[0];
        if (word is "env" or "file" or "sandbox") return $"${{{word}:…}} stands only in connections. {Hint}";
        return Suggestion.Nearest(word, Words) is { } near && near != word ? $"Unknown placeholder '{word}'. Did you mean '{near}'?" : $"Unknown placeholder. {Hint}";
    }

    private static void Write(Utf8JsonWriter writer, JsonElement template, PlanRequest request)
    {
        switch (template.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in template.EnumerateObject().Where(member => IsThere(member.Value, request)))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value, request);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in template.EnumerateArray().Where(item => IsThere(item, request))) Write(writer, item, request);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String when template.GetString() is { } text && IsPlaceholder(text):
                Value(text[2..^1], request)!.Value.WriteTo(writer);
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(template.GetString()!.Replace(Escape, Start, StringComparison.Ordinal));
                break;
            default:
                template.WriteTo(writer);
                break;
        }
    }

    private static bool IsThere(JsonElement template, PlanRequest request) =>
        template.ValueKind != JsonValueKind.String || template.GetString() is not { } text || !IsPlaceholder(text) || Value(text[2..^1], request) is not null;

    private static bool IsPlaceholder(string text) =>
        text.StartsWith(Start, StringComparison.Ordinal) && text.IndexOf('}', StringComparison.Ordinal) == text.Length - 1;

    private static string? Below(string name, string word) =>
        name.StartsWith(word + ".", StringComparison.Ordinal) ? name[(word.Length + 1)..] : null;

    private static JsonElement? Text(string? text) => text is null ? null : JsonSerializer.SerializeToElement(text);

    private static IEnumerable<(string Pointer, string Value)> Texts(JsonElement value, string pointer) => value.ValueKind switch
    {
        JsonValueKind.String => [(pointer, value.GetString()!)],
        JsonValueKind.Array => value.EnumerateArray().SelectMany((item, index) => Texts(item, $"{pointer}/{index}")),
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Texts(member.Value, JsonPointer.Below(pointer, member.Name))),
        _ => [],
    };
}
