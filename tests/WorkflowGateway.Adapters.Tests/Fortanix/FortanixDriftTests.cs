using WorkflowGateway.Adapters.Tests.Contract;

namespace WorkflowGateway.Adapters.Tests.Fortanix;

/// <summary>Every field of every answer, dropped, null and of every other type: no crash, no final status that nobody said, no lost run.</summary>
public sealed class FortanixDriftTests
{
    [Theory]
    [InlineData("RUNNING")]
    [InlineData("SUCCEEDED")]
    public async Task A_run_survives(string word)
    {
        var body = "";
        await using var server = RawServer.Start(exchange => exchange.AnswerAsync(200, body));
        using var runner = Sample.Connect(server);
        foreach (var drift in Drift.Of(Sample.Answer(word)))
        {
            body = drift.Body;
            try
            {
                Check(drift, (await runner.StartAsync(Sample.Start(), CancellationToken.None)).Snapshot, word);
                Check(drift, await runner.GetAsync(Sample.Run, CancellationToken.None), word);
                Check(drift, await runner.StopAsync(new() { Run = Sample.Run, Marker = Sample.Marker }, CancellationToken.None), word);
            }
            catch (RunnerException failure)
            {
                drift.Touches("/run/run_id").Should().BeTrue($"{drift} lost the run: {failure.Message}");
            }
        }
    }

    [Fact]
    public async Task A_page_survives_or_is_refused_whole()
    {
        var body = "";
        await using var server = RawServer.Start(exchange => exchange.AnswerAsync(200, body));
        using var runner = Sample.Connect(server);
        foreach (var drift in Drift.Of($$"""{"workflow_runs":[{{Sample.Row()}}]}"""))
        {
            body = drift.Body;
            try
            {
                var runs = (await runner.ListAsync(new ListRuns { Target = Sample.Json(Sample.Target) }, CancellationToken.None)).Runs;
                if (drift is { Path: "/workflow_runs", How: "[]" } or { Path: "/workflow_runs/0", How: "dropped" } or { Path: "/workflow_runs/0/graph_id", How: "\"odd\"" or "\"\"" })
                    runs.Should().BeEmpty();
                else runs.Should().ContainSingle().Which.Run.Should().Be(Sample.Run, drift.ToString());
            }
            catch (RunnerException)
            {
                drift.Touches("/workflow_runs/0/run_id").Should().BeTrue(drift.ToString());
            }
        }
    }

    private static void Check(Drift drift, RunSnapshot snapshot, string word)
    {
        snapshot.Run.Should().Be(Sample.Run, drift.ToString());
        if (drift.Touches("/run/run_status")) snapshot.Status.Should().Be(RunStatus.Unknown, drift.ToString());
        else snapshot.NativeStatus.Should().Be(word, drift.ToString());
    }
}
