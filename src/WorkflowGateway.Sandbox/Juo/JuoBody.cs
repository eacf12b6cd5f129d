using System.Text.Json;

namespace WorkflowGateway.Sandbox;

/// <summary>What Juo's schema asks of a request: the first fault as its validator words it, or null.</summary>
internal static class JuoBody
{
    public static string? RunIdFault(SandboxRequest request) =>
        Guid.TryParseExact(request.Segments[3], "D", out _) ? null : "params/runId must match format \"uuid\"";

    public static string? StartFault(SandboxRequest request) =>
        Required(request, "flowType", JsonValueKind.String)
        ?? Required(request, "context", JsonValueKind.Object)
        ?? Optional(request, "workflowId", JsonValueKind.String)
        ?? Optional(request, "dryRun", JsonValueKind.True, JsonValueKind.False);

    public static string? RespondFault(SandboxRequest request) =>
        Required(request, "interactionId", JsonValueKind.String)
        ?? Required(request, "responseType", JsonValueKind.String)
        ?? Optional(request, "responseData", JsonValueKind.Object)
        ?? Optional(request, "expectedRunVersion", JsonValueKind.Number);

    private static string? Required(SandboxRequest request, string name, JsonValueKind kind)
    {
        if (request.Json is not { ValueKind: JsonValueKind.Object } body) return "body must be object";
        return body.Get(name) is null ? $"body must have required property '{name}'" : Optional(request, name, kind);
    }

    private static string? Optional(SandboxRequest request, string name, params JsonValueKind[] kinds) =>
        request.Json!.Value.Get(name) is { } value && !kinds.Contains(value.ValueKind) ? $"body/{name} must be {Word(kinds[0])}" : null;

    private static string Word(JsonValueKind kind) => kind is JsonValueKind.True ? "boolean" : kind.ToString().ToLowerInvariant();
}
