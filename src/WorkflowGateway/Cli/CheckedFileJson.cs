using System.Text.Json;
using System.Text.Json.Serialization;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Cli;

/// <summary>What was found in files, for programs.</summary>
internal static class CheckedFileJson
{
    public static void Write(TextWriter output, IReadOnlyList<CheckedFile> files) => output.WriteLine(JsonSerializer.Serialize(new
    {
        files = files.Select(file => new
        {
            file = file.File,
            valid = file.Catalog is not null,
            revision = file.Catalog?.Revision,
            problems = file.Problems.Select(problem => new ProblemJson(problem.Line, problem.Column, problem.Path, problem.Message, problem.Suggestion)),
            connections = file.Catalog?.Connections.Keys.Order(StringComparer.Ordinal),
            workflows = file.Catalog?.Workflows.Values.OrderBy(workflow => workflow.Name, StringComparer.Ordinal)
                .Select(workflow => new { name = workflow.Name, routes = workflow.Routes.Select(route => new { name = route.Name, connection = route.Connection, enabled = route.Enabled }) }),
            webhooks = file.Catalog?.Webhooks.Keys.Order(StringComparer.Ordinal),
        }),
    }, RecordSchema.Readable));

    private sealed record ProblemJson(
        [property: JsonPropertyName("line")] int Line,
        [property: JsonPropertyName("column")] int Column,
        [property: JsonPropertyName("path")] string Path,
        [property: JsonPropertyName("message")] string Message,
        [property: JsonPropertyName("suggestion"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Suggestion);
}
