using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Sync;

/// <summary>
/// Reads many runs with one call, from the vendor's list. The rule: a pass begins where a hundred reads of the second lane are due at once, and goes on
/// page by page as long as pages pay; three in a row that settle fewer than ten runs each end it. Then single reads have a minute for what the list did
/// not show, twice as long after each pass that did not pay. A row with the stored word only says that the run is as it was; another word has it read;
/// a run that is missing proves nothing.
/// </summary>
internal sealed class Sweep(ConnectionRunner connection, LedgerWriter writer, LedgerReader reader, Replicas replicas, Ids ids, TimeProvider time)
{
    /// <summary>From how many due reads on a pass is worth its calls.</summary>
    public const int Worthwhile = 100;

    public const int LargestPage = 1000;

    private const int FewestSettled = 10;
    private const int PoorPages = 3;

    // A vendor's clock may be wrong, and its run may be younger or older than ours.
    private static readonly TimeSpan Skew = TimeSpan.FromDays(1);
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(16);

    private readonly bool _lists = connection.Info.Operations.Contains(RunOperation.List) && !connection.Config.CallerCredential;
    private int _pageSize = LargestPage;
    private volatile ListRuns? _next;
    private volatile bool _reading;
    private int _poor;
    private bool _paid;
    private TimeSpan _rest = Rest;
    private DateTimeOffset _restedAt;

    /// <summary>Whether the second lane is left to the pass now.</summary>
    public bool UnderWay => _next is not null;

    /// <summary>Whether a page is to be read now.</summary>
    /// <param name="due">How many reads of the second lane are due, counted up to <see cref="Worthwhile"/>.</param>
    public bool Wants(long due) =>
        !_reading && (UnderWay || (_lists && due >= Worthwhile && time.Now() >= _restedAt && replicas.IsMine(connection.Config.Name)));

    /// <summary>Reads the next page. Called by the connection's one loop, and not again before it is done.</summary>
    public async Task ReadPageAsync(ConnectionLimits.Permit permit, CancellationToken cancellationToken)
    {
        using var place = permit;
        _reading = true;
        try
        {
            _next ??= await BeginAsync();
            var asked = time.Now();
            var page = await connection.CallAsync((runner, token) => runner.ListAsync(_next, token), cancellationToken);
            place.Dispose();
            var settled = await SettleAsync(page.Runs, asked);
            _paid |= settled >= FewestSettled;
            _poor = settled < FewestSettled ? _poor + 1 : 0;
            _next = page.Next is null || _poor == PoorPages ? null : _next with { Cursor = page.Next };
        }
        catch (RunnerException refused) when (refused.Error.Kind == RunnerErrorKind.Invalid && _pageSize > Worthwhile)
        {
            // Nobody promises that the vendor gives pages as long as that.
            _pageSize /= 2;
            _next = await BeginAsync();
        }
        catch (RunnerException)
        {
            // The connection's health and circuit know of it; single reads go on.
            _next = null;
        }
        catch
        {
            _next = null;
            throw;
        }
        finally
        {
            if (_next is null) End();
            _reading = false;
        }
    }

    private async Task<ListRuns> BeginAsync()
    {
        (_poor, _paid) = (0, false);
        var oldest = await reader.FindOldestDueAsync(connection.Config.Name, time.Now());
        return new ListRuns { CreatedFrom = oldest?.CreatedAt - Skew, Limit = _pageSize };
    }

    private void End()
    {
        _rest = _paid ? Rest : _rest * 2 < LongestRest ? _rest * 2 : LongestRest;
        _restedAt = time.Now() + _rest;
    }

    // In slices: a start that comes meanwhile is not to wait for a whole page.
    private async Task<int> SettleAsync(IEnumerable<RunSnapshot> rows, DateTimeOffset asked)
    {
        var settled = 0;
        // In one order everywhere, so that two replicas that look through the same list wait for each other, never in a circle.
        foreach (var slice in rows.Where(row => row is { Run: not null, NativeStatus: not null }).OrderBy(row => row.Run!.VendorRunId, StringComparer.Ordinal).Chunk(Worthwhile))
        {
            var done = await Task.WhenAll(slice.Select(row => writer.QueryAsync(
                WorkTable.Listed(connection.Config, row.Run!.VendorRunId, Storable.Word(row.NativeStatus)!, asked, ids.NextFraction()), returned => returned.Read() ? (byte[])returned[0] : [], id => id)));
            settled += done.Count(id => id.Length > 0);
        }

        return settled;
    }
}
