using System.Net.Http.Headers;

namespace WorkflowGateway.Benchmarks.Servers;

/// <summary>Yardstick of durable starts, the least that one can be: a synced commit, the vendor call, a synced commit, nothing else.</summary>
internal static class DurableFloor
{
    public static async Task<int> RunAsync(string vendor, string path)
    {
        using var writer = new FloorWriter(path);
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
        var target = new Uri(new Uri(vendor), "v1/workflow-runs");
        long last = 0;
        var app = Role.Bare().Build();
        app.Run(async context =>
        {
            if (context.Request.Path == "/commits")
            {
                await context.AnswerAsync(200, System.Text.Encoding.ASCII.GetBytes($"{writer.Commits}"));
                return;
            }

            var id = Interlocked.Increment(ref last);
            var body = new byte[(int)context.Request.ContentLength!];
            await context.Request.Body.ReadExactlyAsync(body);
            await writer.InsertAsync(id, body);
            using var message = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(body) };
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await http.SendAsync(message, CancellationToken.None);
            var answer = await response.Content.ReadAsByteArrayAsync();
            await writer.UpdateAsync(id, answer);
            await context.AnswerAsync(201, answer);
        });
        return await app.ServeAsync();
    }

    private static async Task AnswerAsync(this HttpContext context, int status, byte[] bytes)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        await context.Response.BodyWriter.WriteAsync(bytes);
    }
}
