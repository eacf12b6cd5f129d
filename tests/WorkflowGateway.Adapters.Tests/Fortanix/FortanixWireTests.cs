using WorkflowGateway.Adapters.Tests.Contract;

namespace WorkflowGateway.Adapters.Tests.Fortanix;

public sealed class FortanixWireTests
{
    [Theory]
    [InlineData(Sample.Target, """{"graph_id":"7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a11","graph_version":"1"}""")]
    [InlineData(
        """{"graphId":"7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a11","graphVersion":"07","deployment":{"aciSingleJob":{"clusterId":"2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22"}},"runtimeConfigs":{"Trainer":{"deployment":{"aci":{"exposedPorts":[{"port":443,"protocol":"Tcp"}],"envVars":{"EPOCHS":"3","camelCase":"x"}}}},"bare":{}}}""",
        """{"graph_id":"7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a11","graph_version":"07","deployment":{"aci_single_job":{"cluster_id":"2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22"}},"runtime_configs":{"Trainer":{"deployment":{"aci":{"exposed_ports":[{"port":443,"protocol":"Tcp"}],"env_vars":{"EPOCHS":"3","camelCase":"x"}}}},"bare":{}}}""")]
    [InlineData(
        """{"graphId":"7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a11","graphVersion":"1","deployment":{"kubernetesSingleJob":{"namespace":"ml","clusterId":"2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22"},"aciSingleJob":null},"runtimeConfigs":{"a":{"deployment":{"kubernetes":{"jobSpec":{"backoffLimit":0,"template":{"a_b":null}}}}}}}""",
        """{"graph_id":"7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a11","graph_version":"1","deployment":{"kubernetes_single_job":{"namespace":"ml","cluster_id":"2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22"}},"runtime_configs":{"a":{"deployment":{"kubernetes":{"job_spec":{"backoffLimit":0,"template":{"a_b":null}}}}}}}""")]
    public async Task A_start_is_sent_word_for_word(string target, string body)
    {
        await using var server = RawServer.Answering(Sample.Answer("PENDING"));
        using var runner = Sample.Connect(server);
        var answer = await runner.StartAsync(Sample.Start(target), CancellationToken.None);
        answer.Should().BeOfType<StartAnswer.Started>().Which.Run.Should().Be(Sample.Run);
        answer.Snapshot.Status.Should().Be(RunStatus.Pending);
        var request = server.Requests.Should().ContainSingle().Subject;
        (request.Method, request.Path, request.Body).Should().Be(("POST", "/base/v1/workflow_runs", body));
        request.Headers["Authentication"].Should().Equal("token");
        request.Headers["Content-Type"].Should().Equal("application/json");
        request.Headers["Authorization"].Should().BeEmpty();
        runner.PreviewStart(Sample.Start(target)).Path.Should().Be("v1/workflow_runs");
    }

    [Theory]
    [InlineData("Authorization", null, "Bearer token")]
    [InlineData("authorization", "", "token")]
    [InlineData("Authentication", "Bearer", "Bearer token")]
    [InlineData("X-Other", null, "token")]
    public async Task Header_and_scheme_are_configuration(string header, string? scheme, string value)
    {
        await using var server = RawServer.Answering(Sample.Answer());
        using var runner = Sample.Connect(server, header: header, scheme: scheme);
        await runner.GetAsync(Sample.Run, CancellationToken.None);
        server.Requests.Should().ContainSingle().Which.Headers[header].Should().Equal(value);
    }

    [Theory]
    [InlineData("{}", "/base/v1/workflow_runs")]
    [InlineData("""{"pathPrefix":"/api/v1/confidential_computing/"}""", "/base/api/v1/confidential_computing/workflow_runs")]
    [InlineData("""{"pathPrefix":""}""", "/base/workflow_runs")]
    public async Task Each_verb_has_its_path(string settings, string runs)
    {
        await using var server = RawServer.Start(exchange => exchange.AnswerAsync(200, exchange.Request.Path.Contains("/logs", StringComparison.Ordinal)
            ? """{"text":"line 1\nline 2","generic":{}}"""
            : Sample.Answer("TERMINATING")));
        using var runner = Sample.Connect(server, settings);
        (await runner.GetAsync(Sample.Run, CancellationToken.None)).Status.Should().Be(RunStatus.Stopping);
        (await runner.StopAsync(new() { Run = Sample.Run, Marker = Sample.Marker }, CancellationToken.None)).Status.Should().Be(RunStatus.Stopping);
        (await runner.GetLogsAsync(Sample.Run, null, CancellationToken.None)).Should().Be("line 1\nline 2");
        await runner.GetLogsAsync(Sample.Run, "a/b &c", CancellationToken.None);
        server.Requests.Select(request => $"{request.Method} {request.Path} {request.Body}").Should().Equal(
            $"GET {runs}/{Sample.RunId}/status ", $"POST {runs}/{Sample.RunId}/stop ",
            $"GET {runs}/{Sample.RunId}/logs ", $"GET {runs}/{Sample.RunId}/logs?runtime_config_id=a%2Fb%20%26c ");
        server.Requests.ElementAt(1).Headers["Content-Length"].Should().Equal("0");
    }

    [Fact]
    public async Task A_list_goes_on_after_the_last_row_of_a_full_page()
    {
        var second = "0b7c3c2e-1111-4222-8333-944455557777";
        await using var server = RawServer.Start(exchange => exchange.AnswerAsync(200, exchange.Number == 1
            ? $$"""{"workflow_runs":[{{Sample.Row()}},{{Sample.Row(id: second).Replace(Sample.GraphId, Sample.ClusterId, StringComparison.Ordinal)}}]}"""
            : """{"workflow_runs":[]}"""));
        using var runner = Sample.Connect(server);
        var query = new ListRuns { Target = Sample.Json(Sample.Target), Limit = 2 };
        var page = await runner.ListAsync(query, CancellationToken.None);
        page.Runs.Should().ContainSingle().Which.Run.Should().Be(Sample.Run);
        page.Next.Should().Be(second);
        (await runner.ListAsync(query with { Cursor = page.Next }, CancellationToken.None)).Next.Should().BeNull();
        server.Requests.Select(request => request.Path).Should().Equal("/base/v1/workflow_runs?limit=2", $"/base/v1/workflow_runs?limit=2&previous_id={second}");
    }

    [Theory]
    [InlineData("""{"workflow_runs":[{"run_status":"RUNNING"}]}""")]
    [InlineData("""{"workflow_runs":null}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    public async Task An_answer_without_a_run_leaves_a_start_unconfirmed_and_a_read_senseless(string answer)
    {
        await using var server = RawServer.Answering(answer);
        using var runner = Sample.Connect(server);
        (await Sample.Fails(() => runner.StartAsync(Sample.Start(), CancellationToken.None)))
            .Should().BeEquivalentTo(new { Kind = RunnerErrorKind.Unconfirmed, VendorStatus = 200, Evidence = answer });
        (await Sample.Fails(() => runner.StopAsync(new() { Run = Sample.Run, Marker = Sample.Marker }, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Unconfirmed);
        (await Sample.Fails(() => runner.GetAsync(Sample.Run, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Contract);
        (await Sample.Fails(() => runner.ListAsync(new ListRuns(), CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Contract);
        (await Sample.Fails(() => runner.GetLogsAsync(Sample.Run, null, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Contract);
    }

    [Fact]
    public async Task The_same_page_again_is_no_next_page()
    {
        await using var server = RawServer.Answering($$"""{"workflow_runs":[{{Sample.Row()}}]}""");
        using var runner = Sample.Connect(server);
        (await Sample.Fails(() => runner.ListAsync(new ListRuns { Limit = 1, Cursor = Sample.RunId }, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Contract);
    }

    [Fact]
    public async Task A_429_on_a_start_proves_nothing()
    {
        await using var server = RawServer.Answering("{}", 429);
        using var runner = Sample.Connect(server);
        (await Sample.Fails(() => runner.StartAsync(Sample.Start(), CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Unconfirmed);
    }
}
