using System.Globalization;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>A run as an answer, with the headers that go with it.</summary>
internal sealed class RunAnswer(RunRow run) : IResult
{
    public int Status { get; init; } = StatusCodes.Status200OK;
    public bool Replayed { get; init; }
    public Preferences? Preferences { get; init; }

    /// <summary>Whether the answer says where to poll.</summary>
    public bool Locate { get; init; }

    /// <summary>Adds what was asked for beside the run.</summary>
    public Func<RunView, RunView>? Include { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var views = httpContext.RequestServices.GetRequiredService<RunViews>();
        var response = httpContext.Response;
        response.StatusCode = Status;
        SetHeaders(response, views);
        if (Status == StatusCodes.Status304NotModified) return Task.CompletedTask;
        var view = views.Of(run);
        var bytes = RunViewJson.Bytes(Include is null ? view : Include(view), RunViewJson.Default.RunView);
        response.ContentType = "application/json";
        response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(httpContext.Request.Method) ? Task.CompletedTask : response.BodyWriter.WriteAsync(bytes).AsTask();
    }

    private void SetHeaders(HttpResponse response, RunViews views)
    {
        var headers = response.Headers;
        headers.ETag = RunConditions.ETag(run);
        headers.CacheControl = "private, no-cache";
        headers.Age = views.Age(run).ToString(CultureInfo.InvariantCulture);
        if (!run.Final) headers.RetryAfter = run.Status == RunStatus.Starting ? "1" : "5";
        if (Locate) headers.Location = headers["Operation-Location"] = "/v1/runs/" + run.Id;
        if (Replayed) headers["Idempotent-Replayed"] = "true";
        if (Preferences?.Applied is { } applied) headers["Preference-Applied"] = applied;
    }
}
