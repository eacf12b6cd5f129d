using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace WorkflowGateway.Access;

internal sealed partial class AccessOptionsValidator(IHostEnvironment environment) : IValidateOptions<AccessOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        var errors = Errors(options).ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private IEnumerable<string> Errors(AccessOptions options)
    {
        if (options.Mode is not (null or "none" or "keys")) yield return $"Access:Mode is '{options.Mode}'. Write none or keys.";
        else if (options.Mode is null && !environment.IsDevelopment() && options.Keys.Count == 0)
            yield return "Access:Keys is empty, so nobody could come in. Add a key {id, sha256, role, tenant}; or write Access:Mode=keys and make keys in the ledger (keys create); or write Access:Mode=none to serve this machine only.";
        for (var i = 0; i < options.Keys.Count; i++)
        {
            foreach (var error in Errors(options.Keys[i])) yield return $"Access:Keys:{i}:{error}";
            if (options.Keys[i].Id is { } id && options.Keys.Take(i).Any(before => before.Id == id)) yield return $"Access:Keys:{i}:Id is '{id}', as another key's. Give each key its own.";
        }
    }

    private static IEnumerable<string> Errors(AccessKey key)
    {
        if (key.Id is null || !Id().IsMatch(key.Id)) yield return "Id must be 1 to 40 letters, digits or hyphens: the middle part of wfg_<id>_<secret>.";
        if (key.Sha256 is null || !Hash().IsMatch(key.Sha256)) yield return "Sha256 must be 64 hex digits: printf %s \"$KEY\" | sha256sum.";
        if (RoleWords.Parse(key.Role) is null) yield return "Role must be viewer, caller or operator.";
        if (key.Tenant is null || !Tenant().IsMatch(key.Tenant)) yield return "Tenant must be 1 to 64 letters, digits, dots, hyphens or underscores, or * for all tenants.";
    }

    [GeneratedRegex("^[a-zA-Z0-9-]{1,40}$", RegexOptions.CultureInvariant)]
    private static partial Regex Id();

    /// <summary>Whether it is a tenant's name, or <c>*</c> for all.</summary>
    public static bool IsTenant(string text) => Tenant().IsMatch(text);

    [GeneratedRegex("^[0-9a-fA-F]{64}$", RegexOptions.CultureInvariant)]
    private static partial Regex Hash();

    [GeneratedRegex(@"^(\*|[a-zA-Z0-9._-]{1,64})$", RegexOptions.CultureInvariant)]
    private static partial Regex Tenant();
}

internal static class RoleWords
{
    public static readonly IReadOnlyList<string> All = ["viewer", "caller", "operator"];

    public static Role? Parse(string? word) => word switch
    {
        "viewer" => Role.Viewer,
        "caller" => Role.Caller,
        "operator" => Role.Operator,
        _ => null,
    };
}
