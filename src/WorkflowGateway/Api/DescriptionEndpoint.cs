using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using WorkflowGateway.Access;

namespace WorkflowGateway.Api;

/// <summary>The API description, made once: it is open to everybody, and making it takes a hundred times what sending it does.</summary>
internal sealed class DescriptionEndpoint([FromKeyedServices("v1")] IOpenApiDocumentProvider documents)
{
    private const int Slice = 16 * 1024;

    private readonly Lock _lock = new();
    private Task<byte[]>? _bytes;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/openapi/v1.json", (DescriptionEndpoint description, HttpContext http) => description.SendAsync(http)).Public().ExcludeFromDescription();

    // In slices: written whole it would be copied whole for each who reads it slowly.
    private async Task SendAsync(HttpContext http)
    {
        var bytes = await BytesAsync();
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        for (var at = 0; at < bytes.Length; at += Slice)
            await http.Response.Body.WriteAsync(bytes.AsMemory(at, Math.Min(Slice, bytes.Length - at)), http.RequestAborted);
    }

    private Task<byte[]> BytesAsync()
    {
        lock (_lock)
        {
            // One that failed is made again.
            return _bytes is { IsFaulted: false } ? _bytes : _bytes = MakeAsync();
        }
    }

    // Whoever asked first may be gone before it is made.
    private async Task<byte[]> MakeAsync() =>
        Encoding.UTF8.GetBytes(await (await documents.GetOpenApiDocumentAsync(CancellationToken.None)).SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, CancellationToken.None));
}
