using System.Text.Json;
using System.Text.Json.Serialization;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;

namespace WorkflowGateway.Runs;

/// <summary>Who gave which command, and how far it has come.</summary>
/// <param name="Name">respond, data, pause, resume, stop or resolve.</param>
/// <param name="By">The caller's name; null where it is not known.</param>
/// <param name="Phase">accepted, applied, refused, or unknown where nobody can know.</param>
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
        var data = new RunChange(slim, before is null ? null : RunViewWords.Of(before.Status), cause, command, truncated ? true : null);
        return new EventDraft(after.Tenant, after.Id, after.Version, after.UpdatedAt, "run.changed", RunViewJson.Text(data, RunEventJson.Default.RunChange));
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

/// <summary>A change of a run: the data of a run.changed event.</summary>
/// <param name="Run">The run after the change.</param>
/// <param name="PreviousStatus">The status before; null at the first event.</param>
/// <param name="Cause">What brought it: start, command, poll, vendor-event, reconcile or operator.</param>
/// <param name="Command">The command it is about; left out where it is about none.</param>
/// <param name="Truncated">True where parts of the run of more than 16 KiB (result, endStep, an interaction's config) were left out as null: read the run to have them. Otherwise left out.</param>
internal sealed record RunChange(
    RunView Run,
    string? PreviousStatus,
    string Cause,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CommandNote? Command,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Truncated);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RunChange))]
internal sealed partial class RunEventJson : JsonSerializerContext;
