using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowGateway.Sandbox;

/// <summary>An event as it goes out: the members of the record that Interactly keeps of it, since the body itself is not published.</summary>
internal sealed record WebhookBody(string EventId, string Action, string VendorRunId, byte[] Bytes)
{
    public static WebhookBody Of(InteractlyRun run, string action, string? status, bool echoMiscellaneous, DateTimeOffset now)
    {
        var id = "evt_" + SandboxIds.Uuid(run.Id, action);
        var body = new JsonObject
        {
            ["event_id"] = id,
            ["subscription_id"] = "64f0c0ffee0000000000beef",
            ["action"] = action,
            ["team_id"] = "64f0c0ffee0000000000feed",
            ["workflow_id"] = run.WorkflowId,
            ["workflow_run_id"] = run.Id,
            ["workflow_run_status"] = status ?? run.Word,
            ["payload"] = run.ToJson(echoMiscellaneous),
            ["created_at"] = now.Iso("ffffff"),
        };
        return new WebhookBody(id, action, run.Id, JsonSerializer.SerializeToUtf8Bytes(body));
    }

    /// <summary>What X-Interactly-Signature carries: the body is signed, the time beside it is not.</summary>
    public static string Sign(ReadOnlySpan<byte> body, string secret) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
}
