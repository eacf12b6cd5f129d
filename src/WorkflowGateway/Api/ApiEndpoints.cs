using WorkflowGateway.Access;
using WorkflowGateway.Audit;
using WorkflowGateway.Native;
using WorkflowGateway.Plans;
using WorkflowGateway.Telemetry;
using WorkflowGateway.VendorEvents;
using WorkflowGateway.Webhooks;

namespace WorkflowGateway.Api;

internal static class ApiEndpoints
{
    public static void MapApi(this IEndpointRouteBuilder app)
    {
        DescriptionEndpoint.Map(app);
        app.MapGroup("").WithTags("public").MapPublic();
        app.MapGroup("").WithTags("telemetry").MapMetrics();
        var v1 = app.MapGroup("/v1").AddEndpointFilter<RouteGroupBuilder, StrictQuery>();
        var runs = v1.MapGroup("").WithTags("runs");
        runs.MapStart();
        runs.MapReads();
        runs.MapCommands();
        runs.MapLogs();
        v1.MapGroup("").WithTags("events").MapEvents();
        v1.MapGroup("").WithTags("webhooks").MapWebhooks();
        v1.MapGroup("").WithTags("webhooks").MapVendorEvents();
        v1.MapGroup("").WithTags("keys").MapKeys();
        v1.MapGroup("").WithTags("audit").MapAudit();
        v1.MapGroup("").WithTags("overview").MapOverview();
        v1.MapGroup("").WithTags("catalogue").MapCatalog();
        v1.MapGroup("").WithTags("routes").MapPlan();
        v1.MapGroup("").WithTags("routes").MapExplain();
        // Its query is the vendor's.
        app.MapGroup("/v1").WithTags("native").MapNative();
    }
}
