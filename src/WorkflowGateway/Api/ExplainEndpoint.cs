using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowGateway.Access;
using WorkflowGateway.Audit;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

internal static class ExplainEndpoint
{
    public static void MapExplain(this IEndpointRouteBuilder v1) =>
        v1.MapPost("/routes/explain", Explain).ChangesNothing()
            .Called("explainStart", "Explains which route a start would take now, and why not the others. Nothing is stored and nothing sent.").RequireRole(Role.Operator, KeyOperations.Plan)
            .Takes<ExplainBody>("""{"workflow":"cancel-subscription","input":{"subscriptionId":"sub_1"},"labels":{"region":"eu"},"idempotencyKey":"order-123"}""")
            .Headers(Parameters.VendorToken)
            .Gives<ExplainView>(StatusCodes.Status200OK, "Where it would go.")
            .Refuses("malformed-json", "vendor-credential-missing", "unknown-workflow", "payload-too-large", "unsupported-media-type", "no-route", "capability-unsupported");

    private static Ok<ExplainView> Explain(ExplainBody body, HttpContext http, StartPreparation preparation)
    {
        var prepared = preparation.Prepare(StartEndpoint.RequestOf(body.Start, http, dryRun: false) with
        {
            Caller = body.As(http.Caller()),
            Key = body.IdempotencyKey is { } key ? new IdempotencyKey(RequestHeaders.KeyHash(key, "/idempotencyKey"), []) : null,
        });
        return TypedResults.Ok(ExplainView.Of(prepared));
    }
}
