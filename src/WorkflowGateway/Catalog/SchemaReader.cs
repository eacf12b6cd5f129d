using System.Text.Json;
using System.Text.RegularExpressions;

namespace WorkflowGateway.Catalog;

/// <summary>Reads a JSON Schema and says everything in it that would not be honoured.</summary>
internal static class SchemaReader
{
    private static readonly TimeSpan PatternTime = TimeSpan.FromMilliseconds(100);

    public static SchemaNode Read(JsonElement schema, string pointer, List<ConfigurationProblem> problems)
    {
        if (schema.ValueKind == JsonValueKind.True) return SchemaNode.Anything;
        if (schema.ValueKind == JsonValueKind.False) return SchemaNode.Nothing;
        if (schema.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new(pointer, "A schema is an object, true or false."));
            return SchemaNode.Anything;
        }

        return schema.EnumerateObject().Aggregate(
            SchemaNode.Anything, (node, member) => With(node, member.Name, member.Value, JsonPointer.Below(pointer, member.Name), problems));
    }

    private static SchemaNode With(SchemaNode node, string keyword, JsonElement value, string at, List<ConfigurationProblem> problems)
    {
        if (SchemaKeywords.Notes.Contains(keyword)) return keyword == "description" && value.ValueKind == JsonValueKind.String ? node with { Description = value.GetString() } : node;
        if (SchemaKeywords.Counts.Contains(keyword)) return WithCount(node, keyword, value, at, problems);
        if (SchemaKeywords.Numbers.Contains(keyword)) return WithNumber(node, keyword, value, at, problems);
        switch (keyword)
        {
            case "type":
                return node with { Types = Types(value, at, problems) };
            case "enum" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0:
                return node with { Enum = [.. value.EnumerateArray()] };
            case "const":
                return node with { Enum = [value] };
            case "properties" when value.ValueKind == JsonValueKind.Object:
                return node with
                {
                    Properties = value.EnumerateObject().DistinctBy(member => member.Name).ToDictionary(
                        member => member.Name, member => Read(member.Value, JsonPointer.Below(at, member.Name), problems), StringComparer.Ordinal),
                };
            case "required" when IsListOfTexts(value):
                return node with { Required = [.. value.EnumerateArray().Select(name => name.GetString()!)] };
            case "additionalProperties":
                return node with { AdditionalProperties = Read(value, at, problems) };
            case "items" when value.ValueKind != JsonValueKind.Array:
                return node with { Items = Read(value, at, problems) };
            case "not":
                return node with { Not = Read(value, at, problems) };
            case "uniqueItems" when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                return node with { UniqueItems = value.GetBoolean() };
            case "pattern" when value.ValueKind == JsonValueKind.String:
                return node with { Pattern = Pattern(value.GetString()!, at, problems) };
            case "format" when value.ValueKind == JsonValueKind.String && SchemaKeywords.Formats.Contains(value.GetString()!):
                return node with { Format = value.GetString() };
            case "allOf" when IsFullList(value):
                return node with { AllOf = List(value, at, problems) };
            case "anyOf" when IsFullList(value):
                return node with { AnyOf = List(value, at, problems) };
            case "oneOf" when IsFullList(value):
                return node with { OneOf = List(value, at, problems) };
            default:
                problems.Add(new(at, Refusal(keyword, value)));
                return node;
        }
    }

    private static string Refusal(string keyword, JsonElement value) => keyword switch
    {
        "format" when value.ValueKind == JsonValueKind.String => $"This format is not checked here. {Suggestion.For(value.GetString()!, SchemaKeywords.Formats)}",
        "enum" or "allOf" or "anyOf" or "oneOf" => $"'{keyword}' must be a list with at least one item.",
        "items" => "'items' must be one schema; a list of schemas is not supported.",
        "required" => "'required' must be a list of member names.",
        _ when SchemaKeywords.All.Contains(keyword) => $"'{keyword}' has a value of the wrong kind.",
        _ => $"The keyword '{keyword}' is not supported. {Suggestion.For(keyword, SchemaKeywords.All.Except(SchemaKeywords.Notes))}",
    };

    private static SchemaNode WithCount(SchemaNode node, string keyword, JsonElement value, string at, List<ConfigurationProblem> problems)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var count) || count < 0)
        {
            problems.Add(new(at, $"'{keyword}' must be a whole number from 0 up."));
            return node;
        }

        return keyword switch
        {
            "minProperties" => node with { MinProperties = count },
            "maxProperties" => node with { MaxProperties = count },
            "minItems" => node with { MinItems = count },
            "maxItems" => node with { MaxItems = count },
            "minLength" => node with { MinLength = count },
            _ => node with { MaxLength = count },
        };
    }

    private static SchemaNode WithNumber(SchemaNode node, string keyword, JsonElement value, string at, List<ConfigurationProblem> problems)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var number) || (keyword == "multipleOf" && number <= 0))
        {
            problems.Add(new(at, keyword == "multipleOf" ? "'multipleOf' must be a number greater than 0." : $"'{keyword}' must be a number."));
            return node;
        }

        return keyword switch
        {
            "minimum" => node with { Minimum = number },
            "maximum" => node with { Maximum = number },
            "exclusiveMinimum" => node with { ExclusiveMinimum = number },
            "exclusiveMaximum" => node with { ExclusiveMaximum = number },
            _ => node with { MultipleOf = number },
        };
    }

    private static List<string>? Types(JsonElement value, string at, List<ConfigurationProblem> problems)
    {
        if (value.ValueKind != JsonValueKind.String && !(IsListOfTexts(value) && value.GetArrayLength() > 0))
        {
            problems.Add(new(at, "'type' must be a word or a list of words."));
            return null;
        }

        List<string> types = value.ValueKind == JsonValueKind.String ? [value.GetString()!] : [.. value.EnumerateArray().Select(type => type.GetString()!)];
        foreach (var type in types.Where(type => !SchemaKeywords.Types.Contains(type)))
            problems.Add(new(at, $"'{type}' is no JSON type. {Suggestion.For(type, SchemaKeywords.Types)}"));
        return types;
    }

    private static Regex? Pattern(string pattern, string at, List<ConfigurationProblem> problems)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            // Look-arounds and back references need the engine that can take for ever.
            return new Regex(pattern, RegexOptions.CultureInvariant, PatternTime);
        }
        catch (ArgumentException)
        {
            problems.Add(new(at, "This is no regular expression."));
            return null;
        }
    }

    private static List<SchemaNode> List(JsonElement value, string at, List<ConfigurationProblem> problems) =>
        [.. value.EnumerateArray().Select((item, index) => Read(item, $"{at}/{index}", problems))];

    private static bool IsFullList(JsonElement value) => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0;

    private static bool IsListOfTexts(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String);
}
