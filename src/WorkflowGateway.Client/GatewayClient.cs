using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace WorkflowGateway.Client;

/// <summary>The workflow gateway, over HTTP: starts runs, follows them and answers what they ask.</summary>
/// <remarks>
/// Refusals are a <see cref="GatewayProblemException"/>. Network failures and problems that are retryable (429, 503, a command in flight) are tried four times in all,
/// as the gateway's Retry-After asks or at growing intervals; then the last one is thrown, a network failure as <see cref="HttpRequestException"/>
/// or, at the timeout of the <see cref="HttpClient"/>, <see cref="TaskCanceledException"/>. Every start and every command carries an Idempotency-Key, the same
/// on each try, so that nothing is done twice. To repeat one after such an exception or a crash, give a key of your own.
/// </remarks>
/// <param name="http">Has the gateway's address as base address, ending in a slash, and the caller's key as <c>Authorization: Bearer</c>. It stays the caller's to dispose.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class GatewayClient(HttpClient http, TimeProvider? time = null)
{
    private readonly Sender _sender = new(http, time ?? TimeProvider.System);
    private readonly RunWaiter _waiter = new(http, time ?? TimeProvider.System);
    private readonly EventWatcher _watcher = new(new Sender(http, time ?? TimeProvider.System), time ?? TimeProvider.System);

    /// <summary>Starts a run of a workflow.</summary>
    /// <returns>The run: accepted, finished, or <c>failed</c> with <see cref="Run.Error"/> in phase <c>start</c> when the vendor refused it.</returns>
    public Task<Run> StartAsync(string workflow, object? input = null, StartOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(workflow);
        options ??= new StartOptions();
        var call = new Call(HttpMethod.Post, "v1/runs")
            .Query(("dryRun", options.DryRun ? "true" : null))
            .Header("Idempotency-Key", Key(options.IdempotencyKey))
            .Header("Vendor-Authorization", options.VendorAuthorization)
            .Header("Prefer", Words(options.RespondAsync ? "respond-async" : null, options.Wait is { } wait ? RunWaiter.Prefer(wait) : null))
            .Body(new StartBody
            {
                Workflow = workflow,
                Input = Call.Json(input),
                Labels = options.Labels,
                CorrelationId = options.CorrelationId,
                Subject = options.Subject,
                Connection = options.Connection,
            });
        return _sender.ReadAsync<Run>(call, cancellationToken);
    }

    /// <summary>Reads a run.</summary>
    public Task<Run> GetAsync(string runId, ReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        var call = new Call(HttpMethod.Get, PathOf(runId))
            .Query(("include", Words(
                options?.IncludeNative == true ? "native" : null, options?.IncludeInput == true ? "input" : null, options?.IncludeEvidence == true ? "evidence" : null)))
            .Header("Cache-Control", options?.MaxAge switch
            {
                null => null,
                { Ticks: <= 0 } => "no-cache",
                { } age => string.Create(CultureInfo.InvariantCulture, $"max-age={(long)age.TotalSeconds}"),
            })
            .Header("Vendor-Authorization", options?.VendorAuthorization);
        return _sender.ReadAsync<Run>(call, cancellationToken);
    }

    /// <summary>Waits until a run is final, or waiting for somebody's answer.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="answered">The id of the interaction that the caller has just answered. It may stand a little longer, while the vendor takes the answer in, and does not end the wait.</param>
    /// <param name="cancellationToken">Ends the wait; there is no other limit.</param>
    public Task<Run> WaitAsync(string runId, string? answered = null, CancellationToken cancellationToken = default) =>
        _waiter.WaitAsync(_sender, PathOf(runId), answered, cancellationToken);

    /// <summary>Answers a pending interaction.</summary>
    public Task<Run> RespondAsync(
        string runId, string interactionId, string type, object? data = null, CommandOptions? options = null, CancellationToken cancellationToken = default) =>
        CommandAsync(runId, "respond", new RespondBody { InteractionId = interactionId, Type = type, Data = Call.Json(data) }, options, cancellationToken);

    /// <summary>Sends input that the run did not ask for.</summary>
    public Task<Run> SendDataAsync(string runId, object data, CommandOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        return CommandAsync(runId, "data", new DataBody { Data = Call.Json(data)!.Value }, options, cancellationToken);
    }

    /// <summary>Holds a run.</summary>
    public Task<Run> PauseAsync(string runId, CommandOptions? options = null, CancellationToken cancellationToken = default) =>
        CommandAsync(runId, "pause", new EmptyBody(), options, cancellationToken);

    /// <summary>Lets a held run go on.</summary>
    public Task<Run> ResumeAsync(string runId, object? data = null, CommandOptions? options = null, CancellationToken cancellationToken = default) =>
        CommandAsync(runId, "resume", new ResumeBody { Data = Call.Json(data) }, options, cancellationToken);

    /// <summary>Stops a run. Before the vendor has named it, the stop is kept and applied then.</summary>
    public Task<Run> StopAsync(string runId, CommandOptions? options = null, CancellationToken cancellationToken = default) =>
        CommandAsync(runId, "stop", new EmptyBody(), options, cancellationToken);

    /// <summary>Lists runs, newest first, page by page as they are asked for.</summary>
    public async IAsyncEnumerable<Run> ListAsync(RunFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? token = null;
        do
        {
            var call = new Call(HttpMethod.Get, "v1/runs").Query((filter ?? new RunFilter()).Query).Query(("pageToken", token));
            var page = await _sender.ReadAsync<RunList>(call, cancellationToken);
            foreach (var run in page.Runs) yield return run;
            token = page.NextPageToken;
        }
        while (token is not null);
    }

    /// <summary>Lists what runs wait for, over all vendors, the nearest deadline first.</summary>
    public async IAsyncEnumerable<OpenInteraction> ListInteractionsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? token = null;
        do
        {
            var page = await _sender.ReadAsync<WaitingList>(new Call(HttpMethod.Get, "v1/interactions").Query(("pageToken", token)), cancellationToken);
            foreach (var interaction in page.Interactions) yield return interaction;
            token = page.NextPageToken;
        }
        while (token is not null);
    }

    /// <summary>Lists changes, oldest first, up to now. The <see cref="RunEvent.Id"/> of the last one is where to go on next time.</summary>
    /// <param name="runId">Only this run's; null for all that the caller may see.</param>
    /// <param name="after">The id of the last event that the caller has seen; null for the beginning.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async IAsyncEnumerable<RunEvent> ListEventsAsync(
        string? runId = null, string? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var path = runId is null ? "v1/events" : PathOf(runId) + "/events";
        while (true)
        {
            var page = await _sender.ReadAsync<EventList>(new Call(HttpMethod.Get, path).Query(("after", after)), cancellationToken);
            foreach (var change in page.Events) yield return change;
            if (page.Events.Count == 0 || page.Next == after) yield break;
            after = page.Next;
        }
    }

    /// <summary>
    /// Tells changes as they come, without a hole: whenever the connection is lost it connects again, for as long as the caller goes on, and continues after the last
    /// event that it told. Where that cannot be, because the events are not kept any more, it says so with a <see cref="WatchedEvent.Gap"/>.
    /// </summary>
    /// <remarks>An event may be told again after the caller has itself begun anew from an older cursor, never within one enumeration. Keep <see cref="WatchedEvent.Cursor"/>
    /// with what you made of the event, to go on after a crash of yours.</remarks>
    /// <param name="runId">Only this run's, from its first change to its last, with which the enumeration ends; null for all that the caller may see, from now on and without end.</param>
    /// <param name="filter">Which events, by the run as they show it; null for all.</param>
    /// <param name="after">The cursor after which to begin; null as said.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="GatewayProblemException">The gateway refused it: the run is unknown, a cursor is wrong, the key may not read.</exception>
    public IAsyncEnumerable<WatchedEvent> WatchAsync(string? runId = null, RunFilter? filter = null, string? after = null, CancellationToken cancellationToken = default) =>
        _watcher.WatchAsync(runId is null ? "v1/events" : PathOf(runId) + "/events", (filter ?? new RunFilter()).Query, after, cancellationToken);

    private Task<Run> CommandAsync<T>(string runId, string command, T body, CommandOptions? options, CancellationToken cancellationToken)
    {
        var call = new Call(HttpMethod.Post, $"{PathOf(runId)}/{command}")
            .Header("Idempotency-Key", Key(options?.IdempotencyKey))
            .Version("If-Match", options?.IfVersion)
            .Header("Vendor-Authorization", options?.VendorAuthorization)
            .Body(body);
        return _sender.ReadAsync<Run>(call, cancellationToken);
    }

    private static string Key(string? given)
    {
        if (given is null) return RandomNumberGenerator.GetHexString(32, lowercase: true);
        if (given.Length is 0 or > 255 || given.Any(c => c is < ' ' or > '~'))
            throw new ArgumentException("An idempotency key has 1 to 255 printable ASCII characters.", nameof(given));
        return given;
    }

    private static string? Words(params string?[] words) => string.Join(',', words.Where(word => word is not null)) is { Length: > 0 } text ? text : null;

    private static string PathOf(string runId)
    {
        ArgumentException.ThrowIfNullOrEmpty(runId);
        return "v1/runs/" + Uri.EscapeDataString(runId);
    }
}
