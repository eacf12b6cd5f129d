using System.Text.Json;
using WorkflowGateway.Adapters.Fortanix;
using WorkflowGateway.Adapters.Tests.Contract;

namespace WorkflowGateway.Adapters.Tests.Fortanix;

/// <summary>What the tests of this adapter share: ids, the answer of the vendor's page filled in, and a runner on a socket.</summary>
internal static class Sample
{
    public const string RunId = "0b7c3c2e-1111-4222-8333-944455556666";
    public const string GraphId = "7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a11";
    public const string ClusterId = "2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22";
    public const string Target = $$"""{"graphId":"{{GraphId}}","graphVersion":"1"}""";

    public static RunRef Run { get; } = new(RunId, null, null);

    public static RunMarker Marker { get; } = new("run_01", "a1");

    public static StartRun Start(string target = Target, string input = "{}") => new() { Target = Json(target), Input = Json(input), Marker = Marker };

    public static string Row(string status = "RUNNING", string id = RunId, string deployment = $$"""{ "aci_single_job": { "cluster_id": "{{ClusterId}}", "deployment_location": "westeurope" } }""") => $$"""
        {
          "run_id": "{{id}}", "run_status": "{{status}}", "created_at": 1699335116, "graph_id": "{{GraphId}}", "graph_version": "1", "group_id": "{{ClusterId}}",
          "deployment": {{deployment}},
          "workflow_cluster_data": { "AciSingleJob": { "app_id": "{{ClusterId}}", "build_id": "{{ClusterId}}", "config_id": "c", "cluster_id": "{{ClusterId}}" } }
        }
        """;

    public static string Answer(string status = "RUNNING") => $$"""{ "run": {{Row(status)}}, "generic": { "kubernetes": null, "aci": { "any": [1] } } }""";

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    public static FortanixRunner Connect(RawServer server, string settings = "{}", string? header = null, string? scheme = null) => new(new VendorConnection
    {
        Name = "fortanix",
        BaseUrl = server.Url,
        Token = _ => ValueTask.FromResult(new Secret("token")),
        Timeout = TimeSpan.FromSeconds(30),
        CredentialHeader = header,
        CredentialScheme = scheme,
        Settings = Json(settings),
    }, TimeProvider.System);

    public static async Task<RunnerError> Fails(Func<Task> call) => (await call.Should().ThrowExactlyAsync<RunnerException>()).Which.Error;
}
