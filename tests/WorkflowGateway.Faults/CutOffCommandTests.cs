using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults;

/// <summary>A replica dies while it sends a command: on PostgreSQL no boot says so, another replica's reads do.</summary>
public sealed class CutOffCommandTests
{
    [Fact]
    public async Task A_command_of_a_replica_that_is_no_more_is_unknown_once_nobody_can_be_waiting_and_then_judged()
    {
        await using var sandbox = await SandboxServer.StartAsync(new SandboxOptions { Seed = 1 }, CancellationToken.None);
        using var folder = new GatewayFolder("3s", "postgres");
        var port = Ports.Free();
        using var client = new GatewayClient(new Uri($"http://127.0.0.1:{port}"));
        string id;
        await using (var gateway = GatewayProcess.Launch(folder, sandbox.Control, port))
        {
            await gateway.ListeningAsync();
            id = (await client.StartAsync("interactly-endless", "run")).RunId!;
            sandbox.Controls.Add(new Fault { Operation = "stop", Kind = "delay", When = "after", Seconds = 2 });
            var stop = client.CommandAsync(id, "stop", new { }, "stop");
            await Until.HoldsAsync(() => sandbox.ReadLedger(operation: "stop").Count == 1, "the vendor received the stop");
            await gateway.KillAsync();
            await stop.Awaiting(task => task).Should().ThrowAsync<HttpRequestException>();
        }

        await using var next = GatewayProcess.Launch(folder, sandbox.Control, port);
        await next.ListeningAsync();
        await Until.HoldsAsync(async () => (await client.GetRunAsync(id)).RunStatus == "canceled", "what the stop did is seen");

        var phases = (await client.GetAsync($"v1/runs/{id}/events?pageSize=500")).Body.GetProperty("events").EnumerateArray().Select(change => change.GetProperty("data"))
            .Where(data => data.TryGetProperty("command", out _)).Select(data => data.GetProperty("command").GetProperty("phase").GetString());
        phases.Should().Equal("accepted", "unknown", "applied");
        sandbox.ReadLedger(operation: "stop").Should().ContainSingle();
    }
}
