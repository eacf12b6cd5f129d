using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowGateway.Access;
using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;
using WorkflowGateway.Sync;

namespace WorkflowGateway.Api;

internal static class ReadEndpoints
{
    private static readonly string[] Includes = [BodyKind.Native, BodyKind.Input, BodyKind.Evidence];

    public static void MapReads(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/runs", ListAsync)
            .Called("listRuns", "Lists runs, newest first.").RequireRole(Role.Viewer, KeyOperations.List)
            .Query([.. Parameters.RunList, new QueryParameter("include", "evidence: with each run that is unknown, what is known of its start, as getRun gives it (role operator). With status=unknown this is what needs somebody.")])
            .Gives<RunList>(StatusCodes.Status200OK, "A page; it may be short or empty and still have a next one.")
            .Refuses("page-token-invalid");
        v1.MapGet("/runs/{runId}", GetAsync)
            .Called("getRun", "Reads a run.").RequireRole(Role.Viewer, KeyOperations.Get)
            .Query(new QueryParameter("include", "native, input and evidence, as many as wanted, with commas: the vendor's latest whole answer, what the run was started with, what came back when nobody could say what it meant (role operator)."))
            .Headers(Parameters.IfNoneMatch, Parameters.Prefer, Parameters.CacheControl, Parameters.VendorToken)
            .Gives<RunView>(StatusCodes.Status200OK, "The run.")
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status304NotModified) { Description = "The caller has the current version." })
            .Refuses("run-not-found");
    }

    /// <summary>Where waiting ends: the run goes on only if somebody answers, or not at all.</summary>
    public static bool Settled(RunRow run) => run.Final || run.Status == RunStatus.Waiting;

    public static async ValueTask<RunRow> FindAsync(this LedgerReader ledger, HttpContext http, string runId) =>
        await ledger.FindVisibleAsync(http.Caller(), RequestHeaders.RunId(runId)) ?? throw RequestHeaders.NoSuchRun(runId);

    private static async Task<Ok<RunList>> ListAsync(HttpContext http, LedgerReader ledger, RunViews views)
    {
        var query = new ListQuery(http.Request);
        var filter = RunListFilter.Of(query, http.Caller());
        RunId? before = query.Cursor is { } cursor
            ? RunId.TryParse(cursor, out var id) ? id : throw PageToken.Invalid("The token is not one that this list gave.")
            : null;
        var include = Include(query.One("include"), [BodyKind.Evidence]);
        RequireOperator(http, include);
        var page = await ledger.ListRunsAsync(filter, before, query.PageSize);
        var runs = new List<RunView>(page.Runs.Count);
        foreach (var run in page.Runs)
            runs.Add(include.Length == 0 || run.Status != RunStatus.Unknown ? views.Of(run) : views.Of(run) with { Evidence = await BodyAsync(ledger, run, BodyKind.Evidence) });
        return TypedResults.Ok(new RunList(runs, query.NextToken(page.Next?.ToString())));
    }

    private static async Task<RunAnswer> GetAsync(
        string runId, HttpContext http, LedgerReader ledger, RunWatch watch, RunRefresher refresher, RunViews views, CancellationToken cancellationToken)
    {
        var request = http.Request;
        var include = request.QueryString.HasValue ? Include(new ListQuery(request).One("include"), Includes) : [];
        RequireOperator(http, include);
        var preferences = Preferences.Of(request);
        var run = await ledger.FindAsync(http, runId);
        if (!run.Final && RunConditions.WantsFresh(request, views.Age(run)))
            run = await refresher.RefreshAsync(run, request.VendorToken(), cancellationToken);
        if (preferences.Wait is { } wait)
        {
            refresher.Hint(run);
            run = await watch.WaitAsync(run, Until(request), wait, cancellationToken);
        }

        return new RunAnswer(run)
        {
            Status = RunConditions.NoneMatch(request, run) ? StatusCodes.Status304NotModified : StatusCodes.Status200OK,
            Preferences = preferences with { RespondAsync = false },
            Include = include.Length == 0 ? null : await BodiesAsync(ledger, run, include),
        };
    }

    private static Func<RunRow, bool> Until(HttpRequest request) =>
        request.Headers.IfNoneMatch.Count > 0 ? now => !RunConditions.NoneMatch(request, now) : Settled;

    private static string[] Include(string? text, string[] known)
    {
        var words = text?.Split(',') ?? [];
        return words.FirstOrDefault(word => !known.Contains(word)) is { } wrong
            ? throw Fields.Refusal("include", $"'{wrong}' cannot be included. {Suggestion.For(wrong, known)}")
            : words;
    }

    // It may quote the vendor's raw words.
    private static void RequireOperator(HttpContext http, string[] include)
    {
        if (include.Contains(BodyKind.Evidence) && http.Caller().Role < Role.Operator)
            throw new RefusedException("forbidden", "Including evidence needs the role operator; leave it out of include.");
    }

    private static async Task<Func<RunView, RunView>> BodiesAsync(LedgerReader ledger, RunRow run, string[] include)
    {
        var native = include.Contains(BodyKind.Native) ? await BodyAsync(ledger, run, BodyKind.Native) : (JsonElement?)null;
        var input = include.Contains(BodyKind.Input) ? await BodyAsync(ledger, run, BodyKind.Input) : (JsonElement?)null;
        var evidence = include.Contains(BodyKind.Evidence) ? await BodyAsync(ledger, run, BodyKind.Evidence) : (JsonElement?)null;
        return view => view with { Native = native, Input = input, Evidence = evidence };
    }

    private static async Task<JsonElement> BodyAsync(LedgerReader ledger, RunRow run, string kind) =>
        JsonElement.Parse(await ledger.FindBodyAsync(run, kind) ?? "null");
}
