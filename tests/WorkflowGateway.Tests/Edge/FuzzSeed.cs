using System.Text.Json;

namespace WorkflowGateway.Tests.Edge;

/// <summary>A valid request of one operation.</summary>
internal sealed record FuzzSeed(string Method, string Path, IReadOnlyList<string> Query, IReadOnlyList<string> Headers, string? Body)
{
    /// <summary>Whether it may make the gateway call an address: what names one is not spoilt, as it might name somebody's.</summary>
    public bool Calls => Path.StartsWith("/v1/webhooks", StringComparison.Ordinal);

    public static IReadOnlyList<FuzzSeed> Of(JsonElement description, string runId) =>
    [
        .. from path in description.GetProperty("paths").EnumerateObject()
           from operation in path.Value.EnumerateObject()
           where operation.Name is not ("parameters" or "summary" or "description")
           select Of(path.Name, operation, runId),
    ];

    private static FuzzSeed Of(string path, JsonProperty operation, string runId)
    {
        var parameters = operation.Value.TryGetProperty("parameters", out var all) ? all.EnumerateArray().ToList() : [];
        var body = operation.Value.TryGetProperty("requestBody", out var taken) && taken.GetProperty("content").TryGetProperty("application/json", out var json)
            ? json.TryGetProperty("example", out var example) ? example.GetRawText() : "{}"
            : null;
        return new FuzzSeed(
            operation.Name.ToUpperInvariant(),
            path.Replace("{runId}", runId, StringComparison.Ordinal).Replace("{name}", "ask", StringComparison.Ordinal).Replace("{connection}", "hooked", StringComparison.Ordinal)
                .Replace("{code}", "forbidden", StringComparison.Ordinal).Replace("{id}", "0123456789abcdef", StringComparison.Ordinal).Replace("{path}", "v1/workflow-runs", StringComparison.Ordinal),
            Names(parameters, "query"), Names(parameters, "header"),
            Here(body?.Replace("cancel-subscription", "ask", StringComparison.Ordinal)));
    }

    // Whatever address an example names, it is one of this machine, where nobody listens.
    private static string? Here(string? body)
    {
        if (body is null || body.IndexOf("\"http", StringComparison.Ordinal) is not (>= 0 and var at)) return body;
        var end = body.IndexOf('"', at + 1);
        return body[..(at + 1)] + "http:/" + "/127.0.0.1:9/" + Here(body[end..]);
    }

    private static List<string> Names(List<JsonElement> parameters, string place) =>
        [.. parameters.Where(parameter => parameter.GetProperty("in").GetString() == place).Select(parameter => parameter.GetProperty("name").GetString()!)];
}
