using System.Diagnostics;
using WorkflowGateway.Events;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;
using WorkflowGateway.Telemetry;

namespace WorkflowGateway.Webhooks;

/// <summary>Sends, and draws the consequences of what came of it.</summary>
internal sealed partial class WebhookLoop
{
    private void Send()
    {
        while (!_stopping && _state.RestUntil <= Now && _pausedUntil <= Now && _tools.Time.GetTimestamp() < Interlocked.Read(ref _leaseEnds) && _sending < (IsFailing ? 1 : Concurrency))
        {
            if (_queue.Take(Now) is not { } lane) return;
            _sending++;
            _ = SendAsync(lane, _target, _lease.Token);
        }
    }

    private async Task SendAsync(WebhookLane lane, WebhookTarget target, CancellationToken lease)
    {
        var outcome = new Outcome(lane, null, WasSent: false);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_cutOff, lease);
        try
        {
            var one = lane.IsParked ? await FindAsync(lane.Run, target, lane.Seq) : lane.Waiting.Peek();
            using var span = one is not null && await FindRunAsync(one) is { } run ? Tracing.Later("webhook deliver", run, ActivityKind.Producer) : null;
            // Purged meanwhile: there is nothing left to tell.
            outcome = one is null ? outcome with { WasSent = true } : outcome with { Reply = await _tools.Sender.SendAsync(target, one.Cursor, one.CloudEvent, end.Token), WasSent = true };
        }
        catch (Exception exception)
        {
            // Not sent, or cut off: as if nothing had been.
            if (exception is not (OperationCanceledException or StorageUnavailableException)) LogNotSent(_tools.Log, exception, WebhookId.FromBytes(_id));
        }

        _outcomes.Writer.TryWrite(outcome);
    }

    // Of the ledger itself: the tail may not have come to it yet, and what is not there is taken for purged.
    private async Task<LoggedEvent?> FindAsync(RunId run, WebhookTarget target, long seq) =>
        EventPage.Of(await _tools.Reader.ReadEventsAsync(target.Tenant, run, seq - 1, 1)).FirstOrDefault(one => one.Row.Seq == seq);

    private async Task SettleAsync(Outcome outcome)
    {
        _sending--;
        var lane = outcome.Lane;
        if (!outcome.WasSent)
        {
            _queue.GiveBack(lane, Now);
            // Whatever kept it from being sent keeps the next one too, perhaps.
            _pausedUntil = Now + Tick;
        }
        else if (outcome.Reply is not { } reply) await DoneAsync(lane);
        else if (reply.Delivered) await DeliveredAsync(lane, reply);
        else if (reply.Gone)
        {
            Note(lane, reply, DeliveryState.Failing, null);
            _queue.GiveBack(lane, Now);
            _state = _state with { LastFailureAt = reply.At, LastFailure = reply.Error };
            _gone = true;
            LogGone(_tools.Log, WebhookId.FromBytes(_id));
            Stop();
        }
        else await FailedAsync(lane, reply);
    }

    private async Task DeliveredAsync(WebhookLane lane, WebhookReply reply)
    {
        Note(lane, reply, DeliveryState.Delivered, null);
        if (IsFailing) _queue.BringForward(Now, all: false);
        _state = _state with { Failures = 0, RestUntil = default, LastSuccessAt = reply.At };
        await DoneAsync(lane);
    }

    private async Task FailedAsync(WebhookLane lane, WebhookReply reply)
    {
        var failures = _state.Failures + 1;
        var rest = WebhookPolicy.Rest(failures);
        if (reply.RetryAfter is { } retryAfter && WebhookPolicy.Bounded(retryAfter) is var obeyed && obeyed > rest) rest = obeyed;
        _state = _state with { RestUntil = Later(_state.RestUntil, rest), LastFailureAt = reply.At, LastFailure = reply.Status is { } status ? $"{reply.Error} {status}" : reply.Error };
        var dueAt = lane.IsEarly ? lane.DueAt : WebhookPolicy.Wait(lane.Attempts + 1, _tools.Ids.NextFraction(), reply.RetryAfter) is { } wait ? Now + wait : (DateTimeOffset?)null;
        Note(lane, reply, dueAt is null ? DeliveryState.Dead : DeliveryState.Failing, dueAt);
        if (!IsFailing && failures == WebhookPolicy.FailuresBeforeRest) LogResting(_tools.Log, WebhookId.FromBytes(_id), reply.Error!, reply.Status);
        _state = _state with { Failures = failures };
        if (dueAt is { } due)
        {
            _queue.Fail(lane, due);
            return;
        }

        LogDead(_tools.Log, WebhookId.FromBytes(_id), lane.NextSeq, lane.Run);
        await DoneAsync(lane);
    }

    private DateTimeOffset Later(DateTimeOffset time, TimeSpan rest) => rest > TimeSpan.Zero && Now + rest is var then && then > time ? then : time;

    private async Task DoneAsync(WebhookLane lane)
    {
        if (!lane.IsParked) _queue.Deliver(lane);
        else _queue.Advance(lane, await PersistAsync(() => NextOfAsync(lane)), Now);
    }

    // Beyond what was read the loop itself comes to it. Of the ledger, for the same reason.
    private async Task<long?> NextOfAsync(WebhookLane lane)
    {
        for (var after = lane.Seq; ;)
        {
            var page = EventPage.Of(await _tools.Reader.ReadEventsAsync(_target.Tenant, lane.Run, after, Page));
            foreach (var one in page)
            {
                if (one.Row.Seq > _queue.Read) return null;
                if (_target.Filter.Matches(one)) return one.Row.Seq;
            }

            if (page.Count < Page) return null;
            after = page[^1].Row.Seq;
        }
    }

    private void Note(WebhookLane lane, WebhookReply reply, string state, DateTimeOffset? nextAt)
    {
        _tools.Metrics?.Attempted(state, reply.Took);
        _attempts.Add(new AttemptRow(
        WebhookId.Next(_tools.Ids).ToBytes(), lane.NextSeq, lane.Run.ToBytes(), lane.Attempts + 1, RunColumns.Time(reply.At), reply.Status, reply.Error,
        (long)reply.Took.TotalMilliseconds, state, nextAt is { } at ? RunColumns.Time(at) : null));
    }

    // Only where somebody wants to see it: a read for each delivery.
    private async Task<RunRow?> FindRunAsync(LoggedEvent one) => Tracing.IsListened ? await _tools.Reader.FindRunAsync(one.Row.Tenant, one.Row.RunId) : null;

    // What was purged before it could be delivered is a dead letter without a run: listed and counted like the others.
    private void NoteGap(long watermark)
    {
        _tools.Metrics?.Purged();
        LogGap(_tools.Log, WebhookId.FromBytes(_id), _queue.Read, watermark);
        _attempts.Add(new AttemptRow(WebhookId.Next(_tools.Ids).ToBytes(), watermark, [], 0, RunColumns.Time(Now), null, WebhookReply.Purged, 0, DeliveryState.Dead, null));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Something could not be sent to {Webhook}; it is tried again")]
    private static partial void LogNotSent(ILogger log, Exception exception, WebhookId webhook);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Webhook} wants no more (410): it is disabled")]
    private static partial void LogGone(ILogger log, WebhookId webhook);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Webhook} fails again and again ({Error} {Status}): it is left to rest between attempts")]
    private static partial void LogResting(ILogger log, WebhookId webhook, string error, int? status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Webhook}: event {Event} of {Run} is a dead letter")]
    private static partial void LogDead(ILogger log, WebhookId webhook, long @event, RunId run);

    private sealed record Outcome(WebhookLane Lane, WebhookReply? Reply, bool WasSent);
}
