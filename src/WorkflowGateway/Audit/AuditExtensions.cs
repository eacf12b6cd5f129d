using WorkflowGateway.Catalog;

namespace WorkflowGateway.Audit;

internal static class AuditExtensions
{
    public static IServiceCollection AddAudit(this IServiceCollection services) => services.AddSingleton<AuditLog>().AddHostedService<AuditedConfiguration>();

    /// <summary>Right after access: who is asking must be known.</summary>
    public static IApplicationBuilder UseAudit(this IApplicationBuilder app) => app.UseMiddleware<AuditMiddleware>();

    public static TBuilder ChangesNothing<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new ChangesNothing());
}

/// <summary>Notes which configuration serves, and when a file began to be refused.</summary>
internal sealed class AuditedConfiguration(LiveCatalog catalog, ConfigFile file, AuditLog audit) : IHostedService
{
    private string _serving = catalog.Current.Revision;
    private bool _refusing;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        audit.Configuration("startGateway", file.Path, _serving, null);
        catalog.Changed += Note;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        catalog.Changed -= Note;
        return Task.CompletedTask;
    }

    // Told by one at a time.
    private void Note()
    {
        var (now, refusing) = (catalog.Current.Revision, catalog.Fault is not null);
        if (now != _serving) audit.Configuration("swapConfiguration", file.Path, now, _serving);
        if (refusing && !_refusing) audit.Configuration("refuseConfiguration", file.Path, now, null);
        (_serving, _refusing) = (now, refusing);
    }
}
