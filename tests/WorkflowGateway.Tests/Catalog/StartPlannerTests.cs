using System.Text;
using System.Text.Json;
using WorkflowGateway.Catalog;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Catalog;

public sealed class StartPlannerTests
{
    private const string Echo = """{ "name": "r", "connection": "a", "target": { "job": "j" }, "input": { "main": { "v": "${PLACE}" } } }""";

    [Theory]
    [InlineData("input", """{ "v": { "a": { "b": [ 1, "x" ] }, "n": 1.50, "s": "text" } }""")]
    [InlineData("input.a.b", """{ "v": [ 1, "x" ] }""")]
    [InlineData("input.n", """{ "v": 1.50 }""")]
    [InlineData("input.s", """{ "v": "text" }""")]
    [InlineData("input.none", "{ }")]
    [InlineData("input.s.deeper", "{ }")]
    [InlineData("labels.region", """{ "v": "eu" }""")]
    [InlineData("labels.none", "{ }")]
    [InlineData("subject", """{ "v": "customer-1" }""")]
    [InlineData("correlationId", "{ }")]
    [InlineData("runId", """{ "v": "run_1" }""")]
    public void A_placeholder_keeps_its_type_and_without_value_leaves_out_its_member(string placeholder, string expected)
    {
        var catalog = CatalogFixture.WithRoutes(Echo.Replace("PLACE", placeholder, StringComparison.Ordinal));

        var plan = StartPlanner.Plan(catalog, CatalogFixture.Start("""{ "a": { "b": [ 1, "x" ] }, "n": 1.50, "s": "text" }""") with
        {
            Subject = "customer-1",
            Labels = new Dictionary<string, string> { ["region"] = "eu" },
        });

        Same(plan.Input, $$"""{ "main": {{expected}} }""");
    }

    [Fact]
    public void A_doubled_dollar_is_the_text_itself()
    {
        var catalog = CatalogFixture.WithRoutes("""{ "name": "r", "connection": "a", "target": { "job": "$${input}", "env": { "A": "echo $${HOME}" } } }""");

        Same(StartPlanner.Plan(catalog, CatalogFixture.Start()).Target, """{ "job": "${input}", "env": { "A": "echo ${HOME}" } }""");
    }

    [Theory]
    [InlineData("""{ "x": 1 }""", """{ "main": { "x": 1 } }""")]
    [InlineData(null, """{ "main": {} }""")]
    public void Without_input_the_whole_input_goes_to_the_default_part(string? input, string expected)
    {
        var catalog = CatalogFixture.WithRoutes("""{ "name": "r", "connection": "a", "target": { "job": "j" } }""");

        Same(StartPlanner.Plan(catalog, CatalogFixture.Start(input)).Input, expected);
    }

    [Fact]
    public void Input_that_no_placeholder_uses_is_refused_where_the_vendor_has_no_input()
    {
        var catalog = CatalogFixture.WithRoutes("""{ "name": "r", "connection": "n", "target": { "job": "j", "env": { "A": "${input.a.b}" } } }""");

        Same(StartPlanner.Plan(catalog, CatalogFixture.Start("""{ "a": { "b": "1" } }""")).Target, """{ "job": "j", "env": { "A": "1" } }""");
        Refusal(catalog, CatalogFixture.Start("""{ "a": { "b": "1" }, "c/d": 1 }""")).Should().Be("validation-failed /input/c~1d");
        Refusal(catalog, CatalogFixture.Start("[ 1 ]")).Should().Be("validation-failed /input");
    }

    [Theory]
    [InlineData("""{ "job": "two words" }""")]
    [InlineData("""{ "job": "${anything goes" }""")]
    [InlineData("""{ "job": "${input.job}" }""")]
    public void What_a_start_fills_into_a_target_is_checked(string input)
    {
        var catalog = CatalogFixture.WithRoutes("""{ "name": "r", "connection": "a", "target": { "job": "${input.job}" } }""");

        Refusal(catalog, CatalogFixture.Start(input)).Should().Be("validation-failed /input/job");
        Refusal(catalog, CatalogFixture.Start("{}")).Should().Be("validation-failed /input/job");
    }

    [Fact]
    public void An_input_that_does_not_fit_is_refused_field_by_field()
    {
        var catalog = CatalogFixture.WithRoutes(
            """{ "name": "r", "connection": "a", "target": { "job": "j" } }""",
            """ "inputSchema": { "type": "object", "required": [ "id" ], "additionalProperties": false, "properties": { "id": { "type": "string" }, "list": { "items": { "minimum": 1 } } } }, """);

        Refusal(catalog, CatalogFixture.Start("""{ "list": [ 1, 0 ], "ids": 3 }""")).Should().Be("validation-failed /input/list/1 /input/ids /input/id");
        Refusal(catalog, CatalogFixture.Start()).Should().Be("validation-failed /input/id");
        StartPlanner.Plan(catalog, CatalogFixture.Start("""{ "id": "1" }""")).Route.Name.Should().Be("r");
    }

    [Theory]
    [InlineData("eu", "vip", "eu-vip")]
    [InlineData("eu", "other", "eu")]
    [InlineData("us", null, "eu")]
    [InlineData("asia", null, "rest")]
    [InlineData(null, null, "rest")]
    public void The_first_route_that_matches_wins(string? region, string? tier, string expected)
    {
        var catalog = CatalogFixture.WithRoutes("""
            { "name": "off", "connection": "a", "target": { "job": "j" }, "enabled": false },
            { "name": "none", "connection": "a", "target": { "job": "j" }, "weight": 0 },
            { "name": "eu-vip", "connection": "a", "target": { "job": "j" }, "when": { "labels.region": "eu", "input.tier": "vip" } },
            { "name": "eu", "connection": "a", "target": { "job": "j" }, "when": { "labels.region": [ "eu", "us" ] } },
            { "name": "rest", "connection": "b", "target": { "job": "j" } }
            """);
        var request = CatalogFixture.Start(tier is null ? null : $$"""{ "tier": "{{tier}}" }""");
        if (region is not null) request = request with { Labels = new Dictionary<string, string> { ["region"] = region } };

        StartPlanner.Plan(catalog, request).Route.Name.Should().Be(expected);
    }

    [Fact]
    public void Routes_with_the_same_condition_share_by_weight_and_a_key_always_takes_the_same()
    {
        var catalog = CatalogFixture.WithRoutes("""
            { "name": "r1", "connection": "a", "target": { "job": "j" }, "weight": 3, "when": { "tenant": "t", "labels.x": "y" } },
            { "name": "r2", "connection": "b", "target": { "job": "j" }, "when": { "labels.x": "y", "tenant": "t" } },
            { "name": "r3", "connection": "b", "target": { "job": "j" } }
            """);
        var request = CatalogFixture.Start() with { Tenant = "t", Labels = new Dictionary<string, string> { ["x"] = "y" } };

        string Taken(int key) => StartPlanner.Plan(catalog, request with { StickyKey = Encoding.UTF8.GetBytes($"key {key}") }).Route.Name;
        var taken = Enumerable.Range(0, 4000).Select(Taken).ToList();

        taken.Count(name => name == "r1").Should().BeInRange(2850, 3150);
        taken.Should().NotContain("r3");
        Enumerable.Range(0, 100).Select(Taken).Should().Equal(taken.Take(100));
    }

    [Fact]
    public void The_named_connection_narrows_the_choice()
    {
        var catalog = CatalogFixture.WithRoutes("""
            { "name": "r1", "connection": "a", "target": { "job": "j" } },
            { "name": "r2", "connection": "b", "target": { "job": "j" } }
            """);

        StartPlanner.Plan(catalog, CatalogFixture.Start() with { Connection = "b" }).Route.Name.Should().Be("r2");
        var refused = () => StartPlanner.Plan(catalog, CatalogFixture.Start() with { Connection = "n" });
        refused.Should().Throw<RefusedException>().Which.Message
            .Should().Be("No route of 'w' takes this start. r1: It goes to 'a', not to 'n'. r2: It goes to 'b', not to 'n'.");
    }

    [Fact]
    public void Tenants_see_only_what_is_theirs()
    {
        var catalog = CatalogFixture.WithRoutes("""{ "name": "r", "connection": "a", "target": { "job": "j" } }""", """ "tenants": [ "t1" ], """);

        StartPlanner.Plan(catalog, CatalogFixture.Start() with { Tenant = "t1" }).Workflow.Name.Should().Be("w");
        StartPlanner.Plan(catalog, CatalogFixture.Start()).Workflow.Name.Should().Be("w");
        Refusal(catalog, CatalogFixture.Start() with { Tenant = "t2" }).Should().Be("unknown-workflow /workflow");
        Refusal(catalog, CatalogFixture.Start() with { Workflow = "ww" }).Should().Be("unknown-workflow /workflow");
    }

    [Fact]
    public void A_connection_that_is_off_or_another_tenants_takes_nothing()
    {
        const string Template = """
            { "connections": { "a": { "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, MORE } },
              "workflows": { "w": { "routes": [ { "name": "r", "connection": "a", "target": { "job": "j" } } ] } } }
            """;

        Refusal(CatalogFixture.Read(Template.Replace("MORE", "\"enabled\": false", StringComparison.Ordinal)), CatalogFixture.Start()).Should().Be("no-route");
        Refusal(CatalogFixture.Read(Template.Replace("MORE", "\"tenants\": [ \"t1\" ]", StringComparison.Ordinal)), CatalogFixture.Start() with { Tenant = "t2" }).Should().Be("no-route");
    }

    [Fact]
    public void A_refusal_names_no_route_of_another_tenant()
    {
        var catalog = CatalogFixture.Read("""
            { "connections": {
                "theirs": { "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "tenants": [ "t1" ] },
                "theirs-off": { "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "tenants": [ "t1" ], "enabled": false },
                "mine": { "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "tenants": [ "t2" ], "enabled": false } },
              "workflows": { "w": { "routes": [
                { "name": "big-customer", "connection": "theirs", "target": { "job": "j" } }, { "name": "big-customer-old", "connection": "theirs-off", "target": { "job": "j" } },
                { "name": "own", "connection": "mine", "target": { "job": "j" } } ] } } }
            """);
        string Message(string tenant, string? connection) =>
            FluentActions.Invoking(() => StartPlanner.Plan(catalog, CatalogFixture.Start() with { Tenant = tenant, Connection = connection })).Should().Throw<RefusedException>().Which.Message;

        Message("t2", null).Should().Be("No route of 'w' takes this start. own: Its connection 'mine' is not enabled.");
        Message("t2", "theirs-off").Should().Be("No route of 'w' takes this start. own: Its connection 'mine' is not enabled.");
        Message("t3", "mine").Should().Be("No route of 'w' takes this start.");
        RoutePicker.Judge(catalog, catalog.Workflows["w"], CatalogFixture.Start() with { Tenant = "t3", Connection = "mine" }).Select(verdict => verdict.Reason).Should().OnlyContain(reason => reason == "Its connection does not serve this tenant.");
    }

    [Fact]
    public void A_dry_run_needs_a_vendor_that_has_it()
    {
        var catalog = CatalogFixture.WithRoutes("""{ "name": "r", "connection": "n", "target": { "job": "j" } }""");

        Refusal(catalog, CatalogFixture.Start() with { DryRun = true }).Should().Be("capability-unsupported");
    }

    private static string Refusal(CatalogSnapshot catalog, PlanRequest request)
    {
        var planning = () => StartPlanner.Plan(catalog, request);
        var refused = planning.Should().Throw<RefusedException>().Which;
        return string.Join(' ', refused.Errors.Select(error => error.Pointer).Prepend(refused.Code));
    }

    private static void Same(JsonElement actual, string expected) =>
        JsonElement.DeepEquals(actual, CatalogFixture.Json(expected)).Should().BeTrue($"{actual} should be {expected}");
}
