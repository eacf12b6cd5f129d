using Yarp.ReverseProxy.Configuration;

namespace WorkflowGateway.Benchmarks.Servers;

/// <summary>Yardstick of starts that stores nothing: forwards the vendor's own request as it is.</summary>
internal static class BareYarp
{
    public static Task<int> RunAsync(string vendor)
    {
        // Not the slim builder: it watches its folder for settings, and the ledgers write there.
        var builder = Role.Bare();
        builder.Services.AddRouting();
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "vendor", Match = new RouteMatch { Path = "/{**rest}" } }],
            [new ClusterConfig { ClusterId = "vendor", Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = vendor } } }]);
        var app = builder.Build();
        app.MapReverseProxy();
        return app.ServeAsync();
    }
}
