using WorkflowGateway.Adapters.Fortanix;

namespace WorkflowGateway.Adapters.Tests.Fortanix;

public sealed class FortanixMappingTests
{
    [Theory]
    [InlineData("PENDING", RunStatus.Pending, null)]
    [InlineData("RUNNING", RunStatus.Running, null)]
    [InlineData("TERMINATING", RunStatus.Stopping, null)]
    [InlineData("SUCCEEDED", RunStatus.Succeeded, null)]
    [InlineData("FAILED", RunStatus.Failed, null)]
    [InlineData("TERMINATED", RunStatus.Canceled, null)]
    [InlineData("UNKNOWN", RunStatus.Unknown, "vendor-reported-unknown")]
    [InlineData("Succeeded", RunStatus.Succeeded, null)]
    [InlineData("unknown", RunStatus.Unknown, "vendor-reported-unknown")]
    [InlineData("STOPPED", RunStatus.Unknown, "unmapped-status")]
    [InlineData("SUCCEEDED ", RunStatus.Unknown, "unmapped-status")]
    [InlineData("", RunStatus.Unknown, "unmapped-status")]
    public void Each_word_has_its_status_and_stays_beside_it(string word, RunStatus status, string? reason) =>
        Read(Sample.Answer(word)).Should().BeEquivalentTo(new { Status = status, Reason = reason, NativeStatus = word });

    [Theory]
    [InlineData("7", "7")]
    [InlineData("true", "true")]
    [InlineData("null", null)]
    [InlineData("""["SUCCEEDED"]""", """["SUCCEEDED"]""")]
    public void A_word_that_is_no_text_is_unknown(string json, string? word) =>
        Read(Sample.Answer().Replace("\"RUNNING\"", json, StringComparison.Ordinal))
            .Should().BeEquivalentTo(new { Status = RunStatus.Unknown, Reason = "unmapped-status", NativeStatus = word });

    [Fact]
    public void A_run_is_read_in_full()
    {
        var snapshot = Read(Sample.Answer("FAILED"));
        snapshot.Should().BeEquivalentTo(new
        {
            Sample.Run,
            Definition = new RunDefinition(Sample.GraphId, "1"),
            CreatedAt = new DateTimeOffset(2023, 11, 7, 5, 31, 56, TimeSpan.Zero),
            Error = new RunFailure("execution_error", null),
        });
        snapshot.Native.GetProperty("generic").GetProperty("aci").GetProperty("any")[0].GetInt32().Should().Be(1);
        Read(Sample.Answer()).Error.Should().BeNull();
    }

    [Fact]
    public void A_bare_run_is_a_run() => Read(Sample.Row("SUCCEEDED")).Status.Should().Be(RunStatus.Succeeded);

    [Fact]
    public void Ids_are_lower_case_and_compared_without_case()
    {
        var upper = Sample.Json(Sample.Answer().Replace(Sample.RunId, Sample.RunId.ToUpperInvariant(), StringComparison.Ordinal));
        FortanixMapping.ToStarted(upper, null)!.Run.Should().Be(Sample.Run);
        FortanixMapping.ToAnswered(upper, Sample.Run)!.Run.Should().Be(Sample.Run);
        FortanixMapping.ToAnswered(upper, new RunRef(Sample.GraphId, null, null)).Should().BeNull();
    }

    [Theory]
    [InlineData("""{"aci_single_job":{"cluster_id":"2B1F6C1E-9A2B-4C57-8F53-5A2F6F0F7B22"}}""", true)]
    [InlineData("""{"aci_single_job":{"cluster_id":"2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22","deployment_location":"eastus"}}""", true)]
    [InlineData("null", true)]
    [InlineData("{}", true)]
    [InlineData("""{"aci_single_job":null}""", true)]
    [InlineData("""{"aci_single_job":7}""", true)]
    [InlineData("""{"aci_single_job":{"cluster_id":"7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a11"}}""", false)]
    [InlineData("""{"kubernetes_single_job":{"namespace":"a","cluster_id":"2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22"}}""", false)]
    public void A_run_of_the_list_is_excluded_only_by_what_was_sent_and_is_said_otherwise(string deployment, bool matches)
    {
        var target = Sample.Json($$$$"""{"graphId":"{{{{Sample.GraphId}}}}","graphVersion":"2","deployment":{"aciSingleJob":{"clusterId":"{{{{Sample.ClusterId}}}}"}}}""");
        FortanixStart.Matches(Sample.Json(Sample.Row(deployment: deployment)), target).Should().Be(matches);
        FortanixStart.Matches(Sample.Json(Sample.Row(deployment: deployment)), Sample.Json(Sample.Target)).Should().BeTrue("the target says nothing of a deployment");
    }

    [Fact]
    public void A_run_of_another_graph_is_excluded() =>
        FortanixStart.Matches(Sample.Json(Sample.Row()), Sample.Json($$"""{"graphId":"{{Sample.ClusterId}}"}""")).Should().BeFalse();

    private static RunSnapshot Read(string answer) => FortanixMapping.ToAnswered(Sample.Json(answer), Sample.Run)!;
}
