using WorkflowGateway.Access;

namespace WorkflowGateway.Api;

internal static class ApiEndpoints
{
    public static void MapApi(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi().Public();
        app.MapPublic();
        var v1 = app.MapGroup("/v1").AddEndpointFilter<RouteGroupBuilder, StrictQuery>();
        v1.MapStart();
        v1.MapReads();
        v1.MapCommands();
        v1.MapEvents();
        v1.MapLogs();
        v1.MapOverview();
        v1.MapCatalog();
    }
}
