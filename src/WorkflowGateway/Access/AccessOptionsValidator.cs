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
        else if (options.Mode == "none" && (options.Keys.Count > 0 || options.Jwt is not null))
            yield return $"Access:Mode is none, and {(options.Keys.Count > 0 ? "Access:Keys has keys" : "Access:Jwt is there")}: without keys everybody on this machine would be an operator. Write Access:Mode=keys, or take them out.";
        else if (options.Mode is null && !environment.IsDevelopment() && options.Keys.Count == 0 && options.Jwt is null)
            yield return "Access:Keys is empty, so nobody could come in. Add a key {id, sha256, role, tenant}; or write Access:Mode=keys and make keys in the ledger (keys create); or take tokens of an authority (Access:Jwt); or write Access:Mode=none to serve this machine only.";
        foreach (var error in options.Jwt is null ? [] : TokenErrors(options.Jwt)) yield return $"Access:Jwt:{error}";
        foreach (var error in options.Limits.Problems()) yield return $"Access:Limits:{error}";
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
        foreach (var (member, problem) in key.Grants.Problems().Concat((key.Limits?.Problems() ?? []).Select(wrong => (Member: "limits:" + wrong.Member, wrong.Problem))))
            yield return $"{char.ToUpperInvariant(member[0])}{member[1..]}: {problem}";
    }

    private static IEnumerable<string> TokenErrors(TokenOptions jwt)
    {
        if (jwt.Authority is null && jwt.Keys is null) yield return "Authority is missing: the address of an OpenID Connect authority; or write Keys, the file or address of a JWK set, and Issuer.";
        if (jwt.Authority is { } authority && !TokenOptions.IsSafe(authority)) yield return $"Authority is '{authority}'. Write an https address (http only on this machine).";
        if (jwt.Keys is { } keys && keys.Contains("://", StringComparison.Ordinal) && !TokenOptions.IsSafe(keys)) yield return $"Keys is '{keys}'. Write a file, or an https address (http only on this machine).";
        if (string.IsNullOrWhiteSpace(jwt.ExpectedIssuer)) yield return "Issuer is missing: what the claim iss must be.";
        if (string.IsNullOrWhiteSpace(jwt.Audience)) yield return "Audience is missing: what the claim aud must name. Without it tokens for other services would be taken.";
        if (jwt.Types is { } types && (types.Count == 0 || types.Any(string.IsNullOrWhiteSpace))) yield return "Types is empty; leave it out for at+jwt and JWT.";
        foreach (var (name, claim) in new[] { ("RoleClaim", jwt.RoleClaim), ("TenantClaim", jwt.TenantClaim), ("WorkflowsClaim", jwt.WorkflowsClaim), ("OperationsClaim", jwt.OperationsClaim) })
            if (string.IsNullOrWhiteSpace(claim)) yield return $"{name} is empty; leave it out for the default.";
        foreach (var (word, role) in jwt.Roles)
            if (RoleWords.Parse(role) is null) yield return $"Roles:{word} is '{role}'. Write viewer, caller or operator.";
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
