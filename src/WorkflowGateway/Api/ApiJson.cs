using System.Text.Json;
using System.Text.Json.Serialization;
using WorkflowGateway.Access;
using WorkflowGateway.Audit;
using WorkflowGateway.Plans;
using WorkflowGateway.Runs;
using WorkflowGateway.Webhooks;

namespace WorkflowGateway.Api;

/// <summary>Generated serializers of all that goes over the wire.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ProblemView))]
[JsonSerializable(typeof(ProblemKindView))]
[JsonSerializable(typeof(ProblemKindList))]
[JsonSerializable(typeof(RunList))]
[JsonSerializable(typeof(PreviewView))]
[JsonSerializable(typeof(EventList))]
[JsonSerializable(typeof(RunChange))]
[JsonSerializable(typeof(WaitingList))]
[JsonSerializable(typeof(CountList))]
[JsonSerializable(typeof(WorkflowView))]
[JsonSerializable(typeof(WorkflowList))]
[JsonSerializable(typeof(ConnectionView))]
[JsonSerializable(typeof(ConnectionList))]
[JsonSerializable(typeof(HealthView))]
[JsonSerializable(typeof(RootView))]
[JsonSerializable(typeof(StartBody))]
[JsonSerializable(typeof(RespondBody))]
[JsonSerializable(typeof(DataBody))]
[JsonSerializable(typeof(ResumeBody))]
[JsonSerializable(typeof(EmptyBody))]
[JsonSerializable(typeof(ResolveBody))]
[JsonSerializable(typeof(CreateWebhookBody))]
[JsonSerializable(typeof(ChangeWebhookBody))]
[JsonSerializable(typeof(RotateWebhookBody))]
[JsonSerializable(typeof(ReplayWebhookBody))]
[JsonSerializable(typeof(WebhookView))]
[JsonSerializable(typeof(WebhookList))]
[JsonSerializable(typeof(DeliveryList))]
[JsonSerializable(typeof(WebhookTestView))]
[JsonSerializable(typeof(PlanBody))]
[JsonSerializable(typeof(PlanView))]
[JsonSerializable(typeof(CreateKeyBody))]
[JsonSerializable(typeof(KeyView))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(AuditList))]
[JsonSerializable(typeof(string))]
internal sealed partial class ApiJson : JsonSerializerContext;
