using System.Text;
using System.Text.Json;

namespace WorkflowGateway.Adapters.Tests.Hostile;

/// <summary>What an answer says, found out in another way than the adapters do: which final states may be read from it, and nothing more.</summary>
internal static class Oracle
{
    private static readonly Dictionary<string, (string[] Paths, Dictionary<string, RunStatus> Words)> Vendors = new()
    {
        ["juo"] = (["status"], new(StringComparer.OrdinalIgnoreCase)
        {
            ["completed"] = RunStatus.Succeeded,
            ["failed"] = RunStatus.Failed,
            ["cancelled"] = RunStatus.Canceled,
            ["canceled"] = RunStatus.Canceled,
            ["no_workflow"] = RunStatus.Skipped,
            ["completed_silently"] = RunStatus.Succeeded,
        }),
        ["interactly"] = (["workflow_run.workflow_run.status", "workflow_run.status"], new(StringComparer.OrdinalIgnoreCase)
        {
            ["completed"] = RunStatus.Succeeded,
            ["failed"] = RunStatus.Failed,
            ["aborted_looping_risk"] = RunStatus.Failed,
            ["cancelled"] = RunStatus.Canceled,
        }),
        ["fortanix"] = (["run.run_status", "run_status"], new(StringComparer.OrdinalIgnoreCase)
        {
            ["SUCCEEDED"] = RunStatus.Succeeded,
            ["FAILED"] = RunStatus.Failed,
            ["TERMINATED"] = RunStatus.Canceled,
        }),
    };

    /// <summary>Whether the answer, taken as JSON, says that the run has ended so. Bytes that are no JSON say nothing.</summary>
    public static bool Says(string vendor, byte[] body, RunStatus status)
    {
        var (paths, words) = Vendors[vendor];
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetString(body).TrimStart('\uFEFF'), new JsonDocumentOptions { MaxDepth = 64 });
            return paths.Any(path => At(document.RootElement, path.Split('.')).Any(word => words.TryGetValue(word, out var said) && said == status));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Whether the run's id stands anywhere in the answer.</summary>
    public static bool Names(byte[] body, string vendorRunId) => Encoding.UTF8.GetString(body).Contains(vendorRunId, StringComparison.OrdinalIgnoreCase)
        // Or with escaped letters.
        || Encoding.UTF8.GetString(body).Contains("\\u", StringComparison.Ordinal);

    // Every member of that name, where one is there twice.
    private static IEnumerable<string> At(JsonElement element, string[] path) => path switch
    {
        [] => element.ValueKind == JsonValueKind.String && Decoded(() => element.GetString()) is { } word ? [word] : [],
        [var name, .. var rest] => element.ValueKind != JsonValueKind.Object ? [] : Members(element, name).SelectMany(value => At(value, rest)),
    };

    private static IEnumerable<JsonElement> Members(JsonElement element, string name) =>
        element.EnumerateObject().Where(member => Decoded(() => member.Name) == name).Select(member => member.Value);

    // Half a surrogate pair has no decoded form.
    private static string? Decoded(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
