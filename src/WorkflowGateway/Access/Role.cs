namespace WorkflowGateway.Access;

/// <summary>What a caller may do; each role may do what those before it may.</summary>
internal enum Role
{
    Viewer = 0,
    Caller,
    Operator,
}

internal static class RoleWords
{
    public static readonly IReadOnlyList<string> All = ["viewer", "caller", "operator"];

    public static string Of(Role role) => All[(int)role];

    public static Role? Parse(string? word) => word switch
    {
        "viewer" => Role.Viewer,
        "caller" => Role.Caller,
        "operator" => Role.Operator,
        _ => null,
    };
}
