using System.Globalization;
using System.Text.Json;

namespace WorkflowGateway.Adapters.Juo;

/// <summary>To Juo's requests; what Juo could only refuse is refused here, with the place.</summary>
internal static class JuoRequests
{
    public const string InputPart = "context";

    public static StartRequest ToStartRequest(StartRun start)
    {
        JuoTarget.Check(start.Target).Refuse("/target");
        ConfigurationProblems.Unknown(start.Input, "", [InputPart]).Refuse("/input");
        var context = start.Input.Member(InputPart);
        if (context is { ValueKind: not JsonValueKind.Object }) throw Invalid("/input/context", "Juo takes an object as context.");
        return new StartRequest
        {
            FlowType = start.Target.Text("flowType")!,
            WorkflowId = start.Target.Text("workflowId"),
            Context = context ?? VendorJson.ToBody(new { }),
            DryRun = start.DryRun ? true : null,
        };
    }

    public static RespondRequest ToRespondRequest(RespondToRun command)
    {
        var data = command.Data is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } given ? given : (JsonElement?)null;
        if (data is { ValueKind: not JsonValueKind.Object }) throw Invalid("/data", "Juo takes an object as response data.");
        return new RespondRequest
        {
            InteractionId = command.InteractionId,
            ResponseType = command.Type,
            ResponseData = data,
            ExpectedRunVersion = VersionOf(command.Run),
        };
    }

    // Sent whenever it is known, or two answers to one interaction race. No pointer: the version is ours, not the caller's.
    private static decimal? VersionOf(RunRef run) => run.Version is not { } text ? null
        : decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var version) ? version
        : throw Invalid(null, "Juo's run versions are numbers.");

    private static RunnerException Invalid(string? pointer, string message) =>
        new(new RunnerError { Kind = RunnerErrorKind.Invalid, Message = message, Pointer = pointer });
}
