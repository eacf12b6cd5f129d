using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace WorkflowGateway.Faults.Million;

/// <summary>
/// A vendor inside the test's process, which costs nothing: what is measured is the gateway. Its runs are numbered; every thousandth has ended and
/// nobody was told. Some have a list, in pages of a thousand.
/// </summary>
internal sealed class MemoryVendor(string name, bool lists, int runs) : VendorRunner, IVendorAdapter
{
    private static readonly JsonElement Native = JsonElement.Parse("{}");
    private int _gets, _pages;

    public override RunnerInfo Info { get; } = new()
    {
        Vendor = name,
        DisplayName = name,
        Operations = lists ? FrozenSet.Create(RunOperation.Start, RunOperation.Get, RunOperation.List) : FrozenSet.Create(RunOperation.Start, RunOperation.Get),
        RunIdPattern = "[0-9]{9}",
    };

    public int Gets => _gets;
    public int Pages => _pages;

    /// <summary>Which runs were read one by one, in that order.</summary>
    public ConcurrentQueue<int> Read { get; } = new();

    public TimeSpan DefaultTimeout => TimeSpan.FromSeconds(30);
    public IReadOnlyList<string> InputParts => [];
    public string? DefaultInputPart => null;
    public Type SettingsType => typeof(Nothing);
    public Type TargetType => typeof(Nothing);

    public static string IdOf(int run) => run.ToString("D9", CultureInfo.InvariantCulture);

    public static bool HasEnded(int run) => run % 1000 == 999;

    public override Task<RunSnapshot> GetAsync(RunRef run, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _gets);
        var number = int.Parse(run.VendorRunId, CultureInfo.InvariantCulture);
        Read.Enqueue(number);
        return Task.FromResult(Of(number));
    }

    public override Task<RunPage> ListAsync(ListRuns query, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _pages);
        var from = query.Cursor is { } cursor ? int.Parse(cursor, CultureInfo.InvariantCulture) : 0;
        var to = Math.Min(runs, from + query.Limit);
        return Task.FromResult(new RunPage([.. Enumerable.Range(from, to - from).Select(Of)], to < runs ? to.ToString(CultureInfo.InvariantCulture) : null));
    }

    public string AccountOf(VendorConnection connection) => "";

    public IEnumerable<ConfigurationProblem> CheckConnection(VendorConnection connection) => [];

    public IEnumerable<ConfigurationProblem> CheckTarget(JsonElement target) => [];

    public IWorkflowRunner Connect(VendorConnection connection, TimeProvider time) => this;

    private static RunSnapshot Of(int run) => new()
    {
        Run = new RunRef(IdOf(run), null, null),
        Status = HasEnded(run) ? RunStatus.Succeeded : RunStatus.Running,
        NativeStatus = HasEnded(run) ? "done" : "running",
        Native = Native,
    };

    private sealed record Nothing;
}
