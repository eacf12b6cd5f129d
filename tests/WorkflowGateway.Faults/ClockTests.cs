using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults;

/// <summary>Somebody sets the gateway's clock while runs are under way, or the vendors' clock is another: all ends as it does otherwise.</summary>
public sealed class ClockTests
{
    private const int Year = 24 * 365;

    private static readonly Dictionary<string, string> Ends = new()
    {
        ["juo"] = "succeeded",
        ["juo-asks"] = "succeeded",
        ["interactly"] = "succeeded",
        ["interactly-endless"] = "canceled",
        ["fortanix"] = "succeeded",
        ["fortanix-endless"] = "canceled",
        ["lost"] = "succeeded",
    };

    [Theory]
    [InlineData("sqlite", 0, 0)]
    [InlineData("sqlite", 1, 0)]
    [InlineData("sqlite", -1, 0)]
    [InlineData("sqlite", Year, 0)]
    [InlineData("sqlite", 0, 2)]
    [InlineData("sqlite", 0, -2)]
    [InlineData("postgres", 1, 0)]
    [InlineData("postgres", -1, 0)]
    [InlineData("postgres", Year, 0)]
    [InlineData("postgres", 0, 2)]
    public async Task Whatever_the_clocks_say_all_runs_end_as_they_do(string store, int jumpHours, int vendorHoursAhead)
    {
        await using var bench = await Bench.StartAsync(store, vendorsAhead: TimeSpan.FromHours(vendorHoursAhead));
        var runs = new Dictionary<string, Reply>();
        foreach (var workflow in Ends.Keys.Where(workflow => workflow != "lost")) runs[workflow] = await bench.StartRunAsync(workflow, workflow);
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "reset", When = "after", Count = 1 });
        runs["lost"] = await bench.StartRunAsync("interactly", "lost");
        runs["lost"].RunStatus.Should().Be("unknown");

        bench.Jump(TimeSpan.FromHours(jumpHours));

        var asked = runs["juo-asks"].Body.GetProperty("interactions")[0];
        var answer = new { interactionId = asked.GetProperty("id").GetString(), type = asked.GetProperty("responses")[0].GetProperty("type").GetString() };
        (await bench.Client.CommandAsync(runs["juo-asks"].RunId!, "respond", answer, "answer")).Ok.Should().BeTrue();
        foreach (var workflow in new[] { "interactly-endless", "fortanix-endless" })
            (await bench.Client.CommandAsync(runs[workflow].RunId!, "stop", new { }, "stop " + workflow)).Ok.Should().BeTrue();

        foreach (var (workflow, end) in Ends)
            await Until.HoldsAsync(async () => (await bench.Client.GetRunAsync(runs[workflow].RunId!)).RunStatus == end, $"{workflow} is {end}", 120);
        bench.Sandbox.ReadLedger(operation: "start").Should().HaveCount(Ends.Count).And.OnlyContain(start => start.Processed);
        bench.Sandbox.ReadLedger(operation: "respond").Should().ContainSingle();
        bench.Sandbox.ReadLedger(operation: "stop").Should().HaveCount(2);
    }
}
