using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using WorkflowGateway.Access;

namespace WorkflowGateway.Audit;

/// <summary>What is noted of a request that may change something, and whether it is.</summary>
/// <param name="Action">The operation's id, as the API description names it.</param>
/// <param name="TraceId">As in the problem that the caller may be answered with.</param>
/// <param name="Address">Of whoever is at the other end of the connection.</param>
internal sealed record AuditEntry(string Action, string? TraceId, string? Address)
{
    private const int LongestTarget = 200;
    private static readonly string[] Targets = ["runId", "webhookId", "keyId", "name", "connection"];

    /// <summary>The id of what it is about, where that is known.</summary>
    public string? Target { get; set; }

    /// <summary>The tenant of what it is about, where that is known; else the caller's own counts.</summary>
    public string? Tenant { get; set; }

    /// <summary>Whether a row is written, or is part of a change that is.</summary>
    public bool Noted { get; set; }

    public static AuditEntry Of(HttpContext http)
    {
        // What answers a problem has no endpoint any more, and no route.
        var failed = http.GetEndpoint() is null ? http.Features.Get<IExceptionHandlerFeature>() : null;
        var (endpoint, route) = failed is null ? (http.GetEndpoint(), http.Request.RouteValues) : (failed.Endpoint, failed.RouteValues);
        return new AuditEntry(
            endpoint?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? http.Request.Method.ToLowerInvariant(),
            Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier, http.Connection.RemoteIpAddress?.ToString())
        {
            Target = Targets.Select(name => route?.GetValueOrDefault(name) as string).FirstOrDefault(value => value is not null) is { } target
                ? target.Length > LongestTarget ? target[..LongestTarget] : target
                : null,
        };
    }
}

/// <summary>Endpoint metadata: a request that is no read by its method, and yet changes nothing.</summary>
internal sealed record ChangesNothing;

/// <summary>A row of the audit log.</summary>
internal sealed record AuditRow
{
    public const string AllTenants = "*";

    /// <summary>Who sits at the machine and uses the command line.</summary>
    public const string Cli = "cli";

    public long Seq { get; init; }

    /// <summary>Of what it is about; <see cref="AllTenants"/> where that is of all.</summary>
    public required string Tenant { get; init; }

    public required long At { get; init; }

    /// <summary>The key's id, <c>token:</c> and the token's subject, <c>local</c> where there are no keys, <see cref="Cli"/> or <c>gateway</c>.</summary>
    public required string Actor { get; init; }

    public required string Role { get; init; }
    public required string Action { get; init; }
    public string? Target { get; init; }

    /// <summary><c>done</c> where it stands in the ledger; else <c>replayed</c>, a problem's code, or the status of the answer.</summary>
    public required string Outcome { get; init; }

    public string? Detail { get; init; }
    public string? TraceId { get; init; }
    public string? Address { get; init; }

    public static AuditRow Of(Caller caller, AuditEntry entry, string outcome, DateTimeOffset at) => new()
    {
        Tenant = entry.Tenant ?? caller.StoreTenant,
        At = at.ToUnixTimeMilliseconds(),
        Actor = caller.Name,
        Role = RoleWords.Of(caller.Role),
        Action = entry.Action,
        Target = entry.Target,
        Outcome = outcome,
        TraceId = entry.TraceId,
        Address = entry.Address,
    };
}
