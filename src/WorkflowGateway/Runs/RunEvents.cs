using System.Text.Json;
using System.Text.Json.Serialization;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;

namespace WorkflowGateway.Runs;

/// <summary>Who gave which command, and how far it has come.</summary>
/// <param name="Name">respond, data, pause, resume or stop.</param>
/// <param name="By">The caller's name.</param>
/// <param name="Phase">accepted, applied, refused or unknown.</param>
internal sealed record CommandNote(string Name, string? By, string Phase);

/// <summary>Makes the event of a change: the run as every reader would see it, what it was before, and why it changed.</summary>
internal sealed class RunEvents(RunnerRegistry runners)
{
    private const int MaxPart = 16 * 1024;

    public EventDraft Draft(RunRow? before, RunRow after, string cause, CommandNote? command)
    {
        var staleAfter = runners.Find(after.Connection)?.Config.StaleAfter ?? TimeSpan.MaxValue;
        var view = RunView.Of(after, runners.InfoOf(after.Vendor), staleAfter, after.UpdatedAt);
        var (slim, truncated) = Slim(view);
        var data = new RunEventData(slim, before is null ? null : RunViewWords.Of(before.Status), cause, command, truncated ? true : null);
        return new EventDraft(after.Tenant, after.Id, after.Version, after.UpdatedAt, "run.changed", RunViewJson.Text(data, RunEventJson.Default.RunEventData));
    }

    // An event is for being told; who wants the large parts reads the run.
    private static (RunView View, bool Truncated) Slim(RunView view)
    {
        var result = IsLarge(view.Result);
        var endStep = IsLarge(view.EndStep);
        var config = view.Interactions.Any(interaction => IsLarge(interaction.Config));
        if (!result && !endStep && !config) return (view, false);
        return (view with
        {
            Result = result ? null : view.Result,
            EndStep = endStep ? null : view.EndStep,
            Interactions = [.. view.Interactions.Select(interaction => IsLarge(interaction.Config) ? interaction with { Config = null } : interaction)],
        }, true);
    }

    private static bool IsLarge(JsonElement? part) => part is { } element && element.GetRawText().Length > MaxPart;
}

/// <summary>The <c>data</c> of a <c>run.changed</c> event.</summary>
internal sealed record RunEventData(
    RunView Run,
    string? PreviousStatus,
    string Cause,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CommandNote? Command,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Truncated);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RunEventData))]
internal sealed partial class RunEventJson : JsonSerializerContext;
