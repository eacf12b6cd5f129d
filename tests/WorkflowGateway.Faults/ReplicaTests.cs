using System.Net;
using WorkflowGateway.Faults.Rig;
using WorkflowGateway.Testing;

namespace WorkflowGateway.Faults;

/// <summary>Two gateways on one PostgreSQL, which share nothing else, and a PostgreSQL that goes away.</summary>
public sealed class ReplicaTests : IAsyncLifetime, IDisposable
{
    private readonly GatewayFolder _folder = new(store: "postgres");
    private readonly List<GatewayProcess> _gateways = [];
    private readonly List<GatewayClient> _clients = [];
    private SandboxServer _sandbox = null!;

    public async Task InitializeAsync()
    {
        _sandbox = await SandboxServer.StartAsync(new SandboxOptions { Seed = 1 }, CancellationToken.None);
        for (var i = 0; i < 2; i++)
        {
            var port = Ports.Free();
            _gateways.Add(GatewayProcess.Launch(_folder, _sandbox.Control, port));
            await _gateways[i].ListeningAsync();
            _clients.Add(new GatewayClient(new Uri($"http://127.0.0.1:{port}")));
        }
    }

    [Fact]
    public async Task Who_waits_at_one_replica_is_told_what_happened_at_the_other()
    {
        var run = await _clients[0].StartAsync("juo-asks", "order-1");
        var interaction = run.Body.GetProperty("interactions")[0].GetProperty("id").GetString();
        var waiting = _clients[1].WaitAsync(run.RunId!, run.Version, 30);

        var answered = await _clients[0].CommandAsync(run.RunId!, "respond", new { interactionId = interaction, type = "accept" }, "answer-1");

        // At the end of its patience it would be told that nothing happened.
        (await waiting).Status.Should().Be(HttpStatusCode.OK);
        (await _clients[1].GetRunAsync(run.RunId!)).Version.Should().BeGreaterThanOrEqualTo(answered.Version);
    }

    [Fact]
    public async Task One_key_is_one_run_whichever_replica_is_asked()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => _clients[i % 2].StartAsync("juo", "order-2")));

        answers.Should().OnlyContain(answer => answer.Ok);
        answers.Select(answer => answer.RunId).Distinct().Should().ContainSingle();
        _sandbox.ReadLedger(operation: "start").Should().ContainSingle();
    }

    [Fact]
    public async Task A_database_that_is_gone_refuses_everything_before_a_vendor_is_called_and_its_return_needs_no_restart()
    {
        var before = await _clients[0].StartAsync("juo-endless", "before");
        PostgresServer.Shared.StopImmediately();
        try
        {
            foreach (var client in _clients)
            {
                var start = await client.StartAsync("juo", "during");
                (start.Status, start.Retryable).Should().Be((HttpStatusCode.ServiceUnavailable, true), start.Body.ToString());
                (await client.GetRunAsync(before.RunId!)).Status.Should().Be(HttpStatusCode.ServiceUnavailable);
                (await client.GetAsync("health/ready")).Status.Should().Be(HttpStatusCode.ServiceUnavailable);
                (await client.GetAsync("health/live")).Status.Should().Be(HttpStatusCode.OK);
            }
        }
        finally
        {
            PostgresServer.Shared.Start();
        }

        foreach (var client in _clients) (await client.GetRunAsync(before.RunId!)).RunStatus.Should().Be("running");
        (await _clients[1].StartAsync("juo", "during")).Status.Should().Be(HttpStatusCode.Created);
        _sandbox.ReadLedger(operation: "start").Should().HaveCount(2);
    }

    [Fact]
    public async Task What_a_vendor_answered_while_the_database_was_gone_is_recorded_when_it_is_back()
    {
        _sandbox.Controls.Add(new Fault { Operation = "start", Kind = "delay", When = "after", Seconds = 2 });
        var id = (await _clients[0].StartAsync("juo-endless", "during", prefer: "respond-async")).RunId!;
        await Until.HoldsAsync(() => _sandbox.ReadLedger(operation: "start").Count == 1, "the vendor has it");
        PostgresServer.Shared.StopImmediately();
        try
        {
            await Until.HoldsAsync(() => _gateways[0].Output.Contains($"vendor_run_bound {id}", StringComparison.Ordinal), "the gateway says what it cannot write");
        }
        finally
        {
            PostgresServer.Shared.Start();
        }

        await Until.HoldsAsync(async () => (await _clients[1].GetRunAsync(id)).RunStatus == "running", "it is written");
        (await _clients[1].GetRunAsync(id)).VendorRunId.Should().Be(_sandbox.ReadLedger(operation: "start").Single().VendorRunId);
    }

    public async Task DisposeAsync()
    {
        foreach (var gateway in _gateways) await gateway.DisposeAsync();
        await _sandbox.DisposeAsync();
    }

    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
        _folder.Dispose();
    }
}
