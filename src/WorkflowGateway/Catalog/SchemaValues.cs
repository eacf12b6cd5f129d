using System.Globalization;
using System.Net.Mail;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace WorkflowGateway.Catalog;

/// <summary>Single values against a schema.</summary>
internal static class SchemaValues
{
    public static bool Is(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && IsWhole(value),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => value.ValueKind == JsonValueKind.Null,
    };

    public static string Article(IReadOnlyList<string> types) => string.Join(" or ", types.Select(type => type switch
    {
        "object" => "an object",
        "array" => "a list",
        "string" => "a text",
        "integer" => "a whole number",
        "boolean" => "true or false",
        "null" => "null",
        _ => "a number",
    }));

    /// <summary>How a value of the wrong type becomes one of the right type, where that is plain.</summary>
    public static string? Mend(SchemaNode schema, JsonElement value)
    {
        var types = schema.Types ?? [];
        var quoted = value.ValueKind == JsonValueKind.String;
        if (types.Contains("string") && !quoted && value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
            return schema.Pattern?.ToString() == Durations.Pattern ? " " + Durations.Hint : " Put it into double quotes.";
        if (quoted && TextOf(value) is { } text && types.Any(type => type is "boolean" ? text is "true" or "false" : type is "number" or "integer" && decimal.TryParse(text, CultureInfo.InvariantCulture, out _)))
            return " Write it without quotes.";
        if (types.Contains("array")) return " Put it into [ and ].";
        var members = schema.Required.Count > 0 ? schema.Required : [.. schema.Properties.Keys];
        return types.Contains("object") && members.Count > 0 ? $" It has the members {string.Join(", ", members)}." : null;
    }

    // 1.0 and 1 are equal, as numbers are to JSON Schema.
    public static bool Equal(JsonElement a, JsonElement b) =>
        a.ValueKind == JsonValueKind.Number && b.ValueKind == JsonValueKind.Number ? Number(a) == Number(b) : JsonElement.DeepEquals(a, b);

    public static bool HasTwins(JsonElement list)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return list.EnumerateArray().Any(item => !seen.Add(CanonicalJson.Text(item)));
    }

    public static IEnumerable<string> CheckText(SchemaNode schema, JsonElement value)
    {
        if (TextOf(value) is not { } text)
        {
            yield return "This text holds half a surrogate pair and cannot be stored.";
            yield break;
        }

        if (schema.MinLength is not null || schema.MaxLength is not null)
        {
            var length = text.EnumerateRunes().Count();
            if (length < schema.MinLength) yield return $"This must have at least {schema.MinLength} {(schema.MinLength == 1 ? "character" : "characters")}.";
            if (length > schema.MaxLength) yield return $"This may have at most {schema.MaxLength} {(schema.MaxLength == 1 ? "character" : "characters")}.";
        }

        if (schema.Pattern is { } pattern && !Matches(pattern, text))
            yield return pattern.ToString() == Durations.Pattern ? $"This is no duration. {Durations.Hint}" : $"This must match {pattern}.";
        if (schema.Format is { } format && !HasFormat(text, format)) yield return $"This must be a text of the format {format}.";
    }

    public static IEnumerable<string> CheckNumber(SchemaNode schema, JsonElement value)
    {
        var number = Number(value);
        if (number < (double?)schema.Minimum) yield return $"This must be at least {Text(schema.Minimum)}.";
        if (number > (double?)schema.Maximum) yield return $"This may be at most {Text(schema.Maximum)}.";
        if (number <= (double?)schema.ExclusiveMinimum) yield return $"This must be greater than {Text(schema.ExclusiveMinimum)}.";
        if (number >= (double?)schema.ExclusiveMaximum) yield return $"This must be less than {Text(schema.ExclusiveMaximum)}.";
        if (schema.MultipleOf is { } step && !(value.TryGetDecimal(out var exact) && exact % step == 0)) yield return $"This must be a multiple of {Text(step)}.";
    }

    private static double Number(JsonElement value) => value.TryGetDouble(out var number) ? number : double.MaxValue;

    private static bool IsWhole(JsonElement value) =>
        value.TryGetDecimal(out var exact) ? decimal.Truncate(exact) == exact : double.IsInteger(Number(value));

    private static string Text(decimal? number) => number!.Value.ToString(CultureInfo.InvariantCulture);

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static bool HasFormat(string text, string format) => format switch
    {
        "date-time" => text.Contains('T', StringComparison.OrdinalIgnoreCase)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "email" => MailAddress.TryCreate(text, out var address) && address.Address == text,
        _ => Uri.TryCreate(text, UriKind.Absolute, out var uri) && Uri.IsWellFormedUriString(text, UriKind.Absolute) && uri.Scheme.Length > 0,
    };
}
