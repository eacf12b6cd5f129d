
namespace WorkflowGateway.Api;

/// <summary>A query parameter that an endpoint knows. Others are refused; the API description is made from the same list.</summary>
/// <param name="Name">Its name; one that ends in <c>*</c> stands for all that begin so.</param>
/// <param name="Description">What it does.</param>
/// <param name="Type">JSON Schema type.</param>
/// <param name="Many">Whether it may be repeated.</param>
internal sealed record QueryParameter(string Name, string Description, string Type = "string", bool Many = false);

internal sealed record QueryParameters(IReadOnlyList<QueryParameter> All);

/// <summary>A request header that an endpoint reads.</summary>
internal sealed record HeaderParameter(string Name, string Description);

internal sealed record HeaderParameters(IReadOnlyList<HeaderParameter> All);

/// <summary>The example of a request body, as JSON.</summary>
internal sealed record BodyExample(string Json);

/// <summary>An answer that is a stream of server-sent events where the caller asks for one.</summary>
internal sealed record EventStreamAnswer;

/// <summary>A body that may be left out.</summary>
internal sealed record OptionalBody;

/// <summary>Says about an endpoint what it is for, who may call it and what it answers.</summary>
internal static class ApiMetadata
{
    private static readonly string[] Everywhere = ["validation-failed", "unauthenticated", "forbidden", "rate-limited", "internal-error", "authority-unavailable", "gateway-unavailable", "storage-unavailable"];

    public static RouteHandlerBuilder Called(this RouteHandlerBuilder endpoint, string operationId, string summary) =>
        endpoint.WithName(operationId).WithSummary(summary);

    public static RouteHandlerBuilder Query(this RouteHandlerBuilder endpoint, params QueryParameter[] parameters) =>
        endpoint.WithMetadata(new QueryParameters(parameters));

    public static RouteHandlerBuilder Headers(this RouteHandlerBuilder endpoint, params HeaderParameter[] headers) =>
        endpoint.WithMetadata(new HeaderParameters(headers));

    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder endpoint, string example) where T : notnull =>
        endpoint.Accepts<T>("application/json").WithMetadata(new BodyExample(example));

    public static RouteHandlerBuilder MayTake<T>(this RouteHandlerBuilder endpoint, string example) where T : notnull =>
        endpoint.Takes<T>(example).WithMetadata(new OptionalBody());

    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder endpoint, int status, string description) =>
        endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(T), ["application/json"]) { Description = description });

    /// <summary>An answer without a body.</summary>
    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder endpoint, int status, string description) =>
        endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(void)) { Description = description });

    public static RouteHandlerBuilder AlsoStreams(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new EventStreamAnswer());

    /// <summary>The problems it may answer with, beside those that every endpoint may.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params string[] codes)
    {
        foreach (var kinds in Everywhere.Concat(codes).Distinct().Select(code => Problems.Find(code)!).GroupBy(kind => kind.Status).OrderBy(group => group.Key))
        {
            endpoint.WithMetadata(new ProducesResponseTypeMetadata(kinds.Key, typeof(ProblemView), [ProblemWriter.MediaType])
            {
                Description = string.Join(" ", kinds.Select(kind => $"`{kind.Code}`: {kind.Title}.")),
            });
        }

        return endpoint;
    }
}
