using WorkflowGateway.Catalog;

namespace WorkflowGateway.Api;

/// <summary>Refuses query parameters that the endpoint does not know: a mistyped filter must not list everything.</summary>
internal sealed class StrictQuery : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.Request.QueryString.HasValue) Check(http);
        return next(context);
    }

    private static void Check(HttpContext http)
    {
        var known = http.GetEndpoint()?.Metadata.GetMetadata<QueryParameters>()?.All ?? [];
        foreach (var name in http.Request.Query.Keys.Where(name => !known.Any(parameter => Is(parameter, name))))
            throw Fields.Refusal(name, $"Is not a parameter here. {Suggestion.For(name, [.. known.Select(parameter => parameter.Name)])}");
    }

    private static bool Is(QueryParameter parameter, string name) => parameter.Name.EndsWith('*')
        ? name.StartsWith(parameter.Name[..^1], StringComparison.Ordinal)
        : name == parameter.Name;
}
