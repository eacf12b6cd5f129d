using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using WorkflowGateway.Access;
using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;

namespace WorkflowGateway;

/// <summary>What somebody who has just started the server wants to know.</summary>
internal static partial class Welcome
{
    /// <summary>The same for programs: a line in the log.</summary>
    public static void Log(WebApplication app) => LogServing(
        app.Logger, ListenAddress.FromHere(app.Urls.FirstOrDefault() ?? ""), app.Services.GetRequiredService<LiveCatalog>().Current.Revision, app.Services.GetRequiredService<Dialect>().Describe());

    [LoggerMessage(Level = LogLevel.Information, Message = "Serving {Address} with the configuration {Revision} and the ledger {Ledger}")]
    private static partial void LogServing(ILogger log, string address, string revision, string ledger);

    public static string Text(WebApplication app)
    {
        var services = app.Services;
        var address = ListenAddress.FromHere(services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.FirstOrDefault() ?? "");
        var catalog = services.GetRequiredService<LiveCatalog>().Current;
        var home = services.GetRequiredService<HomeFolder>();
        var access = services.GetRequiredService<IOptions<AccessOptions>>().Value;
        var ring = services.GetRequiredService<KeyRing>();
        var keyless = access.IsKeyless(app.Environment.IsDevelopment()) && !ring.HasAny;
        var keys = ring.Count;
        var text = new StringBuilder()
            .AppendLine()
            .AppendLine($"  Workflow gateway   {address}")
            .AppendLine($"  Description        {address}/openapi/v1.json")
            .AppendLine($"  Configuration      {home.Resolve(services.GetRequiredService<IOptions<GatewayOptions>>().Value.ConfigPath)}")
            .AppendLine($"  Ledger             {services.GetRequiredService<Dialect>().Describe()}")
            .AppendLine($"  Access             {(keyless ? "no keys, this machine only" : keys == 0 && access.Jwt is not null ? $"tokens of {access.Jwt.ExpectedIssuer}" : keys == 0 ? "API keys, and there is none yet: stop and run keys create --role operator --tenant '*'" : $"{keys} API key(s)")}");
        if (services.GetService<SandboxHost>() is { } sandbox) text.AppendLine($"  Sandbox            {sandbox.BaseUrl} (simulated vendors)");
        text.AppendLine().AppendLine("  Workflows");
        foreach (var workflow in catalog.Workflows.Values.OrderBy(workflow => workflow.Name, StringComparer.Ordinal))
            text.AppendLine($"    {workflow.Name,-22} {string.Join(", ", workflow.Routes.Select(route => route.Connection).Distinct()),-12} {workflow.Description}");
        if (catalog.Workflows.Values.OrderBy(workflow => workflow.Name, StringComparer.Ordinal).FirstOrDefault(workflow => workflow.Example is not null) is { } first)
        {
            var key = keyless ? "" : " -H 'Authorization: Bearer wfg_…'";
            var body = JsonSerializer.Serialize(new { workflow = first.Name, input = first.Example });
            text.AppendLine().AppendLine("  Try").AppendLine($"    curl -s {address}/v1/runs{key} -H 'Content-Type: application/json' -d '{body}'");
        }

        return text.ToString();
    }
}
