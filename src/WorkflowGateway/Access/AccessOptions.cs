namespace WorkflowGateway.Access;

/// <summary>Settings below <c>Access</c>.</summary>
internal sealed record AccessOptions
{
    /// <summary><c>none</c> or <c>keys</c>; absent: none in Development, keys elsewhere.</summary>
    public string? Mode { get; set; }

    public IList<AccessKey> Keys { get; set; } = [];

    public bool IsKeyless(bool development) => Mode is null ? development : Mode == "none";
}

/// <summary>An API key: its hash, never itself.</summary>
internal sealed record AccessKey
{
    /// <summary>The middle part of <c>wfg_&lt;id&gt;_&lt;secret&gt;</c>.</summary>
    public string? Id { get; set; }

    /// <summary>SHA-256 of the whole key text, in hex.</summary>
    public string? Sha256 { get; set; }

    /// <summary><c>viewer</c>, <c>caller</c> or <c>operator</c>.</summary>
    public string? Role { get; set; }

    /// <summary>The tenant whose rows it sees; <c>*</c> for all.</summary>
    public string? Tenant { get; set; }
}
