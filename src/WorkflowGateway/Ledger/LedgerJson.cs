using System.Text.Json.Serialization;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>Generated serializers of the columns that hold JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(RunDetail))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(StartAsked))]
internal sealed partial class LedgerJson : JsonSerializerContext;
