using System.Net;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults;

/// <summary>A disk that is full or breaks under the real process: nothing is begun that could not be kept.</summary>
public sealed class StorageTests : IAsyncLifetime, IDisposable
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
    public async Task A_full_disk_refuses_starts_before_the_vendor_is_called_and_reads_go_on()
    {
        await using var gateway = await StartAsync();
        var run = await _client.StartAsync("juo-endless", "before");
        await using (await SyscallFault.AttachAsync(gateway.Id, "pwrite64:error=ENOSPC"))
        {
            var refused = await _client.StartAsync("juo", "during");

            (refused.Status, refused.Retryable).Should().Be((HttpStatusCode.ServiceUnavailable, true));
            (await _client.GetRunAsync(run.RunId!)).Status.Should().Be(HttpStatusCode.OK);
        }

        _sandbox.ReadLedger(operation: "start").Should().ContainSingle();
        (await _client.StartAsync("juo", "during")).Status.Should().Be(HttpStatusCode.Created);
        _sandbox.ReadLedger(operation: "start").Should().HaveCount(2);
    }

    [Fact]
    public async Task What_a_vendor_answered_while_the_disk_was_full_is_recorded_once_there_is_room()
    {
        await using var gateway = await StartAsync();
        _sandbox.Controls.Add(new Fault { Operation = "start", Kind = "delay", When = "after", Seconds = 2 });
        var id = (await _client.StartAsync("juo-endless", "during", prefer: "respond-async")).RunId!;
        await Until.HoldsAsync(() => _sandbox.ReadLedger(operation: "start").Count == 1, "the vendor has it");
        await using (await SyscallFault.AttachAsync(gateway.Id, "pwrite64:error=ENOSPC"))
            await Until.HoldsAsync(() => gateway.Output.Contains($"vendor_run_bound {id}", StringComparison.Ordinal), "the gateway says what it cannot write");

        await Until.HoldsAsync(async () => (await _client.GetRunAsync(id)).RunStatus == "running", "it is written");
        (await _client.GetRunAsync(id)).VendorRunId.Should().Be(_sandbox.ReadLedger(operation: "start").Single().VendorRunId);
    }

    [Fact]
    public async Task A_sync_that_fails_ends_the_process_and_nothing_that_was_acknowledged_is_lost()
    {
        string before;
        await using (var gateway = await StartAsync())
        {
            before = (await _client.StartAsync("juo-endless", "before")).RunId!;
            await using var fault = await SyscallFault.AttachAsync(gateway.Id, "fsync,fdatasync:error=EIO");

            await _client.StartAsync("juo", "during").ContinueWith(_ => { }, TaskScheduler.Default);

            (await gateway.WaitAsync()).Should().Be(74, gateway.Errors);
        }

        _sandbox.ReadLedger(operation: "start").Should().ContainSingle();
        await using var next = await StartAsync();
        (await _client.GetRunAsync(before)).RunStatus.Should().Be("running");
        (await _client.StartAsync("juo", "after")).Status.Should().Be(HttpStatusCode.Created);
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
        await gateway.ListeningAsync();
        return gateway;
    }
}
