namespace WorkflowGateway.Access;

/// <summary>Endpoint metadata: the least role that may call it. An endpoint without this or <see cref="PublicEndpoint"/> is closed to all.</summary>
internal sealed record RequiredRole(Role Role);

/// <summary>Endpoint metadata: open to everyone, without a key (health, problems, the API description).</summary>
internal sealed record PublicEndpoint;
