using WorkflowGateway.Faults.Failpoints;
using WorkflowGateway.Faults.Rig;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>Wherever a gateway dies on the way of a start, nothing is lost and nothing is doubled. <c>tests/failpoints.sh</c> does it at all vendors.</summary>
public sealed class FailpointTests(ITestOutputHelper output)
{
    /// <summary>At the second hit, too, other starts have gone through by then.</summary>
    private static readonly int[] Hits = Form.IsFull ? [1, 2] : [1];

    public static TheoryData<string> Vendors { get; } = Form.IsFull ? [.. Kill.Callers.Workflows] : ["interactly"];

    [Theory, MemberData(nameof(Vendors))]
    public async Task A_gateway_that_dies_at_a_named_place_loses_no_start_and_doubles_none(string vendor)
    {
        await Task.WhenAll(Store.Names.SelectMany(store => Hits.Select(hit => DieAsync(store, vendor, hit))));
    }

    [FullFact]
    public async Task A_gateway_that_dies_while_it_hands_a_start_on_to_another_vendor_loses_none_and_doubles_none()
    {
        foreach (var (first, second) in new[] { ("juo", "interactly"), ("interactly", "juo"), ("juo", "fortanix"), ("interactly", "fortanix") })
        {
            await Task.WhenAll(Store.Names.Select(async store =>
            {
                var verdict = await FailpointRig.RunAsync(store, first, 1, Say, second);
                Say($"{store}, {first} -> {second}, while it falls back: {verdict.Summary}");
                verdict.IsClean.Should().BeTrue("in {0}: {1}", verdict.Folder, verdict);
                verdict.Interrupted.Should().BePositive();
            }));
        }
    }

    private async Task DieAsync(string store, string vendor, int hit)
    {
        var verdict = await FailpointRig.RunAsync(store, vendor, hit, Say);
        Say($"{store}, {vendor}, {FailpointRig.PointsOf(vendor).Count} places, at hit {hit}: {verdict.Summary}");
        verdict.IsClean.Should().BeTrue("in {0}: {1}", verdict.Folder, verdict);
        // On a busy machine a caller may have had its 202 before the place was come to.
        verdict.Interrupted.Should().BeGreaterThan(FailpointRig.PointsOf(vendor).Count / 2);
    }

    private void Say(string line) => Form.Say(output, line);
}
