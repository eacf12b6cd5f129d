using System.Net;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults;

/// <summary>What a gateway leaves to the next one on the same file, as a process of its own.</summary>
public sealed class RestartTests : IAsyncLifetime, IDisposable
{
    private readonly GatewayFolder _folder = new();
    private readonly int _port = Ports.Free();
    private SandboxServer _sandbox = null!;
    private GatewayClient _client = null!;

    public async Task InitializeAsync()
    {
        _sandbox = await SandboxServer.StartAsync(new SandboxOptions { Seed = 1 }, CancellationToken.None);
        _client = new GatewayClient(new Uri($"http://127.0.0.1:{_port}"));
    }

    [Fact]
    public async Task A_gateway_that_is_asked_to_end_sees_through_what_it_began()
    {
        AnswerLate("start");
        await using (var gateway = await StartAsync())
        {
            var waited = _client.StartAsync("interactly", "waited");
            var left = await _client.StartAsync("juo", "left", prefer: "respond-async");
            left.RunStatus.Should().Be("starting");
            await ReceivedAsync("start", 2);

            gateway.Terminate();

            // Who waits is not held up: it is told the run as it is now, and can ask again.
            (await waited).RunId.Should().NotBeNull();
            (await gateway.WaitAsync()).Should().Be(0, gateway.Errors);
        }

        await using var next = await StartAsync();
        foreach (var (workflow, key) in new[] { ("interactly", "waited"), ("juo", "left") })
        {
            var run = await _client.StartAsync(workflow, key);
            run.Replayed.Should().BeTrue();
            run.VendorRunId.Should().Be(_sandbox.ReadLedger(workflow, "start").Should().ContainSingle().Subject.VendorRunId);
        }
    }

    [Fact]
    public async Task A_start_that_a_kill_interrupts_is_unknown_after_the_restart_and_never_sent_again()
    {
        AnswerLate("start");
        string id;
        await using (var gateway = await StartAsync())
        {
            id = (await _client.StartAsync("juo", "cut", prefer: "respond-async")).RunId!;
            await ReceivedAsync("start", 1);
            await gateway.KillAsync();
        }

        await using var next = await StartAsync();
        await Until.HoldsAsync(async () => (await _client.GetRunAsync(id)).RunStatus == "unknown", "the run is unknown", 30);
        var run = await _client.StartAsync("juo", "cut");
        (run.RunId, run.Status, run.Reason, run.Replayed).Should().Be((id, HttpStatusCode.Accepted, "start-unconfirmed", true));
        // Also of what a process that is no more has sent there is something to go by.
        var evidence = (await _client.GetAsync($"v1/runs/{id}?include=evidence")).Body.GetProperty("evidence");
        evidence.GetProperty("target").GetProperty("flowType").GetString().Should().Be(Scenarios.Juo.Skip);
        evidence.GetProperty("sentAt").GetDateTimeOffset().Should().BeBefore(TimeProvider.System.GetUtcNow());
        _sandbox.ReadLedger(operation: "start").Should().ContainSingle();
    }

    [Fact]
    public async Task A_start_that_a_kill_interrupts_is_unknown_also_when_its_connection_is_gone()
    {
        AnswerLate("start");
        string id;
        await using (var gateway = await StartAsync())
        {
            id = (await _client.StartAsync("juo", "cut", prefer: "respond-async")).RunId!;
            await ReceivedAsync("start", 1);
            await gateway.KillAsync();
        }

        _folder.Remove("juo");
        await using var next = await StartAsync();
        await Until.HoldsAsync(async () => (await _client.GetRunAsync(id)).RunStatus == "unknown", "the run is unknown", 30);
    }

    [Fact]
    public async Task A_command_that_a_kill_interrupts_is_not_sent_again()
    {
        string id;
        await using (var gateway = await StartAsync())
        {
            id = (await _client.StartAsync("interactly-endless", "run")).RunId!;
            AnswerLate("stop");
            var stop = _client.CommandAsync(id, "stop", new { }, "stop");
            await ReceivedAsync("stop", 1);
            await gateway.KillAsync();
            await stop.Awaiting(task => task).Should().ThrowAsync<HttpRequestException>();
        }

        await using var next = await StartAsync();
        await Until.HoldsAsync(async () => (await _client.GetRunAsync(id)).RunStatus == "canceled", "what the stop did is seen");
        var again = await _client.CommandAsync(id, "stop", new { }, "stop");
        // The read that showed the run's end also showed what came of the stop.
        (again.Status, again.Replayed).Should().Be((HttpStatusCode.OK, true), again.Body.ToString());
        _sandbox.ReadLedger(operation: "stop").Should().ContainSingle();
        (await PhasesAsync(id)).Should().Equal("accepted", "unknown", "applied");
    }

    private async Task<List<string?>> PhasesAsync(string id) =>
        [.. (await _client.GetAsync($"v1/runs/{id}/events?pageSize=500")).Body.GetProperty("events").EnumerateArray()
            .Select(change => change.GetProperty("data")).Where(data => data.TryGetProperty("command", out _)).Select(data => data.GetProperty("command").GetProperty("phase").GetString())];

    [Fact]
    public async Task A_second_gateway_on_the_same_file_is_refused()
    {
        await using var gateway = await StartAsync();
        await using var second = GatewayProcess.Launch(_folder, _sandbox.Control, 0);

        (await second.WaitAsync()).Should().Be(78);

        second.Errors.Trim().Should().Be($"The ledger {_folder.LedgerPath} is in use by another process. Stop it, or give this one another Storage:Path.");
        (await _client.StartAsync("juo", "first")).Status.Should().Be(HttpStatusCode.Created);
    }

    public Task DisposeAsync() => _sandbox.DisposeAsync().AsTask();

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    private async Task<GatewayProcess> StartAsync()
    {
        var gateway = GatewayProcess.Launch(_folder, _sandbox.Control, _port);
        try
        {
            await gateway.ListeningAsync();
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    // Carried out at once, answered later: time for something to happen in between.
    private void AnswerLate(string operation) => _sandbox.Controls.Add(new Fault { Operation = operation, Kind = "delay", When = "after", Seconds = 2 });

    private Task ReceivedAsync(string operation, int count) => Until.HoldsAsync(() => _sandbox.ReadLedger(operation: operation).Count >= count, $"the vendors received {count} {operation}");
}
