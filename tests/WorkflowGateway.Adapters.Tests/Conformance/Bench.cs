using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Adapters.Tests.Conformance;

/// <summary>A sandbox of its own, a runner connected to it, and what every check does with the two.</summary>
public sealed class Bench : IAsyncDisposable
{
    private readonly Func<IWorkflowRunner, IWorkflowRunner> _wrap;
    private readonly Guess? _guess;

    private Bench(VendorUnderTest vendor, SandboxServer sandbox, Func<IWorkflowRunner, IWorkflowRunner> wrap, Guess? guess)
    {
        (Vendor, Sandbox, _wrap, _guess) = (vendor, sandbox, wrap, guess);
        Runner = Connect(TimeSpan.FromSeconds(30));
    }

    public VendorUnderTest Vendor { get; }

    public SandboxServer Sandbox { get; }

    public IWorkflowRunner Runner { get; }

    public RunnerInfo Info => Runner.Info;

    public IEnumerable<RunOperation> Commands => new[] { RunOperation.Respond, RunOperation.Data, RunOperation.Pause, RunOperation.Resume, RunOperation.Stop }.Where(Info.Operations.Contains);

    /// <param name="vendor">The vendor.</param>
    /// <param name="wrap">Breaks the runner on purpose.</param>
    /// <param name="guess">A guess turned the other way.</param>
    public static async Task<Bench> StartAsync(VendorUnderTest vendor, Func<IWorkflowRunner, IWorkflowRunner>? wrap = null, Guess? guess = null)
    {
        var sandbox = await SandboxServer.StartAsync(new SandboxOptions { Seed = 7 }, CancellationToken.None);
        // Time stands still but for Advance, so that nothing depends on how busy the machine is.
        sandbox.Controls.Hold();
        if (guess is not null) sandbox.Controls.Switches = guess.Switches;
        return new Bench(vendor, sandbox, wrap ?? (runner => runner), guess);
    }

    public VendorConnection Connection(TimeSpan timeout, string token = "sandbox") => new()
    {
        Name = "under-test",
        BaseUrl = Vendor.BaseUrl(Sandbox),
        Token = _ => ValueTask.FromResult(new Secret(token)),
        CredentialHeader = _guess?.CredentialHeader,
        Timeout = timeout,
        Settings = Json(Vendor.Settings),
    };

    public IWorkflowRunner Connect(TimeSpan timeout, string token = "sandbox") =>
        _wrap(Vendor.Adapter.Connect(Connection(timeout, token), TimeProvider.System));

    public IReadOnlyList<LedgerEntry> Ledger(long after = 0) => Sandbox.ReadLedger(Vendor.Adapter.Info.Vendor, after: after);

    /// <summary>The requests so far; what comes after it is what a check is about.</summary>
    public long Mark() => Sandbox.Ledger.Count;

    /// <summary>The requests since then that could have changed something.</summary>
    public IReadOnlyList<LedgerEntry> MutationsSince(long mark) => [.. Ledger(mark).Where(entry => entry.Operation is not ("get" or "list" or "logs"))];

    public void Fault(Fault fault)
    {
        Sandbox.Controls.ClearFaults();
        Sandbox.Controls.Add(fault with { Vendor = Vendor.Adapter.Info.Vendor });
    }

    public StartRun NewStart(string target, Subject? subject = null, bool dryRun = false) => new()
    {
        Target = Json(target),
        Input = Json(Vendor.Input),
        Marker = Marker(),
        Subject = subject,
        DryRun = dryRun,
    };

    public async Task<RunRef> StartedAsync(string target)
    {
        var answer = await Runner.StartAsync(NewStart(target), CancellationToken.None);
        return answer.Should().BeOfType<StartAnswer.Started>().Subject.Run;
    }

    /// <summary>Lets the vendors' time pass until the run is as wanted.</summary>
    public async Task<RunSnapshot> UntilAsync(RunRef run, Func<RunSnapshot, bool> wanted)
    {
        for (var second = 0; ; second++)
        {
            var snapshot = await Runner.GetAsync(run, CancellationToken.None);
            if (wanted(snapshot)) return snapshot;
            second.Should().BeLessThan(60, "the run should long have changed; it is {0}", snapshot.Status);
            Sandbox.Controls.Advance(TimeSpan.FromSeconds(1));
        }
    }

    public RunMarker Marker() => new("run_conformance", $"attempt_{Mark()}");

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    public async ValueTask DisposeAsync()
    {
        (Runner as IDisposable)?.Dispose();
        await Sandbox.DisposeAsync();
    }
}
