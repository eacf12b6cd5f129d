using WorkflowGateway.Catalog;

namespace WorkflowGateway.Tests.Catalog;

public sealed class RouteConditionTests
{
    [Theory]
    [InlineData("""{ "input.n": 1 }""", """{ "n": 1 }""", true)]
    [InlineData("""{ "input.n": 1 }""", """{ "n": "1" }""", false)]
    [InlineData("""{ "input.n": [ 1, "1" ] }""", """{ "n": "1" }""", true)]
    [InlineData("""{ "input.on": true }""", """{ "on": true }""", true)]
    [InlineData("""{ "input.on": true }""", """{ "on": "true" }""", false)]
    [InlineData("""{ "input.a.b": "x" }""", """{ "a": { "b": "x" } }""", true)]
    [InlineData("""{ "input.a.b": "x" }""", """{ "a": "x" }""", false)]
    [InlineData("""{ "input.a": "x" }""", """{ "a": null }""", false)]
    [InlineData("""{ "input.a": "x" }""", null, false)]
    [InlineData("""{ "labels.region": "eu" }""", null, true)]
    [InlineData("""{ "labels.region": "EU" }""", null, false)]
    [InlineData("""{ "labels.tier": "vip" }""", null, false)]
    [InlineData("""{ "tenant": [ "a", "t" ] }""", null, true)]
    [InlineData("""{ "tenant": "a" }""", null, false)]
    [InlineData("""{ "tenant": "t", "labels.region": "eu", "input.n": 1 }""", """{ "n": 1 }""", true)]
    [InlineData("""{ "tenant": "t", "labels.region": "eu", "input.n": 1 }""", """{ "n": 2 }""", false)]
    public void Every_member_of_a_condition_must_hold_by_value_and_by_kind(string when, string? input, bool holds)
    {
        var catalog = CatalogFixture.WithRoutes($$"""
            { "name": "some", "connection": "a", "target": { "job": "j" }, "when": {{when}} }, { "name": "rest", "connection": "a", "target": { "job": "j" } }
            """);
        var request = CatalogFixture.Start(input) with { Tenant = "t", Labels = new Dictionary<string, string> { ["region"] = "eu" } };

        StartPlanner.Plan(catalog, request).Route.Name.Should().Be(holds ? "some" : "rest");
    }

    [Fact]
    public void A_caller_that_sees_all_tenants_is_no_tenants()
    {
        var catalog = CatalogFixture.WithRoutes("""
            { "name": "theirs", "connection": "a", "target": { "job": "j" }, "when": { "tenant": "t" } }, { "name": "rest", "connection": "a", "target": { "job": "j" } }
            """);

        StartPlanner.Plan(catalog, CatalogFixture.Start()).Route.Name.Should().Be("rest");
    }
}
