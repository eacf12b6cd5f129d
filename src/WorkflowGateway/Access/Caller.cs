namespace WorkflowGateway.Access;

/// <summary>What a caller may do; each role may do what those before it may.</summary>
internal enum Role
{
    Viewer = 0,
    Caller,
    Operator,
}

/// <summary>Who is asking.</summary>
/// <param name="Tenant">Null for all tenants (a key of tenant <c>*</c>).</param>
/// <param name="Role">What it may do.</param>
/// <param name="Name">The key's id, or <c>local</c>.</param>
internal sealed record Caller(string? Tenant, Role Role, string Name)
{
    /// <summary>Cancelled when its key is revoked: what still goes on then, a stream above all, ends.</summary>
    public CancellationToken Revoked { get; init; }

    /// <summary>What is noted of the request that it makes; null where that changes nothing.</summary>
    public Audit.AuditEntry? Audit { get; init; }

    /// <summary>The tenant of the rows that this caller writes.</summary>
    public string StoreTenant => Tenant ?? "default";
}
