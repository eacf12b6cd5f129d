using System.Collections.Frozen;

namespace WorkflowGateway.Catalog;

/// <summary>What a schema may say. A keyword that were passed over silently would look like a check and be none.</summary>
internal static class SchemaKeywords
{
    public const string SupportedText =
        "Keywords: type, enum, const, properties, required, additionalProperties, minProperties, maxProperties, items, minItems, maxItems, "
        + "uniqueItems, minLength, maxLength, pattern, format (date-time, date, uuid, email, uri), minimum, maximum, exclusiveMinimum, "
        + "exclusiveMaximum, multipleOf, allOf, anyOf, oneOf, not, title, description, default, examples. Any other is an error.";

    public static readonly FrozenSet<string> Types = FrozenSet.Create("object", "array", "string", "number", "integer", "boolean", "null");
    public static readonly FrozenSet<string> Formats = FrozenSet.Create("date-time", "date", "uuid", "email", "uri");
    public static readonly FrozenSet<string> Counts =
        FrozenSet.Create("minProperties", "maxProperties", "minItems", "maxItems", "minLength", "maxLength");
    public static readonly FrozenSet<string> Numbers =
        FrozenSet.Create("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");
    public static readonly FrozenSet<string> Lists = FrozenSet.Create("allOf", "anyOf", "oneOf");
    public static readonly FrozenSet<string> Notes = FrozenSet.Create("title", "description", "default", "examples", "$schema", "$comment");

    public static readonly FrozenSet<string> All = FrozenSet.Create(
    [
        .. Counts, .. Numbers, .. Lists, .. Notes,
        "type", "enum", "const", "properties", "required", "additionalProperties", "items", "uniqueItems", "pattern", "format", "not",
    ]);
}
