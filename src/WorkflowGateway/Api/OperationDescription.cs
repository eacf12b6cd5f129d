using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using WorkflowGateway.Access;

namespace WorkflowGateway.Api;

/// <summary>Describes an operation from the endpoint's metadata: the same that the endpoint itself obeys.</summary>
internal static class OperationDescription
{
    private static readonly (string Name, string Description)[] RunHeaders =
    [
        ("ETag", "The run's version in quotes."),
        ("Age", "Seconds since the vendor was last heard."),
        ("Retry-After", "When to look again, while the run is not final."),
    ];

    private static readonly (string Name, string Description) Preferred = ("Preference-Applied", "What of Prefer was followed.");

    private static readonly (string Name, string Description)[] StartHeaders =
    [
        ("Location", "The run's address."),
        ("Operation-Location", "The run's address, for generic pollers."),
        ("Idempotent-Replayed", "true where an earlier request with the same key was answered."),
        Preferred,
    ];

    private static readonly (string Name, string Description)[] WebhookHeaders =
    [
        ("Location", "The webhook's address."),
        ("Idempotent-Replayed", "true where an earlier request with the same key was answered."),
    ];

    public static void Mend(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Parameters ??= [];
        foreach (var path in operation.Parameters.OfType<OpenApiParameter>().Where(parameter => parameter.Name == "runId"))
        {
            path.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^run_[0-9a-f]{32}$" };
            path.Description = "The id of the run.";
        }

        foreach (var query in metadata.OfType<QueryParameters>().SelectMany(one => one.All)) operation.Parameters.Add(Query(query));
        foreach (var header in metadata.OfType<HeaderParameters>().SelectMany(one => one.All))
            operation.Parameters.Add(new OpenApiParameter { Name = header.Name, In = ParameterLocation.Header, Description = header.Description, Schema = Text() });
        if (metadata.OfType<BodyExample>().FirstOrDefault() is { } example) Body(operation, example.Json, metadata.OfType<OptionalBody>().Any());
        if (ApiDescription.IsPublic(metadata))
        {
            operation.Security = [];
            operation.Description = "Needs no key.";
        }

        if (metadata.OfType<SignedEndpoint>().Any())
        {
            operation.Security = [];
            operation.Description = "Needs no key, but the vendor's signature with a secret of the connection. Without keys (Access:Mode=none) only loopback is served.";
        }

        if (metadata.OfType<RequiredRole>().FirstOrDefault() is { } required)
            operation.Description = $"Needs the role {RoleWords.Of(required.Role)}.";
        foreach (var (status, response) in operation.Responses ?? [])
        {
            var answer = (OpenApiResponse)response;
            Answer(status, answer, operation.OperationId ?? "");
            if (status == "200" && metadata.OfType<EventStreamAnswer>().Any()) Stream(answer);
            answer.Description = metadata.OfType<ProducesResponseTypeMetadata>()
                .LastOrDefault(one => one.Description is not null && one.StatusCode.ToString(CultureInfo.InvariantCulture) == status)?.Description ?? answer.Description;
        }
    }

    // A name that ends in * stands for many: an exploded object, as in label.region=eu.
    private static OpenApiParameter Query(QueryParameter query) => new()
    {
        Name = query.Name.Replace(".*", ".{key}", StringComparison.Ordinal),
        In = ParameterLocation.Query,
        Description = query.Description,
        Explode = query.Many,
        Schema = query.Many ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = Text() } : Typed(query.Type),
    };

    private static void Body(OpenApiOperation operation, string example, bool optional)
    {
        if (operation.RequestBody is not OpenApiRequestBody body) return;
        body.Required = !optional;
        foreach (var content in body.Content?.Values.OfType<OpenApiMediaType>() ?? []) content.Example = JsonNode.Parse(example);
    }

    private static void Answer(string status, OpenApiResponse response, string operation)
    {
        var run = operation.EndsWith("Run", StringComparison.Ordinal) || operation.EndsWith("ToRun", StringComparison.Ordinal) || operation == "sendData";
        if (status[0] is '2' or '3' && run && (operation, status) is not ("startRun", "200")) Headers(response, RunHeaders);
        if (status is "201" or "202" && operation != "takeVendorEvent") Headers(response, operation.EndsWith("Webhook", StringComparison.Ordinal) ? WebhookHeaders : StartHeaders);
        if (operation == "getRun" && status is "200" or "304") Headers(response, Preferred);
        if (operation.StartsWith("list", StringComparison.Ordinal) && !operation.EndsWith("Events", StringComparison.Ordinal) && status == "200") Headers(response, ("Link", "rel=\"next\": the next page, where there is one."));
        if (status is "429" or "503") Headers(response, ("Retry-After", "Seconds to wait before sending it again."));
    }

    private static void Stream(OpenApiResponse response)
    {
        response.Content ??= new Dictionary<string, OpenApiMediaType>();
        response.Content[Events.EventRequest.StreamType] = new OpenApiMediaType { Schema = Text() };
        Headers(response, Preferred, ("Vary", "Accept: the same address answers as a page or as a stream."));
    }

    private static void Headers(OpenApiResponse response, params (string Name, string Description)[] headers)
    {
        response.Headers ??= new Dictionary<string, IOpenApiHeader>();
        foreach (var (name, description) in headers) response.Headers[name] = new OpenApiHeader { Description = description, Schema = Text() };
    }

    private static OpenApiSchema Typed(string type) => new()
    {
        Type = type switch { "integer" => JsonSchemaType.Integer, "boolean" => JsonSchemaType.Boolean, _ => JsonSchemaType.String },
    };

    private static OpenApiSchema Text() => Typed("string");
}
