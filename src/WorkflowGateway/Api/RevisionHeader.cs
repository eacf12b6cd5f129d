using WorkflowGateway.Catalog;

namespace WorkflowGateway.Api;

/// <summary>Says on every answer of the API which configuration this process serves.</summary>
internal static class RevisionHeader
{
    public const string Name = "Gateway-Revision";

    public static IApplicationBuilder UseRevisionHeader(this IApplicationBuilder app)
    {
        var catalog = app.ApplicationServices.GetRequiredService<LiveCatalog>();
        return app.Use((http, next) =>
        {
            // At the last moment: a problem clears what was set before.
            if (http.Request.Path.StartsWithSegments("/v1"))
            {
                http.Response.OnStarting(() =>
                {
                    http.Response.Headers[Name] = catalog.Current.Revision;
                    return Task.CompletedTask;
                });
            }

            return next(http);
        });
    }
}
