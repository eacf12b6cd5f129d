using WorkflowGateway.Ledger;

namespace WorkflowGateway.Access;

/// <summary>Who is asking.</summary>
/// <param name="Tenant">Null for all tenants (a key of tenant <c>*</c>).</param>
/// <param name="Role">What it may do.</param>
/// <param name="Name">The key's id, <c>token:</c> and the subject of a token, or <c>local</c>.</param>
internal sealed record Caller(string? Tenant, Role Role, string Name)
{
    /// <summary>Which workflows and operations it is for, below its role.</summary>
    public Grants Grants { get; init; } = Grants.Everything;

    /// <summary>What differs for it from the limits of the settings.</summary>
    public CallLimits? Limits { get; init; }

    /// <summary>Cancelled when its key is revoked: what still goes on then, a stream above all, ends.</summary>
    public CancellationToken Revoked { get; init; }

    /// <summary>What is noted of the request that it makes; null where that changes nothing.</summary>
    public Audit.AuditEntry? Audit { get; init; }

    /// <summary>Says that the row about its request stands in the ledger, if the change that it is part of was applied; else it is still to be written.</summary>
    public WriteResult Noted(WriteResult result, string tenant, string target)
    {
        if (result == WriteResult.Applied && Audit is { } entry) (entry.Tenant, entry.Target, entry.Noted) = (tenant, target, true);
        return result;
    }

    /// <summary>When its token ends, and with it what still goes on; null for a key.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether nobody asked who it is: it sits at this machine, and is not limited.</summary>
    public bool IsLocal { get; init; }

    /// <summary>The tenant of the rows that this caller writes.</summary>
    public string StoreTenant => Tenant ?? "default";

    /// <summary>Whether it may be shown a run of a workflow that it did not start.</summary>
    public bool Reads(string? workflow) => Sees(workflow) && Grants.Operations?.Contains(KeyOperations.Get) != false;

    /// <summary>Whether runs of a workflow exist for it.</summary>
    public bool Sees(string? workflow) => Grants.Workflows is not { } named || (workflow is not null && named.Contains(workflow));
}
