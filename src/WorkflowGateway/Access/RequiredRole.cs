namespace WorkflowGateway.Access;

/// <summary>Endpoint metadata: the least role that may call it. An endpoint without any of these is closed to all.</summary>
internal sealed record RequiredRole(Role Role);

/// <summary>Endpoint metadata: it tells of all tenants, and is closed to callers that see only one.</summary>
internal sealed record AllTenantsEndpoint;

/// <summary>Endpoint metadata: open to everyone who signed with a secret of a connection's, which the endpoint itself checks. Without keys it serves this machine only, as all do.</summary>
internal sealed record SignedEndpoint;

/// <summary>Endpoint metadata: open to everyone, without a key (health, problems, the API description).</summary>
internal sealed record PublicEndpoint;
