using System.Text.Json.Serialization;

namespace WorkflowGateway.Runs;

/// <summary>What a start asked for that its run does not show: a plan that makes it again must know.</summary>
internal sealed record StartAsked
{
    /// <summary>Whether its key saw all tenants: conditions and weights take it otherwise than one of the tenant that its run is kept under.</summary>
    public bool AllTenants { get; init; }

    /// <summary>The only connection to consider, or null.</summary>
    public string? Connection { get; init; }

    public AskedInput Input { get; init; }

    /// <summary>Whether the end user's own token came with it.</summary>
    public bool VendorToken { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<AskedInput>))]
internal enum AskedInput
{
    /// <summary>It stands beside the run, for as long as the run is kept.</summary>
    Kept = 0,

    /// <summary>There was one; the workflow's storeInput is false.</summary>
    Dropped,

    /// <summary>There was none.</summary>
    Absent,
}
