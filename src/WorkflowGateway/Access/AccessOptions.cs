namespace WorkflowGateway.Access;

/// <summary>Settings below <c>Access</c>.</summary>
internal sealed record AccessOptions
{
    /// <summary><c>none</c> or <c>keys</c>; absent: none in Development as long as there is no other way in, keys elsewhere.</summary>
    public string? Mode { get; set; }

    public IList<AccessKey> Keys { get; set; } = [];

    /// <summary>Tokens of an authority, beside keys; absent: none are taken.</summary>
    public TokenOptions? Jwt { get; set; }

    public LimitOptions Limits { get; set; } = new();

    /// <summary>Whether nobody is asked who it is, as far as the settings say: a key in the ledger ends that.</summary>
    public bool IsKeyless(bool development) => Mode is null ? development && Keys.Count == 0 && Jwt is null : Mode == "none";
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

    /// <summary>The workflows that it is for; absent: all.</summary>
    public IList<string>? Workflows { get; set; }

    /// <summary>The operations that it is for; absent: all that its role may.</summary>
    public IList<string>? Operations { get; set; }

    /// <summary>What differs for it from <c>Access:Limits:Key</c>.</summary>
    public CallLimits? Limits { get; set; }

    public Grants Grants => new(Workflows?.ToList(), Operations?.ToList());
}

/// <summary>Settings below <c>Access:Jwt</c>: whose tokens are taken, and where they say what.</summary>
internal sealed record TokenOptions
{
    /// <summary>The address of an OpenID Connect authority; its keys are found from there.</summary>
    public string? Authority { get; set; }

    /// <summary>A JWK set in place of what the authority names: a file or an address.</summary>
    public string? Keys { get; set; }

    /// <summary>What <c>iss</c> must be; absent: the authority, as written.</summary>
    public string? Issuer { get; set; }

    /// <summary>What <c>aud</c> must name.</summary>
    public string? Audience { get; set; }

    /// <summary>What the header <c>typ</c> may be; absent: <c>at+jwt</c> and <c>JWT</c>.</summary>
    public IList<string>? Types { get; set; }

    public string RoleClaim { get; set; } = "role";

    public string TenantClaim { get; set; } = "tenant";

    public string WorkflowsClaim { get; set; } = "workflows";

    public string OperationsClaim { get; set; } = "operations";

    /// <summary>The authority's words for roles, each with ours; a word that is not here must be ours.</summary>
    public IDictionary<string, string> Roles { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether a token may say that it is for tenant <c>*</c>.</summary>
    public bool AllTenants { get; set; }

    public string? ExpectedIssuer => Issuer ?? Authority;

    /// <summary>Whether what comes from there is what was sent there: keys that somebody could change on the way would open everything.</summary>
    public static bool IsSafe(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0 && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
