using WorkflowGateway.Faults.Failpoints;
using WorkflowGateway.Faults.Rig;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>Wherever a gateway dies on the way of a start, nothing is lost and nothing is doubled. <c>tests/failpoints.sh</c> does it at all vendors.</summary>
public sealed class FailpointTests(ITestOutputHelper output)
{
    private static readonly bool Full = Form.IsFull;

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var store in Store.Names)
                foreach (var vendor in Full ? Kill.Callers.Workflows : ["interactly"]) cases.Add(store, vendor);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task A_gateway_that_dies_at_a_named_place_loses_no_start_and_doubles_none(string store, string vendor)
    {
        foreach (var hit in Full ? [1, 2] : new[] { 1 })
        {
            var verdict = await FailpointRig.RunAsync(store, vendor, hit, Say);
            Say($"{store}, {vendor}, {FailpointRig.PointsOf(vendor).Count} places, at hit {hit}: {verdict.Summary}");
            verdict.IsClean.Should().BeTrue("in {0}: {1}", verdict.Folder, verdict);
            verdict.Interrupted.Should().BeGreaterThanOrEqualTo(FailpointRig.PointsOf(vendor).Count);
        }
    }

    private void Say(string line) => Form.Say(output, line);
}
