using System.Text.Json;
using WorkflowGateway.Adapters.Juo;

namespace WorkflowGateway.Adapters.Tests.Juo;

/// <summary>Juo's published answers, filled in where the pages have placeholders.</summary>
internal static class JuoExamples
{
    public const string RunId = "6f1c5b1e-3a34-4a52-9c0e-2b7f9a1d0c11";

    /// <summary>The example of the respond page, which lists <c>status</c> as required and leaves it out.</summary>
    public const string WithoutStatus = $$"""
        {
          "workflowId": "<string>",
          "workflowVersion": 123,
          "runId": "{{RunId}}",
          "runVersion": 123,
          "pendingInteraction": {
            "interactionId": "<string>",
            "stepId": "<string>",
            "actionType": "<string>",
            "actionBehavior": "input",
            "actionConfig": {},
            "availableResponses": [
              {
                "type": "<string>",
                "label": "<string>"
              }
            ],
            "presentedAt": "2023-11-07T05:31:56Z",
            "timeoutMs": 123
          },
          "interactiveSteps": [
            {
              "stepId": "<string>",
              "actionType": "<string>",
              "actionConfig": {},
              "availableResponses": [
                {
                  "type": "<string>",
                  "label": "<string>"
                }
              ]
            }
          ],
          "result": {},
          "error": {
            "message": "<string>",
            "code": "<string>"
          },
          "invalidatedResources": [
            "<string>"
          ],
          "outcome": {
            "type": "<string>",
            "message": "<string>"
          },
          "completionData": {
            "outcome": {
              "type": "<string>",
              "message": "<string>"
            },
            "endStep": {
              "id": "<string>",
              "category": "<string>",
              "label": "<string>"
            }
          }
        }
        """;

    public const string NoWorkflow = """{ "status": "no_workflow", "fallbackToDefault": true }""";

    public const string Silent = """
        { "status": "completed_silently", "invalidatedResources": [ "subscriptions" ], "outcome": { "type": "discounted", "message": "10 % off" },
          "completionData": { "endStep": { "id": "end-1", "category": "saved", "label": "Saved" } } }
        """;

    public static string State(string status) => WithoutStatus.Replace("\"runVersion\": 123,", $"\"runVersion\": 123, \"status\": \"{status}\",", StringComparison.Ordinal);

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    public static RunRef Run(string? version = "122", Subject? subject = null) => new(RunId, version, subject);

    public static StartRun Start(string target = """{"flowType":"cancellation"}""", string input = """{"context":{"subscriptionId":"sub_1"}}""", bool dryRun = false) =>
        new() { Target = Json(target), Input = Json(input), Marker = new RunMarker("run_1", "attempt_1"), DryRun = dryRun };

    public static RespondToRun Respond(RunRef? run = null, JsonElement? data = null) =>
        new() { Run = run ?? Run(), Marker = new RunMarker("run_1", "attempt_2"), InteractionId = "int-1", Type = "accept", Data = data };

    public static VendorConnection Connection(Uri url, string settings = """{"tenantId":"my-store.myshopify.com"}""") => new()
    {
        Name = "juo",
        BaseUrl = url,
        Token = _ => ValueTask.FromResult(new Secret("delegated")),
        Timeout = TimeSpan.FromSeconds(20),
        Settings = Json(settings),
    };

    public static IWorkflowRunner Runner(Uri url) => new JuoAdapter().Connect(Connection(url), TimeProvider.System);
}
