using System.Reflection;
using OpenTelemetry.Resources;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Telemetry;

/// <summary>What the telemetry is of. What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say wins.</summary>
internal sealed class ServiceResource(Ids ids)
{
    public const string Name = "workflow-gateway";

    private readonly string _instance = ids.NextRandom().ToString();

    public static string Version { get; } = typeof(ServiceResource).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public ResourceBuilder AddTo(ResourceBuilder builder) => builder.AddService(Name, serviceVersion: Version, serviceInstanceId: _instance).AddEnvironmentVariableDetector();
}
