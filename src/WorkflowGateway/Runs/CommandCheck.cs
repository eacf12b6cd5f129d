using WorkflowGateway.Runners;

namespace WorkflowGateway.Runs;

/// <summary>What can be known to be wrong with a command's content before anything is stored.</summary>
internal static class CommandCheck
{
    /// <exception cref="RefusedException">It is wrong; nothing was done.</exception>
    public static void Check(RunRow run, CommandRequest request, ConnectionRunner connection)
    {
        // Without a vendor's id there is only a stop to be kept, and nothing in it to be wrong.
        if (!run.Bound || connection.Runner is not ICommandPreview preview) return;
        try
        {
            // Under the start's marker: this goes nowhere, and the command's own is drawn once it is taken.
            preview.PreviewCommand(CommandCall.Of(run, request, run.Marker));
        }
        catch (RunnerException exception) when (exception.Error is { Kind: RunnerErrorKind.Invalid, Pointer: { } pointer })
        {
            // The adapter's pointers are the caller's too: a command's members are named as the body's.
            throw new RefusedException("validation-failed", exception.Error.Message) { Errors = [new FieldError(pointer, exception.Error.Message)], Run = run };
        }
        catch (RunnerException exception)
        {
            throw CommandRefusal.Of(exception.Error, run, request);
        }
    }
}
