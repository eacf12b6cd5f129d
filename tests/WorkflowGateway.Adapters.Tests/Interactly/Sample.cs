using System.Text.Json;
using WorkflowGateway.Adapters.Interactly;
using WorkflowGateway.Adapters.Tests.Contract;

namespace WorkflowGateway.Adapters.Tests.Interactly;

/// <summary>What the tests of this adapter share: ids, the answer of the vendor's page filled in, and a runner on a socket.</summary>
internal static class Sample
{
    public const string RunId = "5eb7cf5a86d9755df3a6c593";
    public const string WorkflowId = "5eb7cf5a86d9755df3a6c5aa";

    public static RunRef Run { get; } = new(RunId, null, null);

    public static RunMarker Marker { get; } = new("run_01", "a1");

    public static StartRun Start(string input = "{}", string? target = null) => new()
    {
        Target = Json(target ?? $$"""{"workflowId":"{{WorkflowId}}"}"""),
        Input = Json(input),
        Marker = Marker,
    };

    public static string Answer(string status = "running", string more = "") => $$"""
        {
          "workflow_run": {
            "team_id": "team", "created_by": "a", "updated_by": "b",
            "created_at": "2023-11-07T05:31:56Z", "updated_at": "2023-11-07T06:31:56Z",
            "_id": "{{RunId}}",
            "workflow_run": {
              "logical_id": "workflow_run_0b7c3c2e", "workflow_id": "{{WorkflowId}}", "workflow_run_id": "{{RunId}}", "version_number": 3,
              "status": "{{status}}",{{more}}
              "input_output_pairs": [
                {
                  "run_input": {
                    "dynamic_variables": {}, "runtime_variables": {}, "miscellaneous": { "workflowGateway": { "runId": "run_01", "attemptId": "a1" } },
                    "command": "start", "workflow_id": "{{WorkflowId}}", "workflow_run_id": null, "thread_to_node_inputs": {}
                  },
                  "run_output": { "events": [ "<unknown>" ], "thread_to_node_outputs": { "0": { "text": "What is your name?" } } }
                }
              ],
              "comments": [ { "logical_id": "c", "content": "hi", "createdBy": "{{RunId}}", "createdAt": "2023-11-07T05:31:56Z" } ]
            }
          }
        }
        """;

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    public static InteractlyRunner Connect(RawServer server, IReadOnlyDictionary<string, string>? headers = null) => new(new VendorConnection
    {
        Name = "interactly",
        BaseUrl = server.Url,
        Token = _ => ValueTask.FromResult(new Secret("token")),
        Timeout = TimeSpan.FromSeconds(30),
        Headers = headers ?? new Dictionary<string, string>(),
    }, TimeProvider.System);

    public static async Task<RunnerError> Fails(Func<Task> call) => (await call.Should().ThrowExactlyAsync<RunnerException>()).Which.Error;
}
