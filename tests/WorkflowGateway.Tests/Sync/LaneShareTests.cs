using WorkflowGateway.Sync;

namespace WorkflowGateway.Tests.Sync;

public sealed class LaneShareTests
{
    [Theory]
    [InlineData(10, 100, 100, 8, 2)]
    [InlineData(10, 100, 0, 10, 0)]
    [InlineData(10, 0, 100, 0, 10)]
    [InlineData(10, 3, 100, 3, 7)]
    [InlineData(10, 100, 1, 9, 1)]
    [InlineData(10, 2, 1, 2, 1)]
    [InlineData(0, 5, 5, 0, 0)]
    public void Four_of_five_are_for_the_first_lane_and_what_one_has_no_use_for_the_other_gets(int places, int soon, int later, int first, int second) =>
        new LaneShare().Divide(places, soon, later).Should().Be((first, second));

    [Fact]
    public void One_place_at_a_time_starves_neither()
    {
        var share = new LaneShare();

        var taken = Enumerable.Range(0, 50).Select(_ => share.Divide(1, 32, 32)).ToList();

        (taken.Sum(one => one.Soon), taken.Sum(one => one.Later)).Should().Be((40, 10));
    }
}
