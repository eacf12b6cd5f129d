using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace WorkflowGateway.Catalog;

/// <summary>The JSON Schema of a record that operators write, with what its attributes say.</summary>
internal static class RecordSchema
{
    public static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    private static readonly JsonSerializerOptions Shape = Options(new DefaultJsonTypeInfoResolver());

    /// <summary>To read such records: what is missing was said by the schema already.</summary>
    public static readonly JsonSerializerOptions Binding = Options(new DefaultJsonTypeInfoResolver
    {
        Modifiers =
        {
            info =>
            {
                foreach (var property in info.Properties) property.IsRequired = false;
            },
        },
    });

    /// <param name="type">The record.</param>
    /// <param name="withPlaceholders">Whether a placeholder may stand for any of its values.</param>
    public static JsonObject Of(Type type, bool withPlaceholders = false) => Shape.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, node) => Transform(context, node, withPlaceholders),
    }).AsObject();

    private static JsonSerializerOptions Options(IJsonTypeInfoResolver resolver)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            TypeInfoResolver = resolver,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        };
        options.MakeReadOnly();
        return options;
    }

    private static JsonObject Transform(JsonSchemaExporterContext context, JsonNode node, bool withPlaceholders)
    {
        var written = node as JsonObject ?? [];
        var schema = new JsonObject();
        var attributes = context.PropertyInfo?.AttributeProvider;
        var description = Attribute<DescriptionAttribute>(attributes) ?? Attribute<DescriptionAttribute>(context.TypeInfo.Type);
        if (description is not null) schema["description"] = description.Description;
        foreach (var (name, value) in written.ToList())
        {
            written.Remove(name);
            schema[name] = name == "type" ? WithoutNull(value!) : value;
        }

        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object) schema["additionalProperties"] = false;
        if (schema["enum"] is JsonArray words)
        {
            schema["type"] = "string";
            words.RemoveAll(word => word is null);
        }

        AddLimits(schema, attributes);
        return withPlaceholders && context.Path.Length > 0 ? OrPlaceholder(schema) : schema;
    }

    private static void AddLimits(JsonObject schema, ICustomAttributeProvider? attributes)
    {
        if (Attribute<RegularExpressionAttribute>(attributes) is { } form) schema["pattern"] = form.Pattern;
        if (Attribute<AllowedValuesAttribute>(attributes) is { } allowed) schema["enum"] = new JsonArray([.. allowed.Values.Select(value => JsonValue.Create((string)value!))]);
        if (Attribute<MinLengthAttribute>(attributes) is { } least) schema[schema.ContainsKey("items") ? "minItems" : "minLength"] = least.Length;
        if (Attribute<RangeAttribute>(attributes) is not { } range) return;
        schema["minimum"] = JsonSerializer.SerializeToNode(range.Minimum);
        schema["maximum"] = JsonSerializer.SerializeToNode(range.Maximum);
    }

    private static JsonObject OrPlaceholder(JsonObject schema)
    {
        if (schema["type"]?.ToString() == "string" && !schema.ContainsKey("pattern") && !schema.ContainsKey("enum")) return schema;
        var description = schema["description"];
        schema.Remove("description");
        var either = new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "string", ["pattern"] = @"^\$\{" }) };
        if (description is not null) either.Insert(0, "description", description);
        return either;
    }

    // Whoever wants a default leaves the member out.
    private static JsonNode WithoutNull(JsonNode type)
    {
        if (type is not JsonArray types) return type;
        types.RemoveAll(word => word?.ToString() == "null");
        return types.Count == 1 ? types[0]!.DeepClone() : types;
    }

    private static T? Attribute<T>(ICustomAttributeProvider? from)
        where T : Attribute => from?.GetCustomAttributes(typeof(T), inherit: true).OfType<T>().FirstOrDefault();
}
