using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Webhooks;

/// <summary>Shows endpoints, with how far they have come.</summary>
internal sealed class WebhookViews(LedgerReader reader, WebhookTargets targets, TimeProvider time)
{
    public async Task<WebhookView> OfAsync(WebhookRow row) => WebhookView.Of(row, targets.ConfigOf(row), await reader.FindWebhookProgressAsync(row), time.Now());

    public async Task<WebhookView> OfAsync(HttpContext http, EditedWebhook edited)
    {
        if (edited.Replayed) http.Response.Headers["Idempotent-Replayed"] = "true";
        // A secret must not lie in anybody's cache.
        http.Response.Headers.CacheControl = "no-store";
        return await OfAsync(edited.Row) with { Secret = edited.Secret };
    }
}
