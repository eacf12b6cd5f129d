using WorkflowGateway.Catalog;

namespace WorkflowGateway.Runs;

/// <summary>What can be known to be wrong with a start before anything is stored.</summary>
internal static class StartCheck
{
    /// <exception cref="RefusedException">It is wrong.</exception>
    public static void Check(PlannedStart plan, StartRun start, bool keyed, bool vendorToken, IWorkflowRunner runner)
    {
        if (plan.Workflow.RequireIdempotencyKey && !keyed)
            throw Invalid("Idempotency-Key", $"The workflow {plan.Workflow.Name} is only started with an Idempotency-Key.");
        if (plan.Connection.CallerCredential && !vendorToken)
        {
            throw new RefusedException("vendor-credential-missing",
                $"The connection {plan.Connection.Name} takes the end user's own token: send it in the header Vendor-Authorization.");
        }

        try
        {
            (runner as IStartPreview)?.PreviewStart(start);
        }
        catch (RunnerException exception)
        {
            throw Invalid(exception.Error.Pointer ?? "/input", exception.Error.Message);
        }
    }

    private static RefusedException Invalid(string pointer, string detail) =>
        new("validation-failed", detail) { Errors = [new FieldError(pointer, detail)] };
}
