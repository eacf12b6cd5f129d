using WorkflowGateway.Adapters.Tests.Contract;

namespace WorkflowGateway.Adapters.Tests.Interactly;

/// <summary>Every field of every answer, dropped, null and of every other type: no crash, no final status that nobody said, no lost run.</summary>
public sealed class InteractlyDriftTests
{
    private const string Status = "/workflow_run/workflow_run/status";

    [Theory]
    [InlineData("waiting_for_user_input")]
    [InlineData("completed")]
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
            }
            catch (RunnerException failure)
            {
                // Both ids are in the envelope; either one is enough.
                drift.Path.Should().Be("/workflow_run", $"{drift.How} lost the run: {failure.Message}");
            }
        }
    }

    [Fact]
    public async Task A_page_survives()
    {
        const string Answer = $$$$"""{"workflow_runs":[{"_id":"{{{{Sample.RunId}}}}","created_at":"2023-11-07T05:31:56Z","workflow_run":{"workflow_id":"{{{{Sample.WorkflowId}}}}","status":"running"}}],"total":1}""";
        var body = "";
        await using var server = RawServer.Start(exchange => exchange.AnswerAsync(200, body));
        using var runner = Sample.Connect(server);
        foreach (var drift in Drift.Of(Answer))
        {
            body = drift.Body;
            try
            {
                var runs = (await runner.ListAsync(new ListRuns { Limit = 1 }, CancellationToken.None)).Runs;
                if (!drift.Touches("/workflow_runs/0/_id")) runs.Should().ContainSingle().Which.Run.Should().Be(Sample.Run, drift.ToString());
            }
            catch (RunnerException)
            {
                drift.Path.Should().Be("/workflow_runs", drift.ToString());
            }
        }
    }

    private static void Check(Drift drift, RunSnapshot snapshot, string word)
    {
        snapshot.Run.Should().Be(Sample.Run, drift.ToString());
        if (drift.Touches(Status)) snapshot.Status.Should().Be(RunStatus.Unknown, drift.ToString());
        else snapshot.NativeStatus.Should().Be(word, drift.ToString());
    }
}
