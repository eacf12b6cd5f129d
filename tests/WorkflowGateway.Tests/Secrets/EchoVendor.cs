using System.Text;
using System.Text.Json;
using WorkflowGateway.Tests.Native;

namespace WorkflowGateway.Tests.Secrets;

/// <summary>A vendor that tells back all that it was sent, in whichever way the first part of the path names: a status, or <c>garbled</c> for what is no HTTP.</summary>
internal sealed class EchoVendor : IAsyncDisposable
{
    public static readonly IReadOnlyList<string> Ways = ["401", "422", "500", "200", "garbled"];

    private readonly RecordingVendor _vendor = new() { Answer = AnswerAsync };

    public string Url => "http://" + _vendor.Host;

    public ValueTask DisposeAsync() => _vendor.DisposeAsync();

    private static async Task AnswerAsync(RecordedRequest request, Stream stream)
    {
        var told = string.Join(' ', request.Headers.Select(header => header.Value));
        var body = JsonSerializer.Serialize(new { message = "No such token: " + told, error = told, code = told, detail = new[] { new { msg = told } }, title = told });
        var way = request.Target.Split('/')[1];
        if (way != "garbled")
        {
            await stream.WriteAsync(RecordingVendor.Ok(body, $"{way} {told}", $"WWW-Authenticate: Bearer realm={told}\r\n"));
            return;
        }

        await stream.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\n{told.Replace(':', ' ')}\r\n\r\n"));
        throw new IOException("That is all.");
    }
}
