using System.ComponentModel;
using System.Text.Json;

namespace WorkflowGateway.Adapters.Fortanix;

/// <summary>Which graph a route runs, and where. Only the JSON Schema is made from these records; <see cref="FortanixTargetCheck"/> checks.</summary>
internal sealed record FortanixTarget
{
    [Description("The id of the final graph, a uuid.")]
    public required string GraphId { get; init; }

    [Description("The version of the graph. Always a text: \"1\".")]
    public required string GraphVersion { get; init; }

    [Description("Where the graph runs: exactly one of the two. Without it the graph's own deployment counts.")]
    public FortanixDeployment? Deployment { get; init; }

    [Description("Per app of the graph, how it is deployed.")]
    public Dictionary<string, FortanixRuntimeConfig>? RuntimeConfigs { get; init; }
}

internal sealed record FortanixDeployment
{
    [Description("One job on a Kubernetes cluster.")]
    public FortanixKubernetesJob? KubernetesSingleJob { get; init; }

    [Description("One group of Azure Container Instances.")]
    public FortanixAciJob? AciSingleJob { get; init; }
}

internal sealed record FortanixKubernetesJob
{
    [Description("The Kubernetes namespace.")]
    public required string Namespace { get; init; }

    [Description("The id of the cluster at Fortanix, a uuid.")]
    public required string ClusterId { get; init; }
}

internal sealed record FortanixAciJob
{
    [Description("The id of the cluster at Fortanix, a uuid.")]
    public required string ClusterId { get; init; }

    [Description("The Azure location.")]
    public string? DeploymentLocation { get; init; }
}

internal sealed record FortanixRuntimeConfig
{
    [Description("How the app is deployed: exactly one of the two.")]
    public FortanixAppDeployment? Deployment { get; init; }
}

internal sealed record FortanixAppDeployment
{
    [Description("As a Kubernetes job.")]
    public FortanixAppKubernetes? Kubernetes { get; init; }

    [Description("As an Azure container.")]
    public FortanixAppAci? Aci { get; init; }
}

internal sealed record FortanixAppKubernetes
{
    [Description("The job's specification. Its keys reach Kubernetes as they are written.")]
    public required Dictionary<string, JsonElement> JobSpec { get; init; }
}

internal sealed record FortanixAppAci
{
    [Description("The ports that the container exposes; may be empty.")]
    public required IReadOnlyList<FortanixPort> ExposedPorts { get; init; }

    [Description("Environment variables; may be empty. Every value is a text.")]
    public required Dictionary<string, string> EnvVars { get; init; }
}

internal sealed record FortanixPort
{
    [Description("1 to 65535.")]
    public required int Port { get; init; }

    [Description("Tcp or Udp, in this writing.")]
    public required string Protocol { get; init; }
}
