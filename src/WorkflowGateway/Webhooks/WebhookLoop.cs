using System.Threading.Channels;
using WorkflowGateway.Events;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Webhooks;

/// <summary>What a loop needs of the house.</summary>
internal sealed record WebhookTools(EventTail Tail, LedgerReader Reader, LedgerWriter Writer, WebhookSender Sender, Ids Ids, TimeProvider Time, ILogger<WebhookLoop> Log, Telemetry.WebhookMetrics? Metrics = null);

/// <summary>
/// Delivers to one endpoint, for as long as this replica holds it: reads the log after the cursor, sends over several runs at once but in order within each, and
/// writes cursor and outcomes together. Everything but the sending itself happens on one logical thread.
/// </summary>
internal sealed partial class WebhookLoop : IDisposable
{
    private const int Concurrency = 8, Window = 64, Page = 100;

    /// <summary>So many failing runs are enough: more stay in the log until some are through.</summary>
    private const int MaxParked = 10_000;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1), LazyFor = TimeSpan.FromSeconds(5), Patience = TimeSpan.FromSeconds(3);

    private readonly WebhookTools _tools;
    private readonly byte[] _id;
    private readonly long _fence;
    private readonly Channel<Outcome?> _outcomes = Channel.CreateUnbounded<Outcome?>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _cut = new();
    private readonly CancellationToken _cutOff;
    private readonly List<AttemptRow> _attempts = [];
    private readonly WebhookClaim _claim;
    private WebhookQueue _queue;
    private WebhookState _state;
    private WebhookTarget _target;
    private volatile WebhookTarget? _newTarget;
    private volatile bool _stopping;
    private volatile CancellationTokenSource _lease = new();
    private long _leaseEnds, _written, _writtenAt;
    private DateTimeOffset _pausedUntil;
    private bool _gone, _gapSaid;
    private int _sending;

    public WebhookLoop(WebhookRow row, WebhookClaim claim, WebhookTarget target, long leaseEnds, WebhookTools tools)
    {
        (_id, _fence, _claim, _target, _tools, Revision) = (row.Id, claim.Fence, claim, target, tools, row.Revision);
        _cutOff = _cut.Token;
        _queue = new WebhookQueue(claim.Cursor, []);
        _state = new WebhookState(claim.Cursor, claim.Failures, claim.RestUntil, null, null, null);
        (_written, _writtenAt) = (claim.Cursor, tools.Time.GetTimestamp());
        Extend(leaseEnds);
        Ended = Task.Run(RunAsync);
    }

    /// <summary>Ends when the endpoint is given back or lost; fails with what was unforeseen.</summary>
    public Task Ended { get; }

    public long Fence => _fence;

    public bool IsStopping => _stopping;

    public long Revision { get; private set; }

    /// <param name="leaseEnds">A timestamp: after it nothing more is sent, and what is under way is cut off. Whoever comes next sends it again.</param>
    public void Extend(long leaseEnds)
    {
        Interlocked.Exchange(ref _leaseEnds, leaseEnds);
        if (_lease.IsCancellationRequested) _lease = new CancellationTokenSource();
        var left = _tools.Time.GetElapsedTime(_tools.Time.GetTimestamp(), leaseEnds);
        _lease.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    /// <summary>What the endpoint is was changed.</summary>
    public void Change(WebhookTarget target, long revision)
    {
        Revision = revision;
        _newTarget = target;
        Wake();
    }

    /// <summary>Sends nothing more, waits a while for what is under way, writes it and gives the endpoint back.</summary>
    public void Stop()
    {
        if (_stopping) return;
        _stopping = true;
        _cut.CancelAfter(Patience);
        Wake();
    }

    /// <summary>Somebody else has the endpoint.</summary>
    public void Abandon()
    {
        _stopping = true;
        _cut.Cancel();
        Wake();
    }

    public void Dispose()
    {
        _cut.Dispose();
        _lease.Dispose();
    }

    public void Wake() => _outcomes.Writer.TryWrite(null);

    private DateTimeOffset Now => _tools.Time.Now();

    private bool IsFailing => _state.Failures >= WebhookPolicy.FailuresBeforeRest;

    private bool MayRead => !_stopping && _state.RestUntil <= Now && _queue.Parked < MaxParked && (IsFailing ? _sending == 0 && _queue.Open == 0 : _queue.Open < Window);

    private async Task RunAsync()
    {
        try
        {
            _queue = new WebhookQueue(_claim.Cursor, await PersistAsync(async () => await _tools.Reader.ListLanesAsync(WebhookId.FromBytes(_id))));
            while (true)
            {
                if (Interlocked.Exchange(ref _newTarget, null) is { } target) TakeOver(target);
                while (_outcomes.Reader.TryRead(out var outcome))
                    if (outcome is not null) await SettleAsync(outcome);
                var over = _stopping && _sending == 0;
                if ((over || IsWorthWriting()) && !await WriteAsync()) return;
                if (over) break;
                var more = MayRead && await ReadAsync();
                Send();
                if (!more) await WaitAsync();
            }

            var release = new LedgerChange { Order = _id };
            release.Guards.Add(WebhookTable.Release(_id, _fence));
            await PersistAsync(() => _tools.Writer.WriteAsync(release));
        }
        catch (OperationCanceledException) when (_cutOff.IsCancellationRequested)
        {
            // What was not written is sent again by whoever holds the endpoint next.
        }
        finally
        {
            await _cut.CancelAsync();
        }
    }

    // Whoever changes it has mended it, perhaps: it is tried at once.
    private void TakeOver(WebhookTarget target)
    {
        _target = target;
        _state = _state with { Failures = 0, RestUntil = default };
        _queue.BringForward(Now, all: true);
    }

    /// <returns>Whether there may be more at once.</returns>
    private async Task<bool> ReadAsync()
    {
        var page = await PersistAsync(async () => await _tools.Tail.ReadAsync(_target.Tenant, null, _queue.Read, Page));
        if (page.Watermark > _queue.Read && !_gapSaid) NoteGap(page.Watermark);
        _gapSaid |= page.Watermark > _queue.Read;
        foreach (var one in page)
        {
            if (!MayRead) return false;
            if (_target.Filter.Matches(one)) _queue.Add(one);
            else _queue.ReadTo(one.Row.Seq);
        }

        var more = page.Next > _queue.Read || page.Count == Page;
        _queue.ReadTo(page.Next);
        return more && MayRead;
    }

    // A cursor that only passed by what nobody wants may be a little old after a crash: nothing is sent again because of it.
    private bool IsWorthWriting() => _attempts.Count > 0 || _queue.HasChanges
        || (_queue.Cursor > _written && (_queue.Cursor - _written > 1000 || _tools.Time.GetElapsedTime(_writtenAt) > LazyFor));

    /// <returns>False where another replica has the endpoint.</returns>
    private async Task<bool> WriteAsync()
    {
        _state = _state with { Cursor = _queue.Cursor };
        var change = new LedgerChange { Order = _id };
        change.Guards.Add(WebhookTable.Advance(_id, _fence, _state));
        if (_gone) change.Consequences.Add(WebhookTable.Disable(_id, Now));
        foreach (var (run, lane) in _queue.Changes()) change.Consequences.Add(lane is null ? WebhookTable.DropLane(_id, run) : WebhookTable.PutLane(_id, lane));
        change.Consequences.AddRange(_attempts.Select(attempt => WebhookTable.InsertAttempt(_id, attempt)));
        if (await PersistAsync(() => _tools.Writer.WriteAsync(change)) != WriteResult.Applied) return false;
        (_written, _writtenAt) = (_state.Cursor, _tools.Time.GetTimestamp());
        _state = _state with { LastSuccessAt = null, LastFailureAt = null, LastFailure = null };
        _queue.ChangesWritten();
        // Who enables it from now on is obeyed.
        _gone = false;
        _attempts.Clear();
        return true;
    }

    // While the store is away nothing more is sent, and what was sent is not forgotten.
    private async Task<T> PersistAsync<T>(Func<Task<T>> use)
    {
        while (true)
        {
            try
            {
                return await use();
            }
            catch (StorageUnavailableException)
            {
                await Task.Delay(Tick, _tools.Time, _cutOff);
            }
        }
    }

    private async Task WaitAsync()
    {
        var now = Now;
        var next = _state.RestUntil > now ? _state.RestUntil : _queue.NextDueAt ?? now + Tick;
        // What is due already waits for an outcome.
        var wait = next - now is var time && time > TimeSpan.Zero && time < Tick ? time : Tick;
        using var enough = new CancellationTokenSource();
        var outcome = _outcomes.Reader.WaitToReadAsync(enough.Token).AsTask();
        var log = MayRead ? _tools.Tail.WaitAsync(null, _queue.Read, wait, enough.Token) : Task.Delay(wait, _tools.Time, enough.Token);
        await Task.WhenAny(outcome, log);
        await enough.CancelAsync();
        await log.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ((Task)outcome).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Webhook} is at {Cursor}, and events up to {Watermark} may have been purged before they were delivered")]
    private static partial void LogGap(ILogger log, WebhookId webhook, long cursor, long watermark);
}
