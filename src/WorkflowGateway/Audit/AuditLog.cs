using System.Globalization;
using System.Threading.RateLimiting;
using WorkflowGateway.Access;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Audit;

/// <summary>
/// Writes what is no part of a change of the ledger's: refusals, what only vendors and receivers were asked, configurations. Nobody waits for it, and of what each
/// caller is refused it keeps a few a second: who is refused a thousand times must not fill the store.
/// </summary>
internal sealed partial class AuditLog(LedgerWriter writer, TimeProvider time, ILogger<AuditLog> log) : IDisposable
{
    private const int Burst = 60, ASecond = 2;

    private readonly PartitionedRateLimiter<string> _refusals = PartitionedRateLimiter.Create<string, string>(name => RateLimitPartition.GetTokenBucketLimiter(name, _ => new TokenBucketRateLimiterOptions
    {
        TokenLimit = Burst,
        TokensPerPeriod = ASecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
        AutoReplenishment = true,
    }));

    /// <summary>A request was refused with a problem. What the caller only wanted to read counts where it may not.</summary>
    public void Refused(HttpContext http, string code)
    {
        if (http.Features.Get<Caller>() is not { } caller) return;
        if (caller.Audit is null && code != "forbidden") return;
        var entry = caller.Audit ?? AuditEntry.Of(http);
        entry.Noted = true;
        using var lease = _refusals.AttemptAcquire(caller.Name);
        if (lease.IsAcquired) Write(AuditRow.Of(caller, entry, code, time.Now()));
        else LogSkipped(log, caller.Name, entry.Action, code);
    }

    /// <summary>A request was answered that the ledger knows nothing of.</summary>
    public void Answered(Caller caller, AuditEntry entry, int status, bool replayed) =>
        Write(AuditRow.Of(caller, entry, replayed ? "replayed" : status.ToString(CultureInfo.InvariantCulture), time.Now()));

    /// <summary>Something is to be sent that the ledger will know nothing of: what cannot be noted is not done. What comes of it has a row of its own.</summary>
    /// <exception cref="StorageUnavailableException">The store could not do it now.</exception>
    public Task SendingAsync(Caller caller)
    {
        var change = new LedgerChange { Order = [] };
        change.Guards.Add(AuditTable.Insert(AuditRow.Of(caller, caller.Audit!, "sending", time.Now())));
        return writer.WriteAsync(change);
    }

    /// <summary>What the gateway itself did because of a file that somebody changed.</summary>
    public void Configuration(string action, string path, string revision, string? before) => Write(new AuditRow
    {
        Tenant = AuditRow.AllTenants,
        At = time.Now().ToUnixTimeMilliseconds(),
        Actor = "gateway",
        Role = "operator",
        Action = action,
        Target = revision,
        Outcome = AuditTable.Done,
        Detail = before is null ? path : $"{path}, before {before}",
    });

    public void Dispose() => _refusals.Dispose();

    private void Write(AuditRow row)
    {
        var change = new LedgerChange { Order = [] };
        change.Guards.Add(AuditTable.Insert(row));
        _ = writer.WriteAsync(change).ContinueWith(
            lost => LogLost(log, row.Actor, row.Action, row.Outcome, lost.Exception!.InnerException), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused {Actor} {Action} ({Outcome}); it was refused so often that this is only in the log")]
    private static partial void LogSkipped(ILogger log, string actor, string action, string outcome);

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit log could not be written: {Actor} {Action}, {Outcome}")]
    private static partial void LogLost(ILogger log, string actor, string action, string outcome, Exception? exception);
}
