using System.Text.Json;
using System.Text.Json.Serialization;
using WorkflowGateway.Catalog;
using WorkflowGateway.Runners;

namespace WorkflowGateway.Runs;

/// <summary>A start over the route that it takes, ready to be sent.</summary>
/// <param name="Run">The run, at the attempt that may be sent.</param>
/// <param name="Start">What to send.</param>
/// <param name="Connection">Where to.</param>
/// <param name="Fallbacks">What is left of the routes that stand in, in order.</param>
internal sealed record RoutedStart(RunRow Run, StartRun Start, ConnectionRunner Connection, IReadOnlyList<FallbackStart> Fallbacks)
{
    /// <summary>The same start over one of its fall-backs, as if that were the route it takes.</summary>
    public RoutedStart Over(int index, ConnectionRunner connection)
    {
        var next = Fallbacks[index];
        var run = next.Take(Run);
        var token = connection.Config.CallerCredential ? Start.Subject?.Token : null;
        return new RoutedStart(run, Start with { Target = next.Target, Input = next.Input, Subject = run.EndUser(token) }, connection, [.. Fallbacks.Skip(index + 1)]);
    }
}

/// <summary>What would be sent over a route that stands in, planned with the start: the run's revision is true for it too.</summary>
/// <param name="Route">The route's name.</param>
/// <param name="Vendor">Its vendor.</param>
/// <param name="Connection">Its connection.</param>
/// <param name="Identity">The account that this reaches.</param>
/// <param name="Tenant">The tenant of the start's key; null where that sees all.</param>
/// <param name="Target">What is started there.</param>
/// <param name="Input">What that works on.</param>
internal sealed record FallbackStart(string Route, string Vendor, string Connection, string Identity, string? Tenant, JsonElement Target, JsonElement Input)
{
    public static FallbackStart Of(PlannedStart plan, string? tenant) =>
        new(plan.Route.Name, plan.Connection.VendorName, plan.Connection.Name, plan.Connection.Identity, tenant, plan.Target, plan.Input);

    /// <summary>The run over this route.</summary>
    public RunRow Take(RunRow run) => run with { Route = Route, Vendor = Vendor, Connection = Connection, ConnectionIdentity = Identity };
}

/// <summary>What is kept of a start of which certainly nothing was done, so that whoever takes it can send it.</summary>
internal sealed record KeptStart(JsonElement Target, JsonElement Input, IReadOnlyList<FallbackStart>? Fallbacks)
{
    public string ToText() => JsonSerializer.Serialize(this, KeptStartJson.Default.KeptStart);

    public static KeptStart Of(string text) => JsonSerializer.Deserialize(text, KeptStartJson.Default.KeptStart)!;

    public RoutedStart At(RunRow run, ConnectionRunner connection, Secret? token) => new(
        run,
        new StartRun { Target = Target, Input = Input, Marker = run.Marker, DryRun = run.DryRun, Subject = run.EndUser(connection.Config.CallerCredential ? token : null) },
        connection,
        Fallbacks ?? []);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeptStart))]
internal sealed partial class KeptStartJson : JsonSerializerContext;
