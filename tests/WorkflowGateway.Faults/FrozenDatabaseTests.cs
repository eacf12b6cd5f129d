using System.Net;
using WorkflowGateway.Faults.Rig;
using WorkflowGateway.Testing;

namespace WorkflowGateway.Faults;

/// <summary>A PostgreSQL that takes connections and answers nothing: worse than one that is gone.</summary>
public sealed class FrozenDatabaseTests
{
    // Far less than the half minute that a driver waits by itself, and far more than ours.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    [Fact]
    public async Task It_is_away_after_seconds_before_any_vendor_is_called_and_there_again_when_it_answers()
    {
        await using var bench = await Bench.StartAsync("postgres");
        var before = await bench.StartRunAsync("interactly-endless", "before");
        PostgresServer.Shared.Freeze();
        try
        {
            var answers = await Task.WhenAll(
                bench.Client.StartAsync("interactly-endless", "during"), bench.Client.GetRunAsync(before.RunId!), bench.Client.CommandAsync(before.RunId!, "stop", new { }, "stop")).WaitAsync(Patience);

            answers.Select(answer => (answer.Status, answer.Code)).Distinct().Should().Equal((HttpStatusCode.ServiceUnavailable, "storage-unavailable"));
            (bench.Starts("during").Length, bench.Count("stop", "interactly")).Should().Be((0, 0));
        }
        finally
        {
            PostgresServer.Shared.Thaw();
        }

        await Until.HoldsAsync(async () => (await bench.Client.StartAsync("interactly-endless", "during")).Ok, "starts are taken again");
        bench.Starts("during").Should().ContainSingle();
        (await bench.Client.GetRunAsync(before.RunId!)).RunStatus.Should().Be("running");
    }
}
