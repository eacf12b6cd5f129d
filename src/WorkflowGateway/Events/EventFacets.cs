using System.Text.Json;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Events;

/// <summary>What filters look at: the run as the event shows it.</summary>
internal sealed record EventFacets
{
    public required RunStatus Status { get; init; }
    public required bool Final { get; init; }
    public required string? Workflow { get; init; }
    public required string? Vendor { get; init; }
    public required string? Connection { get; init; }
    public required string? CorrelationId { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public static EventFacets Of(EventRow row)
    {
        using var data = JsonDocument.Parse(row.Data);
        var run = data.RootElement.GetProperty("run");
        return new EventFacets
        {
            Status = Text(run, "status") is { } word && RunViewWords.TryParse(word, out var status) ? status : RunStatus.Unknown,
            Final = run.GetProperty("final").GetBoolean(),
            Workflow = Text(run, "workflow"),
            Vendor = Text(run, "vendor"),
            Connection = Text(run, "connection"),
            CorrelationId = Text(run, "correlationId"),
            Labels = run.GetProperty("labels").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!),
        };
    }

    private static string? Text(JsonElement run, string name) => run.GetProperty(name).GetString();
}
