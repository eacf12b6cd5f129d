using WorkflowGateway.Access;
using WorkflowGateway.Catalog;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Native;

/// <summary>Who may speak to a vendor's own API: the account's only tenant, or who sees all. At the vendor everything of the account can be reached.</summary>
internal static class NativeAccess
{
    /// <param name="runners">The connections.</param>
    /// <param name="name">The connection's name.</param>
    /// <param name="caller">Who is asking.</param>
    /// <param name="read">Whether it certainly changes nothing.</param>
    /// <exception cref="RefusedException">It may not.</exception>
    public static ConnectionRunner Check(RunnerRegistry runners, string name, Caller caller, bool read)
    {
        if (runners.Find(name) is not { } connection || !connection.Config.Serves(caller.Tenant))
        {
            var served = runners.All.Where(one => one.Config.Serves(caller.Tenant)).Select(one => one.Config.Name);
            throw new RefusedException("not-found", $"There is no connection '{name}'. {Suggestion.For(name, [.. served])}");
        }

        if (caller.Tenant is { } tenant && !connection.Config.IsOf(tenant))
            throw new RefusedException("forbidden", $"The connection {name} is not the tenant {tenant}'s alone. Use a key of tenant *, or name the tenant alone in the connection's tenants.");
        if (connection.Runner is not INativeCalls)
            throw new RefusedException("capability-unsupported", $"The {connection.Info.Vendor} adapter passes nothing through.");
        if (!read && connection.Config.Exclusive)
            throw new RefusedException("forbidden", $"The connection {name} is exclusive: a run that is started past the gateway would be taken for one of the gateway's. Only GET and HEAD go through.");
        if (!read && !connection.Config.Enabled)
            throw new RefusedException("forbidden", $"The connection {name} is disabled and takes nothing new; what goes through might start something. Only GET and HEAD do.");
        return connection;
    }
}
