using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests;

/// <summary>Runs to test with.</summary>
internal static class Sample
{
    private static readonly Ids Ids = new(TimeProvider.System);

    public static RunId Id() => Ids.NextRun();

    public static Guid Random() => Ids.NextRandom();

    public static RunRow Run(RunStatus status, string tenant = "default", string workflow = "w", string connection = "juo") => new()
    {
        Tenant = tenant,
        Id = Id(),
        Workflow = workflow,
        Status = status,
        Vendor = "juo",
        Connection = connection,
        ConnectionIdentity = "identity",
        VendorRunId = status == RunStatus.Starting ? null : Ids.NextRandom().ToString(),
        Attempt = Ids.NextRandom(),
        Version = 7,
        Route = "r",
        Revision = "sha256:0",
        UpdatedAt = DateTimeOffset.UnixEpoch.AddYears(56),
        FinalAt = status.IsFinal() ? DateTimeOffset.UnixEpoch.AddYears(56) : null,
    };

    public static PendingInteraction Interaction(string id, DateTimeOffset? expiresAt = null) =>
        new() { Id = id, Kind = "interaction", Responses = [new InteractionResponse("accept", "Accept")], ExpiresAt = expiresAt };
}
