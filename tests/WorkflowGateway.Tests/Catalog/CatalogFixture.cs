using System.Text;
using System.Text.Json;
using WorkflowGateway.Adapters.Fortanix;
using WorkflowGateway.Adapters.Interactly;
using WorkflowGateway.Adapters.Juo;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Tests.Catalog;

internal static class CatalogFixture
{
    public const string Token = "s3cret-t0ken";

    public static readonly IVendorAdapter[] Vendors = [new JuoAdapter(), new InteractlyAdapter(), new FortanixAdapter()];

    public static readonly CatalogContext Real = new()
    {
        Adapters = Vendors,
        Home = HomeFolder.Find(),
        Sandbox = Vendors.ToDictionary(adapter => adapter.Info.Vendor, adapter => $"http://127.0.0.1:4711/{adapter.Info.Vendor}"),
        Variable = _ => null,
    };

    public static readonly CatalogContext Fake = Real with
    {
        Adapters = [new FakeAdapter("acme", "main", "extra"), new FakeAdapter("bare"), new HookedAdapter()],
        Variable = name => name == "TOKEN" ? Token : null,
    };

    public static CatalogSnapshot Read(string json, CatalogContext? context = null) => CatalogReader.Read("gateway.json", Encoding.UTF8.GetBytes(json), context ?? Fake);

    public static IReadOnlyList<CatalogProblem> Problems(string json, CatalogContext? context = null)
    {
        var reading = () => Read(json, context);
        return reading.Should().Throw<CatalogException>().Which.Problems;
    }

    /// <summary>One workflow <c>w</c> with these routes over the connections a, b (acme) and n (bare).</summary>
    public static CatalogSnapshot WithRoutes(string routes, string workflow = "") => Read($$"""
        {
          "connections": {
            "a": { "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" } },
            "b": { "adapter": "acme", "baseUrl": "https://b.example", "credential": { "value": "x" } },
            "n": { "adapter": "bare", "baseUrl": "https://n.example", "credential": { "value": "x" } }
          },
          "workflows": { "w": { {{workflow}} "routes": [ {{routes}} ] } }
        }
        """);

    /// <summary>A file of one connection, with these members beside those it needs.</summary>
    public static string OfOne(string members) => $$"""
        { "connections": { "a": { "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }{{(members.Length > 0 ? "," : "")}} {{members}} } }, "workflows": {} }
        """;

    public static JsonElement Json(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    public static PlanRequest Start(string? input = null) => new()
    {
        Workflow = "w",
        Input = input is null ? null : Json(input),
        RunId = "run_1",
        StickyKey = Encoding.UTF8.GetBytes("key"),
    };
}
