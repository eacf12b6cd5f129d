using WorkflowGateway.Adapters.Fortanix;
using WorkflowGateway.Adapters.Tests.Contract;

namespace WorkflowGateway.Adapters.Tests.Fortanix;

/// <summary>What is refused before anything is sent, and everything wrong with a configuration at once.</summary>
public sealed class FortanixRefusalTests
{
    // Targets would drown in escaped braces: IDS and CLUSTER stand for these.
    private const string Ids = "\"graphId\":\"7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a11\",\"graphVersion\":\"1\"";
    private const string Cluster = "\"clusterId\":\"2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22\"";

    [Theory]
    [InlineData("[]", "")]
    [InlineData("{}", "/graphId /graphVersion")]
    [InlineData("""{"graphId":"x","graphVersion":1,"graph_version":"1"}""", "/graph_version /graphId /graphVersion")]
    [InlineData("""{IDS,"deployment":{}}""", "/deployment")]
    [InlineData("""{IDS,"deployment":[]}""", "/deployment")]
    [InlineData("""{IDS,"deployment":{"aci":{CLUSTER}}}""", "/deployment/aci /deployment")]
    [InlineData("""{IDS,"deployment":{"aciSingleJob":{CLUSTER},"kubernetesSingleJob":{}}}""",
        "/deployment /deployment/kubernetesSingleJob/namespace /deployment/kubernetesSingleJob/clusterId")]
    [InlineData("""{IDS,"deployment":{"aciSingleJob":{CLUSTER,"deploymentLocation":7,"namespace":"x"}}}""",
        "/deployment/aciSingleJob/namespace /deployment/aciSingleJob/deploymentLocation")]
    [InlineData("""{IDS,"runtimeConfigs":{"a/b":null,"c":{"aci":{}},"d":{"deployment":"x"}}}""", "/runtimeConfigs/a~1b /runtimeConfigs/c/aci /runtimeConfigs/d/deployment")]
    [InlineData("""{IDS,"runtimeConfigs":{"a":{"deployment":{"kubernetes":{"job_spec":{}}}}}}""",
        "/runtimeConfigs/a/deployment/kubernetes/job_spec /runtimeConfigs/a/deployment/kubernetes/jobSpec")]
    [InlineData("""{IDS,"runtimeConfigs":{"a":{"deployment":{"kubernetes":{"jobSpec":[]}}}}}""", "/runtimeConfigs/a/deployment/kubernetes/jobSpec")]
    [InlineData("""{IDS,"runtimeConfigs":{"a":{"deployment":{"aci":{}}}}}""",
        "/runtimeConfigs/a/deployment/aci/exposedPorts /runtimeConfigs/a/deployment/aci/envVars")]
    [InlineData("""{IDS,"runtimeConfigs":{"a":{"deployment":{"aci":{"exposedPorts":[{"port":0,"protocol":"tcp"},7,{"port":1.5,"protocol":"Udp"}],"envVars":{"A":1}}}}}}""",
        "/runtimeConfigs/a/deployment/aci/exposedPorts/0/port /runtimeConfigs/a/deployment/aci/exposedPorts/0/protocol "
        + "/runtimeConfigs/a/deployment/aci/exposedPorts/1 /runtimeConfigs/a/deployment/aci/exposedPorts/2/port /runtimeConfigs/a/deployment/aci/envVars/A")]
    public async Task Everything_wrong_with_a_target_is_said_at_once_and_nothing_is_sent(string target, string pointers)
    {
        target = Full(target);
        string.Join(' ', new FortanixAdapter().CheckTarget(Sample.Json(target)).Select(problem => problem.Pointer)).Should().Be(pointers);
        (await Refused(runner => runner.StartAsync(Sample.Start(target), CancellationToken.None)))
            .Should().BeEquivalentTo(new { Kind = RunnerErrorKind.Invalid, Pointer = "/target" + pointers.Split(' ')[0] });
    }

    [Theory]
    [InlineData("""{"graphId":"${labels.graph}","graphVersion":"${labels.version}"}""")]
    [InlineData("""{IDS,"deployment":"${input.deployment}","runtimeConfigs":"${input.configs}"}""")]
    [InlineData("""{IDS,"deployment":{"kubernetesSingleJob":{"namespace":"${x}","clusterId":"${y}"}},"runtimeConfigs":{"a":"${z}","b":{"deployment":"${z}"}}}""")]
    [InlineData("""{IDS,"runtimeConfigs":{"a":{"deployment":{"aci":{"exposedPorts":["${p}",{"port":"${n}","protocol":"${q}"}],"envVars":{"A":"${v}"}}}}}}""")]
    [InlineData("""{IDS,"runtimeConfigs":{"a":{"deployment":{"aci":{"exposedPorts":"${p}","envVars":"${e}"}}}}}""")]
    [InlineData("""{IDS,"runtimeConfigs":{"a":{"deployment":{"kubernetes":{"jobSpec":"${p}"}}}}}""")]
    public async Task A_placeholder_passes_for_anything_until_it_is_resolved(string target)
    {
        target = Full(target);
        new FortanixAdapter().CheckTarget(Sample.Json(target)).Should().BeEmpty();
        if (!target.Contains("\"A\":", StringComparison.Ordinal) && !target.Contains("labels", StringComparison.Ordinal))
            (await Refused(runner => runner.StartAsync(Sample.Start(target), CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Invalid);
    }

    [Theory]
    [InlineData("""{"epochs":3}""")]
    [InlineData("7")]
    public async Task Input(string input) => (await Refused(runner => runner.StartAsync(Sample.Start(input: input), CancellationToken.None)))
        .Should().BeEquivalentTo(new { Kind = RunnerErrorKind.Invalid, Pointer = "/input" });

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("0b7c3c2e-1111-4222-8333-944455556666\n")]
    [InlineData("{0b7c3c2e-1111-4222-8333-944455556666}")]
    public async Task A_run_id_of_another_form(string id)
    {
        var run = new RunRef(id, null, null);
        (await Refused(runner => runner.GetAsync(run, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Invalid);
        (await Refused(runner => runner.GetLogsAsync(run, null, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Invalid);
        (await Refused(runner => runner.StopAsync(new() { Run = run, Marker = Sample.Marker }, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Invalid);
        (await Refused(runner => runner.ListAsync(new ListRuns { Cursor = id }, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Invalid);
    }

    [Theory]
    [InlineData("""{"graphId":"\ud800","graphVersion":"1"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{IDS,"runtimeConfigs":{"a":{"deployment":{"kubernetes":{"jobSpec":{"\udc00":1}}}}}}""")]
    public async Task Half_a_surrogate_pair(string target) =>
        (await Refused(runner => runner.StartAsync(Sample.Start(Full(target)), CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Invalid);

    [Fact]
    public async Task What_the_vendor_does_not_have()
    {
        (await Refused(runner => runner.StartAsync(Sample.Start() with { DryRun = true }, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Unsupported);
        (await Refused(runner => runner.PauseAsync(new() { Run = Sample.Run, Marker = Sample.Marker }, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Unsupported);
    }

    [Theory]
    [InlineData("{}", "")]
    [InlineData("""{"exclusive":true,"pathPrefix":"/api/v1/confidential_computing"}""", "")]
    [InlineData("""{"pathPrefix":""}""", "")]
    [InlineData("""{"exclusive":"yes","pathPrefix":"../v1","tenantId":"x"}""", "/tenantId /exclusive /pathPrefix")]
    [InlineData("""{"pathPrefix":"v1?x=1"}""", "/pathPrefix")]
    [InlineData("""{"pathPrefix":"a//b"}""", "/pathPrefix")]
    [InlineData("""{"pathPrefix":7}""", "/pathPrefix")]
    public void Everything_wrong_with_a_connection_is_said_at_once(string settings, string pointers) => string.Join(' ', new FortanixAdapter()
        .CheckConnection(new() { Name = "a", BaseUrl = new("http://127.0.0.1"), Timeout = TimeSpan.FromSeconds(1), Settings = Sample.Json(settings) })
        .Select(problem => problem.Pointer)).Should().Be(pointers);

    private static string Full(string target) => target.Replace("IDS", Ids, StringComparison.Ordinal).Replace("CLUSTER", Cluster, StringComparison.Ordinal);

    private static async Task<RunnerError> Refused(Func<FortanixRunner, Task> call)
    {
        await using var server = RawServer.Answering(Sample.Answer());
        using var runner = Sample.Connect(server);
        var error = await Sample.Fails(() => call(runner));
        server.Requests.Should().BeEmpty();
        return error;
    }
}
