using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowGateway.Sandbox;

/// <summary>What a vendor answers, and what it did: <see cref="Processed"/> is true where the request was carried out.</summary>
internal sealed record Answer(int Status, string ContentType, byte[] Body)
{
    // The vendors escape nothing that they need not.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool Processed => Status is >= 200 and < 300;

    /// <summary>The run made or touched.</summary>
    public string? VendorRunId { get; init; }

    /// <summary>The vendor's name for the request, where it gives one.</summary>
    public string? RequestId { get; init; }

    public static Answer Json(int status, JsonNode body, string contentType = "application/json") =>
        new(status, contentType, JsonSerializer.SerializeToUtf8Bytes(body, Plain));
}
