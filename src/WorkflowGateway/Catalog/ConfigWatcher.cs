using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Catalog;

/// <summary>
/// Takes over what is written in the configuration file while the gateway serves. It looks at the content, again and again: that sees whatever replaces a file, links
/// and mounts among it. A content counts once two looks saw it alike, so that a file which is being written is no fault.
/// </summary>
internal sealed partial class ConfigWatcher(ConfigFile file, CatalogContext context, LiveCatalog catalog, TimeProvider time, IOptions<GatewayOptions> options, ILogger<ConfigWatcher> log) : BackgroundService
{
    private const int MostTold = 1000;
    private const int MostLines = 20;
    private static readonly TimeSpan Asked = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan JudgeAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private volatile TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _again;
    private string? _seen;
    private string? _judged;
    private long _judgedAt;
    private long _lookingSince;

    /// <summary>Whether a look has been under way for so long that nobody can tell whether the file is what serves.</summary>
    public bool Hangs => Interlocked.Read(ref _lookingSince) is not 0 and var since && time.GetElapsedTime(since) > Long;

    /// <summary>Looks now, and judges what is there even if it was judged before: what it refers to may have changed.</summary>
    public void Reload()
    {
        _again = true;
        _wake.TrySetResult();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var hangup = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            // Without this it ends the process.
            signal.Cancel = true;
            Reload();
        });
        var asked = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            var wake = _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_again) asked = true;
            if (_again) (_again, _judged) = (false, null);
            Interlocked.Exchange(ref _lookingSince, time.GetTimestamp());
            try
            {
                if (await LookAsync(stoppingToken)) asked = false;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogFailed(log, exception);
            }
            finally
            {
                Interlocked.Exchange(ref _lookingSince, 0);
            }

            await wake.Task.WaitAsync(asked ? Asked : options.Value.Reload, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Whether what is there is judged.</returns>
    internal async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var look = await file.LookAsync(cancellationToken);
        var (before, now) = (_seen, look.Mark);
        _seen = now;
        if (now != before) return false;
        // What it refers to may come later than itself, so that what was refused is judged again.
        if (now == _judged && (catalog.Fault is null || time.GetElapsedTime(_judgedAt) < JudgeAgain)) return true;
        Judge(look);
        (_judged, _judgedAt) = (now, time.GetTimestamp());
        return true;
    }

    private void Judge(ConfigLook look)
    {
        try
        {
            if (look.Content is null) throw new CatalogException([new CatalogProblem(file.Path, 1, 1, "", look.Trouble!)]);
            var next = CatalogReader.Read(file.Path, look.Content, context);
            var fault = catalog.Fault;
            if (catalog.Take(next)) LogTaken(log, next.Revision);
            else if (fault is not null) LogRecovered(log, next.Revision);
            _told.Clear();
        }
        catch (CatalogException refused)
        {
            Refuse(look, refused.Problems);
        }
        catch (Exception unforeseen)
        {
            // Not with what it says: that may hold what was read.
            Refuse(look, [new CatalogProblem(file.Path, 1, 1, "", $"It could not be taken over ({unforeseen.GetType().Name}).")]);
        }
    }

    private void Refuse(ConfigLook look, IReadOnlyList<CatalogProblem> problems)
    {
        if (look.Mark == _judged && catalog.Fault is { } known && known.Problems.SequenceEqual(problems)) return;
        catalog.Refuse(problems, time.Now());
        if (_told.Count >= MostTold) _told.Clear();
        if (_told.Add(Hash(look.Mark + string.Join('\n', problems))))
            LogRefused(log, problems.Count, catalog.Current.Revision, string.Join(Environment.NewLine, problems.Take(MostLines)));
    }

    // What was said can be long, and is kept for many files.
    private static string Hash(string said) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(said)));

    [LoggerMessage(Level = LogLevel.Information, Message = "The configuration {Revision} serves from now on")]
    private static partial void LogTaken(ILogger log, string revision);

    [LoggerMessage(Level = LogLevel.Information, Message = "The configuration file is in order again: it is what serves, {Revision}")]
    private static partial void LogRecovered(ILogger log, string revision);

    [LoggerMessage(Level = LogLevel.Error, Message = "The configuration file is refused with {Count} problems; {Revision}, read before, goes on serving:\n{Problems}")]
    private static partial void LogRefused(ILogger log, int count, string revision, string problems);

    [LoggerMessage(Level = LogLevel.Error, Message = "The configuration file could not be taken over; what served goes on, and it is tried again")]
    private static partial void LogFailed(ILogger log, Exception exception);
}
