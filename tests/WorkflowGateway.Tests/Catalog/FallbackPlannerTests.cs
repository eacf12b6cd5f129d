using WorkflowGateway.Catalog;

namespace WorkflowGateway.Tests.Catalog;

public sealed class FallbackPlannerTests
{
    [Fact]
    public void Fall_backs_are_judged_in_order_each_with_its_reason()
    {
        var catalog = CatalogFixture.WithRoutes("""
            { "name": "r1", "connection": "a", "target": { "job": "j" }, "fallback": [ "off", "eu", "spare", "bare" ] },
            { "name": "off", "connection": "b", "target": { "job": "j" }, "enabled": false },
            { "name": "eu", "connection": "b", "target": { "job": "j" }, "when": { "labels.region": "eu" } },
            { "name": "spare", "connection": "b", "target": { "job": "${input.job}" }, "weight": 0 },
            { "name": "bare", "connection": "n", "target": { "job": "j" }, "weight": 0 }
            """);
        var request = CatalogFixture.Start("""{ "job": "j2" }""");

        var verdicts = FallbackPlanner.Judge(catalog, request, StartPlanner.Plan(catalog, request));

        verdicts.Select(verdict => (verdict.Route.Name, verdict.Reason)).Should().Equal(
            ("off", "It is not enabled."), ("eu", "Its condition on labels.region does not hold."), ("spare", null),
            ("bare", "Bare takes no input of its own, and the route 'bare' does not use this. Leave it out."));
        verdicts[2].Plan!.Target.GetProperty("job").GetString().Should().Be("j2");
        FallbackPlanner.Judge(catalog, request with { Connection = "a" }, StartPlanner.Plan(catalog, request)).Should().OnlyContain(verdict => verdict.Plan == null);
    }

    [Fact]
    public void An_end_users_token_is_for_one_account_only()
    {
        const string Mine = """ "credential": { "from": "caller" } """;
        var catalog = CatalogFixture.Read($$"""
            {
              "connections": {
                "a": { "adapter": "acme", "baseUrl": "https://a.example", {{Mine}} },
                "a2": { "adapter": "acme", "baseUrl": "https://a.example", {{Mine}} },
                "b": { "adapter": "acme", "baseUrl": "https://b.example", {{Mine}} },
                "ours": { "adapter": "acme", "baseUrl": "https://b.example", "credential": { "value": "x" } }
              },
              "workflows": { "w": { "routes": [
                { "name": "r1", "connection": "a", "target": { "job": "j" }, "fallback": [ "same", "other", "ours", "again" ] },
                { "name": "same", "connection": "a2", "weight": 0, "target": { "job": "j" } }, { "name": "other", "connection": "b", "weight": 0, "target": { "job": "j" } },
                { "name": "ours", "connection": "ours", "weight": 0, "target": { "job": "j" } }, { "name": "again", "connection": "a2", "weight": 0, "target": { "job": "j" } } ] } }
            }
            """, CatalogFixture.Fake with { HasMasterKey = true });

        var verdicts = FallbackPlanner.Judge(catalog, CatalogFixture.Start(), StartPlanner.Plan(catalog, CatalogFixture.Start()));

        // Once it was dropped it is gone.
        verdicts.Where(verdict => verdict.Plan is not null).Select(verdict => verdict.Route.Name).Should().Equal("same", "ours");
        verdicts[1].Reason.Should().Be("Its connection 'b' takes the end user's token, and the one at hand is for another account.");
    }

    [Fact]
    public void What_is_wrong_with_a_list_of_fall_backs_is_said_where_it_stands()
    {
        var reading = () => CatalogFixture.WithRoutes("""
            { "name": "north", "connection": "a", "target": { "job": "j" }, "fallback": [ "sout", "north", "south", "south", "east", 7 ] },
            { "name": "south", "connection": "b", "target": { "job": "j" }, "fallback": [] }
            """);

        reading.Should().Throw<CatalogException>().Which.Problems.Select(problem => $"{problem.Path} {problem.Message}").Should().BeEquivalentTo(
            "/workflows/w/routes/0/fallback/0 This workflow has no route 'sout'. Did you mean 'south'?",
            "/workflows/w/routes/0/fallback/1 A route cannot stand in for itself. Known: south.",
            "/workflows/w/routes/0/fallback/3 'south' stands before this already. Take one of them out.",
            "/workflows/w/routes/0/fallback/4 This workflow has no route 'east'. Known: south.",
            "/workflows/w/routes/0/fallback/5 This must be a text. Put it into double quotes.");
    }

    [Fact]
    public void A_fall_back_must_serve_what_the_workflow_requires()
    {
        var reading = () => CatalogFixture.WithRoutes("""
            { "name": "r1", "connection": "a", "target": { "job": "j" }, "fallback": [ "spare" ] },
            { "name": "spare", "connection": "b", "target": { "job": "j" }, "weight": 0 }
            """, "\"requires\": [ \"respond\" ],");

        reading.Should().Throw<CatalogException>().Which.Problems.Select(problem => problem.Path).Should().Contain("/workflows/w/routes/1/connection");
    }
}
