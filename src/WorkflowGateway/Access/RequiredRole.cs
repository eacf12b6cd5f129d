namespace WorkflowGateway.Access;

/// <summary>Endpoint metadata: the least role that may call it. An endpoint without any of these is closed to all.</summary>
/// <param name="Role">The role.</param>
/// <param name="Operation">One of <see cref="KeyOperations"/>; null closes it to keys that are for some operations or workflows only.</param>
internal sealed record RequiredRole(Role Role, string? Operation = null);

/// <summary>Endpoint metadata: it tells of all tenants, and is closed to callers that see only one.</summary>
internal sealed record AllTenantsEndpoint;

/// <summary>Endpoint metadata: open to everyone who signed with a secret of a connection's, which the endpoint itself checks. Without keys it serves this machine only, as all do.</summary>
internal sealed record SignedEndpoint;

/// <summary>Endpoint metadata: open to everyone, without a key (health, problems, the API description).</summary>
internal sealed record PublicEndpoint;
