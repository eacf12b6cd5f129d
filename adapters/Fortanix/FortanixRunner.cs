using System.Globalization;
using System.Text.Json;

namespace WorkflowGateway.Adapters.Fortanix;

internal sealed class FortanixRunner : VendorRunner, IStartPreview, IStartTraces, IRunLogs, INativeCalls, IDisposable
{
    private readonly VendorHttp _http;
    private readonly string _runs;

    public FortanixRunner(VendorConnection connection, TimeProvider time)
    {
        // The specification names the header Authentication and no scheme; the vendor's own tools send Authorization with Bearer.
        var scheme = "Authorization".Equals(connection.CredentialHeader, StringComparison.OrdinalIgnoreCase) ? "Bearer" : "";
        _http = new VendorHttp(connection, FortanixAdapter.Vendor, "Authentication", scheme, new Dictionary<string, string>(), time);
        _runs = FortanixSettings.RunsPath(connection.Settings);
    }

    public override RunnerInfo Info => FortanixAdapter.Vendor;

    public NativeCall MakeNativeCall(NativeRequest request, Subject? subject) => _http.MakeNativeCall(request, subject);

    public void Dispose() => _http.Dispose();

    public VendorRequest PreviewStart(StartRun start)
    {
        if (start.DryRun) throw new RunnerException(RunnerErrorKind.Unsupported, "Fortanix cannot try a start out.");
        RefuseInput(start.Input);
        var target = VendorJson.Sound(start.Target);
        FortanixTargetCheck.Of(target, placeholders: false).Refuse("/target");
        return new VendorRequest(HttpMethod.Post, _runs, FortanixStart.ToBody(target));
    }

    public StartTrace TraceOf(JsonElement target) => FortanixStart.ToTrace(target);

    public bool CanBe(RunSnapshot seen, JsonElement target) => FortanixStart.Matches(FortanixMapping.RunOf(seen.Native), target);

    public override async Task<StartAnswer> StartAsync(StartRun start, CancellationToken cancellationToken)
    {
        var snapshot = await _http.MutateAsync(
            PreviewStart(start), start.Subject, answer => FortanixMapping.ToStarted(answer, start.Subject), cancellationToken);
        return new StartAnswer.Started(snapshot.Run!, snapshot);
    }

    public override async Task<RunSnapshot> GetAsync(RunRef run, CancellationToken cancellationToken) => await _http.ReadAsync(
        new VendorRequest(HttpMethod.Get, RunPath(run) + "/status"), run.Subject, answer => FortanixMapping.ToAnswered(answer, run), cancellationToken);

    public override async Task<RunPage> ListAsync(ListRuns query, CancellationToken cancellationToken)
    {
        if (query.Target is { } target && !FortanixMapping.IsUuid(target.Text("graphId")))
            new[] { new ConfigurationProblem("/graphId", "Write the graph's id, a uuid.") }.Refuse("/target");
        if (query.Cursor is { } previous && !FortanixMapping.IsUuid(previous))
            throw new RunnerException(RunnerErrorKind.Invalid, "The cursor belongs to no list of this vendor.");
        var path = string.Create(CultureInfo.InvariantCulture, $"{_runs}?limit={query.Limit}") + (query.Cursor is { } cursor ? "&previous_id=" + cursor : "");
        return await _http.ReadAsync(new VendorRequest(HttpMethod.Get, path), null, answer => FortanixMapping.ToPage(answer, query), cancellationToken);
    }

    public override async Task<RunSnapshot> StopAsync(StopRun command, CancellationToken cancellationToken) => await _http.MutateAsync(
        new VendorRequest(HttpMethod.Post, RunPath(command.Run) + "/stop"), command.Run.Subject,
        answer => FortanixMapping.ToAnswered(answer, command.Run), cancellationToken);

    public async Task<string> GetLogsAsync(RunRef run, string? part, CancellationToken cancellationToken)
    {
        var path = RunPath(run) + "/logs" + (part is null ? "" : "?runtime_config_id=" + Uri.EscapeDataString(part));
        return await _http.ReadAsync(new VendorRequest(HttpMethod.Get, path), run.Subject, answer => answer.Text("text"), cancellationToken);
    }

    private string RunPath(RunRef run) => $"{_runs}/{IdOf(run)}";

    private static void RefuseInput(JsonElement input)
    {
        if (input.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null || (input.ValueKind == JsonValueKind.Object && !input.EnumerateObject().Any())) return;
        new[] { new ConfigurationProblem("", "Fortanix has no run input: reach it by placeholders in the target.") }.Refuse("/input");
    }
}
