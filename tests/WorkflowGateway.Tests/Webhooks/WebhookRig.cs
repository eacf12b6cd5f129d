using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using WorkflowGateway.Testing;
using WorkflowGateway.Webhooks;

namespace WorkflowGateway.Tests.Webhooks;

/// <summary>What tests of webhooks do to a gateway.</summary>
internal static class WebhookRig
{
    public static async Task<JsonElement> CreateWebhookAsync(this CoreRig rig, object body)
    {
        var reply = await rig.PostAsync("/v1/webhooks", body);
        reply.Status.Should().Be(201, reply.Body.ToString());
        return reply.Body;
    }

    public static Task<JsonElement> WebhookAsync(this CoreRig rig, string id) => rig.GetAsync("/v1/webhooks/" + id);

    public static async Task<JsonElement> UntilWebhookAsync(this CoreRig rig, string id, Func<JsonElement, bool> expected)
    {
        JsonElement webhook = default;
        for (var i = 0; i < 600; i++)
        {
            webhook = await rig.WebhookAsync(id);
            if (expected(webhook)) return webhook;
            await CoreRig.PauseAsync(50);
        }

        throw new TimeoutException($"The webhook never came to what was expected: {webhook}");
    }

    public static async Task<(int Status, JsonElement Body)> SendAsync(this CoreRig rig, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await rig.Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonElement.Parse(text) : default);
    }

    public static async Task<List<JsonElement>> DeliveriesAsync(this CoreRig rig, string id, string query = "") =>
        [.. (await rig.GetAsync($"/v1/webhooks/{id}/deliveries?pageSize=500{query}")).GetProperty("deliveries").EnumerateArray()];

    /// <summary>Time passes, and whoever delivers notices.</summary>
    public static void Pass(this CoreRig rig, TimeSpan time)
    {
        rig.Time.Advance(time);
        rig.Services.GetRequiredService<WebhookLoops>().Wake();
    }

    public static Task UntilAsync(this Receiver receiver, int count) => CoreRig.UntilAsync(() => receiver.All.Count >= count);

    public static string Id(this JsonElement webhook) => webhook.Text("id")!;
}
