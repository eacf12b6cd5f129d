using System.Reflection;

namespace WorkflowGateway.Sandbox;

/// <summary>The scenario ids by vendor and name, as <see cref="Scenarios"/> declares them.</summary>
internal static class ScenarioList
{
    public static IReadOnlyDictionary<string, Dictionary<string, string>> All { get; } = typeof(Scenarios).GetNestedTypes().ToDictionary(
        vendor => vendor.Name.ToLowerInvariant(),
        vendor => vendor.GetFields(BindingFlags.Public | BindingFlags.Static).ToDictionary(field => field.Name, field => (string)field.GetRawConstantValue()!));
}
