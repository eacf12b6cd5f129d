using System.Net;
using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Adapters.Tests.Sandbox;

public sealed class FortanixSandboxTests
{
    // The vendor's page lists members and types instead of an example; this is that list for a run on ACI.
    private const string Example = """
        {"run":{"run_id":"u","run_status":"PENDING","created_at":1,"graph_id":"u","graph_version":"1","group_id":"u","deployment":{"aci_single_job":{"cluster_id":"u"}},
        "workflow_cluster_data":{"AciSingleJob":{"app_id":"u","build_id":"u","config_id":"c","cluster_id":"u","container_group_name":"n","deployment_name":"n"}}},"generic":{"aci":{}}}
        """;

    [Fact]
    public async Task An_answer_has_the_members_that_the_page_lists()
    {
        await using var rig = await SandboxRig.StartAsync();
        var open = Shape.OpenIn(Example);
        var started = (await rig.FortanixAsync(HttpMethod.Post, body: Bodies.FortanixStart())).Ok;
        Shape.Of(started, open).Should().BeEquivalentTo(Shape.Of(JsonDocument.Parse(Example).RootElement, open));
    }

    [Fact]
    public async Task A_run_on_kubernetes_names_the_other_member_of_each_union()
    {
        await using var rig = await SandboxRig.StartAsync();
        var started = (await rig.FortanixAsync(HttpMethod.Post, body: """
            {"graph_id":"7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a11","graph_version":"2","deployment":{"kubernetes_single_job":{"namespace":"ml","cluster_id":"2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22"}}}
            """)).Ok;
        started.GetProperty("run").GetProperty("workflow_cluster_data").EnumerateObject().Single().Name.Should().Be("KubernetesSingleJob");
        started.GetProperty("generic").EnumerateObject().Single().Name.Should().Be("kubernetes");
    }

    [Theory]
    [InlineData(Scenarios.Fortanix.TrainModel, "PENDING", "RUNNING", "SUCCEEDED")]
    [InlineData(Scenarios.Fortanix.Failing, "PENDING", "RUNNING", "FAILED")]
    [InlineData(Scenarios.Fortanix.NeverEnding, "PENDING", "RUNNING", "RUNNING")]
    [InlineData(Scenarios.Fortanix.UnknownForAWhile, "RUNNING", "UNKNOWN", "SUCCEEDED")]
    public async Task Graphs_go_their_way(string graphId, string first, string second, string last)
    {
        await using var rig = await SandboxRig.StartAsync();
        var id = Id((await rig.FortanixAsync(HttpMethod.Post, body: Bodies.FortanixStart(graphId))).Ok);
        (await WordAsync(rig, id)).Should().Be(first);
        rig.Advance(1.1);
        (await WordAsync(rig, id)).Should().Be(second);
        rig.Advance(1000);
        (await WordAsync(rig, id)).Should().Be(last);
    }

    [Fact]
    public async Task A_stop_goes_through_terminating_and_leaves_an_ended_run_alone()
    {
        await using var rig = await SandboxRig.StartAsync();
        var id = Id((await rig.FortanixAsync(HttpMethod.Post, body: Bodies.FortanixStart())).Ok);
        (await rig.FortanixAsync(HttpMethod.Post, $"/{id}/stop")).Ok.GetProperty("run").GetProperty("run_status").GetString().Should().Be("TERMINATING");
        rig.Advance(1);
        (await WordAsync(rig, id)).Should().Be("TERMINATED");
        (await rig.FortanixAsync(HttpMethod.Post, $"/{id}/stop")).Ok.GetProperty("run").GetProperty("run_status").GetString().Should().Be("TERMINATED");
        rig.Server.Controls.Switches = new Switches { FortanixRefusesStopOfFinished = true };
        (await rig.FortanixAsync(HttpMethod.Post, $"/{id}/stop")).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Logs_are_there_for_each_app()
    {
        await using var rig = await SandboxRig.StartAsync();
        var id = Id((await rig.FortanixAsync(HttpMethod.Post, body: Bodies.FortanixStart())).Ok);
        (await rig.FortanixAsync(HttpMethod.Get, $"/{id}/logs?runtime_config_id=trainer")).Ok.GetProperty("text").GetString().Should().Contain("trainer: PENDING");
        (await rig.FortanixAsync(HttpMethod.Get, $"/{id}/logs?runtime_config_id=other")).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_list_goes_by_keyset_and_may_lag()
    {
        await using var rig = await SandboxRig.StartAsync();
        var ids = new List<string>();
        for (var run = 0; run < 5; run++)
        {
            ids.Add(Id((await rig.FortanixAsync(HttpMethod.Post, body: Bodies.FortanixStart())).Ok));
            rig.Advance(10);
        }

        (await ListAsync("")).Should().Equal(ids.Order(StringComparer.Ordinal));
        (await ListAsync("?limit=2&sort_by=created_at:DESC")).Should().Equal(ids[4], ids[3]);
        (await ListAsync($"?limit=2&sort_by=created_at:DESC&previous_id={ids[3]}&previous_sort_value=1")).Should().Equal(ids[2], ids[1]);
        (await ListAsync($"?limit=2&previous_id={ids.Order(StringComparer.Ordinal).ElementAt(2)}")).Should().Equal(ids.Order(StringComparer.Ordinal).Skip(3));
        rig.Server.Controls.Switches = new Switches { FortanixListLagSeconds = 25 };
        (await ListAsync("?sort_by=created_at:ASC")).Should().Equal(ids[0], ids[1], ids[2]);
        (await rig.FortanixAsync(HttpMethod.Get, "?sort_by=mood:ASC")).Status.Should().Be(HttpStatusCode.BadRequest);

        async Task<IEnumerable<string?>> ListAsync(string query) =>
            (await rig.FortanixAsync(HttpMethod.Get, query)).Ok.GetProperty("workflow_runs").EnumerateArray().Select(run => run.GetProperty("run_id").GetString());
    }

    [Theory]
    [InlineData("\"2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22\"}}", "\"not-a-uuid\"}}", "cluster_id must be a uuid")]
    [InlineData("\"graph_version\":\"1\"", "\"graph_version\":1", "graph_version must be a string")]
    [InlineData("\"deployment\":{\"aci_single_job\"", "\"deployment\":{\"kubernetes_single_job\":null,\"aci_single_job\"", "exactly one of")]
    [InlineData("{\"aci\":", "{\"kubernetes\":null,\"aci\":", "exactly one of")]
    [InlineData("8080", "65536", "port must be")]
    [InlineData("8080", "0", "port must be")]
    [InlineData("\"Tcp\"", "\"TCP\"", "protocol must be")]
    [InlineData("\"3\"", "3", "env_vars must hold strings")]
    [InlineData(Scenarios.Fortanix.TrainModel, "train", "graph_id must be a uuid")]
    public async Task A_start_that_breaks_the_schema_is_refused_in_plain_text(string right, string wrong, string words)
    {
        await using var rig = await SandboxRig.StartAsync();
        var refused = await rig.FortanixAsync(HttpMethod.Post, body: Bodies.FortanixStart().Replace(right, wrong, StringComparison.Ordinal));
        refused.Status.Should().Be(HttpStatusCode.BadRequest);
        refused.ContentType.Should().Be("text/plain");
        refused.Text.Should().Contain(words);
    }

    [Fact]
    public async Task The_credential_header_is_a_switch_and_so_is_the_unit_of_created_at()
    {
        await using var rig = await SandboxRig.StartAsync();
        var id = Id((await rig.FortanixAsync(HttpMethod.Post, body: Bodies.FortanixStart())).Ok);
        var url = $"{rig.Server.Fortanix}/v1/workflow_runs/{id}/status";
        (await rig.SendAsync(HttpMethod.Get, url, null, ("Authorization", "Bearer x"))).Status.Should().Be(HttpStatusCode.Unauthorized);
        var seconds = (await rig.SendAsync(HttpMethod.Get, url, null, ("Authentication", "x"))).Ok.GetProperty("run").GetProperty("created_at").GetInt64();
        rig.Server.Controls.Switches = new Switches { FortanixRequiresBearer = true, FortanixCreatedAtUnit = "milliseconds" };
        (await rig.SendAsync(HttpMethod.Get, url, null, ("Authentication", "x"))).Status.Should().Be(HttpStatusCode.Unauthorized);
        var milliseconds = (await rig.SendAsync(HttpMethod.Get, url, null, ("Authorization", "Bearer x"))).Ok.GetProperty("run").GetProperty("created_at").GetInt64();
        (milliseconds / 1000).Should().Be(seconds);
    }

    private static string Id(JsonElement answer) => answer.GetProperty("run").GetProperty("run_id").GetString()!;

    private static async Task<string> WordAsync(SandboxRig rig, string id) =>
        (await rig.FortanixAsync(HttpMethod.Get, $"/{id}/status")).Ok.GetProperty("run").GetProperty("run_status").GetString()!;
}
