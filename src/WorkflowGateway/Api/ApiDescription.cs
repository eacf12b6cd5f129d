using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using WorkflowGateway.Access;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>Mends the generated API description: what the generator cannot know or gets wrong.</summary>
internal static class ApiDescription
{
    private const string KeyScheme = "key";
    private const string LeftOut = "left-out:";

    public static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.CreateSchemaReferenceId = SchemaName;
        options.AddDocumentTransformer((document, _, _) =>
        {
            Describe(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            OperationDescription.Mend(operation, context);
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer(async (schema, context, cancellationToken) =>
        {
            Mend(schema, context);
            // Stored as JSON, so that its type says nothing.
            if (context.JsonPropertyInfo is null && context.JsonTypeInfo.Type == typeof(EventView))
            {
                var change = await context.GetOrCreateSchemaAsync(typeof(RunChange), null, cancellationToken);
                (change.Metadata ??= new Dictionary<string, object>())["x-ref-description"] = "What changed.";
                schema.Properties!["data"] = change;
            }
        });
    });

    private static string? SchemaName(JsonTypeInfo type)
    {
        var name = OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        return name is { Length: > 4 } && name.EndsWith("View", StringComparison.Ordinal) ? name[..^4] : name;
    }

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Workflow gateway",
            Version = "1",
            Description = "One API over the workflow-run APIs of several vendors. Every 4xx and 5xx is a problem (application/problem+json) whose code "
                + "GET /problems/{code} explains. Status words and reasons may grow: treat one you do not know as unknown.",
        };
        // The generator would write the address of whoever asked.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.AddComponent(KeyScheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A key of this gateway, or a token of its authority (Access:Jwt). Answers to it carry RateLimit and RateLimit-Policy. Without keys (Access:Mode=none, and none in the ledger) only loopback is served, and none is needed.",
        });
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] }];
        foreach (var schema in document.Components.Schemas?.Values.OfType<OpenApiSchema>() ?? []) MendUnions(schema);
    }

    // "Null or anything" as oneOf refuses null, which is both; what is left out when null is never null; and a description is of both kinds.
    private static void MendUnions(OpenApiSchema schema)
    {
        foreach (var (name, member) in schema.Properties?.ToArray() ?? [])
        {
            if (member is not OpenApiSchema { OneOf: [.., OpenApiSchemaReference target] } union) continue;
            if (target.Reference.Id == nameof(JsonElement)) schema.Properties![name] = new OpenApiSchema { Description = target.Description };
            else if (schema.Metadata?.ContainsKey(LeftOut + name) == true) schema.Properties![name] = target;
            else (union.Description, target.Description) = (target.Description, null);
        }
    }

    // Members left out when null are neither required nor ever null.
    private static void Mend(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        if (context.JsonPropertyInfo is { Name: "status" } status && status.DeclaringType == typeof(RunView))
            schema.AddExtension("x-extensible-enum", new JsonNodeExtension(JsonSerializer.SerializeToNode(Enum.GetValues<RunStatus>().Select(RunViewWords.Of))!));
        if (context.JsonPropertyInfo is not null) return;
        foreach (var member in context.JsonTypeInfo.Properties.Where(LeftOutWhenNull))
        {
            schema.Required?.Remove(member.Name);
            (schema.Metadata ??= new Dictionary<string, object>())[LeftOut + member.Name] = true;
            if (schema.Properties?[member.Name] is OpenApiSchema { Type: { } type } inner) inner.Type = type & ~JsonSchemaType.Null;
        }
    }

    private static bool LeftOutWhenNull(JsonPropertyInfo member) =>
        member.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), true) is [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.WhenWritingNull }];

    public static bool IsPublic(IList<object> metadata) => metadata.OfType<PublicEndpoint>().Any();
}
