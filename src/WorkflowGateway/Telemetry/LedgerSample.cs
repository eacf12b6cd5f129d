using WorkflowGateway.Events;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Telemetry;

/// <summary>What only the ledger knows, as of a look a moment ago: gauges are asked for in places that cannot wait.</summary>
/// <param name="Open">Open runs by status, vendor and connection.</param>
/// <param name="Orphans">By connection.</param>
/// <param name="Overdue">By connection, for how many seconds the read that is due longest has been due.</param>
internal sealed record LedgerState(
    IReadOnlyDictionary<(string Status, string Vendor, string Connection), long> Open, IReadOnlyDictionary<string, long> Orphans, IReadOnlyDictionary<string, double> Overdue,
    long LastEvent, long Behind, long WebhookBehind, long FailingRuns);

/// <summary>Looks at the ledger for the gauges: when somebody asks for metrics, and not more often than every second.</summary>
internal sealed class LedgerSample(LedgerReader reader, RunnerRegistry runners, EventTail tail, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan FreshEnough = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _turn = new(1);
    private long _lookedAt;
    private volatile LedgerState? _state;

    /// <summary>Null where the store did not answer.</summary>
    public LedgerState? State => _state;

    /// <param name="now">Also where it looked a moment ago.</param>
    public async Task RefreshAsync(bool now = false)
    {
        await _turn.WaitAsync();
        try
        {
            if (!now && _lookedAt != 0 && time.GetElapsedTime(_lookedAt) < FreshEnough) return;
            try
            {
                // A store that hangs must not keep the other metrics from being told.
                _state = await LookAsync().WaitAsync(Patience, time);
            }
            catch (Exception exception) when (exception is StorageUnavailableException or TimeoutException)
            {
                _state = null;
            }

            _lookedAt = time.GetTimestamp();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<LedgerState> LookAsync()
    {
        var open = new Dictionary<(string, string, string), long>();
        foreach (var row in (await reader.CountRunsAsync(null)).Where(row => !row.Status.IsFinal()))
        {
            var key = (RunViewWords.Of(row.Status), row.Vendor, row.Connection);
            open[key] = open.GetValueOrDefault(key) + row.Count;
        }

        var now = time.Now();
        var overdue = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var connection in runners.All.Select(one => one.Config.Name))
            overdue[connection] = await reader.FindDueSinceAsync(connection) is { } due && due < now ? (now - due).TotalSeconds : 0;
        var last = await reader.FindLastEventAsync();
        var (cursor, failing) = await reader.FindWebhookBacklogAsync();
        return new LedgerState(
            open, await reader.CountOrphansAsync(), overdue, last, tail.Waiting > 0 ? Math.Max(0, last - tail.Newest) : 0, cursor is { } behind ? Math.Max(0, last - behind) : 0, failing);
    }
}
