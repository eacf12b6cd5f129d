using WorkflowGateway.Catalog;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Catalog;

/// <summary>What a start names wrongly is pointed at.</summary>
public sealed class WrongNamesTests
{
    private static readonly CatalogSnapshot Snapshot = CatalogFixture.WithRoutes("""{ "name": "r", "connection": "a", "target": { "job": "j" } }""");

    [Fact]
    public void An_unknown_workflow() =>
        Errors(CatalogFixture.Start() with { Workflow = "ww" }).Should().Equal(new FieldError("/workflow", "There is no such workflow. Did you mean 'w'?"));

    [Fact]
    public void A_connection_to_which_nothing_goes() =>
        Errors(CatalogFixture.Start() with { Connection = "nowhere" }).Should().Equal(new FieldError("/connection", "No route of this workflow goes to a connection 'nowhere'. Known: a."));

    private static IReadOnlyList<FieldError> Errors(PlanRequest request)
    {
        var planning = () => StartPlanner.Plan(Snapshot, request);
        return planning.Should().Throw<RefusedException>().Which.Errors;
    }
}
