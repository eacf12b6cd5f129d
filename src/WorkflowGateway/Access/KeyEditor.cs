using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WorkflowGateway.Api;
using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Access;

/// <summary>A key that was asked for.</summary>
/// <param name="Role">A word of <see cref="RoleWords"/>.</param>
/// <param name="Tenant">Null for the tenant of who asks.</param>
/// <param name="Name">For people.</param>
internal sealed record NewKey(string Role, string? Tenant, string? Name)
{
    /// <summary>What it is for; what is absent, as who asks.</summary>
    public Grants Grants { get; init; } = Grants.Everything;

    public CallLimits? Limits { get; init; }
}

/// <summary>A key after the request that made it.</summary>
/// <param name="Text">The key itself, to be shown this once; null where an earlier request with the same Idempotency-Key made it.</param>
internal sealed record MadeKey(ApiKeyRow Row, string? Text);

/// <summary>Makes and revokes keys of the ledger. Whoever makes one gives away no more than it has.</summary>
internal sealed class KeyEditor(LedgerWriter writer, LedgerReader reader, KeyRing keys, KeyRefresh refresh, Ids ids, TimeProvider time)
{
    public const int LongestName = 200;

    /// <summary>Of one tenant: all of them are kept in memory. Who asks at the very same moment may come to a few more.</summary>
    private const int Most = 1000;

    private static readonly TimeSpan KeyKept = TimeSpan.FromDays(7);

    public async Task<MadeKey> CreateAsync(Caller caller, NewKey asked, IdempotencyKey? once = null)
    {
        var (role, tenant, grants, limits) = (RoleOf(caller, asked.Role), TenantOf(caller, asked.Tenant), GrantsOf(caller, asked.Grants), LimitsOf(caller, asked.Limits));
        while (true)
        {
            if (await FindReplayAsync(caller, once) is { } made) return new MadeKey(await FindAsync(caller, made), null);
            if (await reader.CountApiKeysInForceAsync(tenant) >= Most) throw Fields.Refusal("", $"There are {Most} keys in force already, the most that a tenant may have. Revoke one that is no longer needed.");
            var id = ApiKey.NextId(ids);
            var text = ApiKey.Make(id, ids);
            var row = new ApiKeyRow
            {
                Id = id,
                Tenant = tenant,
                Role = role,
                Name = Storable.Text(asked.Name, LongestName),
                Sha256 = SHA256.HashData(Encoding.UTF8.GetBytes(text)),
                Workflows = ApiKeyRow.Words(grants.Workflows),
                Operations = ApiKeyRow.Words(grants.Operations),
                Limits = limits is null ? null : JsonSerializer.Serialize(limits, JsonSerializerOptions.Web),
                CreatedAt = RunColumns.Time(time.Now()),
            };
            var change = new LedgerChange { Order = Encoding.ASCII.GetBytes(id) };
            if (once is not null)
            {
                change.Guards.Add(KeyTable.Claim(caller.StoreTenant, once, change.Order));
                change.Consequences.Add(WebhookTable.KeepKey(caller.StoreTenant, once, change.Order, time.Now() + KeyKept));
            }

            change.Guards.Add(ApiKeyTable.Insert(row));
            change.Consequences.Add(AuditTable.Insert(caller, "createKey", tenant, id, time.Now()));
            // Somebody was first, with the Idempotency-Key or with the id.
            if (caller.Noted(await writer.WriteAsync(change), tenant, id) != WriteResult.Applied) continue;
            // It is made, and its text is known here only: whatever fails from now on, who asked gets it.
            await refresh.TryRefreshAsync();
            return new MadeKey(row, text);
        }
    }

    public ValueTask<List<ApiKeyRow>> ListAsync(Caller caller, string? before, int limit) => reader.ListApiKeysAsync(caller.Tenant, before, limit);

    /// <summary>From now on it opens nothing, at other replicas within seconds. One that is revoked already stays so.</summary>
    public async Task RevokeAsync(Caller caller, string id)
    {
        var row = await FindAsync(caller, id);
        var change = new LedgerChange { Order = Encoding.ASCII.GetBytes(row.Id) };
        change.Guards.Add(ApiKeyTable.Revoke(row.Id, time.Now()));
        change.Consequences.Add(AuditTable.Insert(caller, "revokeKey", row.Tenant, row.Id, time.Now()));
        // Refused where it was revoked already.
        caller.Audit?.Tenant = row.Tenant;
        caller.Noted(await writer.WriteAsync(change), row.Tenant, row.Id);
        await refresh.TryRefreshAsync();
    }

    private async Task<ApiKeyRow> FindAsync(Caller caller, string id)
    {
        if (await reader.FindApiKeyAsync(caller.Tenant, id) is { } row) return row;
        var hint = caller.Tenant is null && keys.IsConfigured(id) ? " It stands in the settings: take it out of Access:Keys and start the gateway again." : "";
        throw new RefusedException("not-found", $"There is no key '{(id.Length > 64 ? id[..64] : id)}' in the ledger.{hint}");
    }

    private static string RoleOf(Caller caller, string word)
    {
        if (RoleWords.Parse(word) is not { } role) throw Fields.Refusal("/role", $"'{word}' is no role. {Suggestion.For(word, RoleWords.All)}");
        return role <= caller.Role ? word : throw new RefusedException("forbidden", $"Your key has the role {RoleWords.Of(caller.Role)}; it can make none with a higher one.");
    }

    private static string TenantOf(Caller caller, string? tenant)
    {
        if (tenant is null) return caller.Tenant ?? throw Fields.Refusal("/tenant", "Is required for a key of tenant *: the tenant whose rows the new key sees, or * for all.");
        if (!AccessOptionsValidator.IsTenant(tenant)) throw Fields.Refusal("/tenant", "Must be 1 to 64 letters, digits, dots, hyphens or underscores, or * for all tenants.");
        return caller.Tenant is null || caller.Tenant == tenant ? tenant : throw new RefusedException("forbidden", "Your key belongs to one tenant; it can make keys for that tenant only.");
    }

    private static Grants GrantsOf(Caller caller, Grants asked)
    {
        if (asked.Problems().ToList() is { Count: > 0 } wrong) throw Fields.Refusal([.. wrong.Select(one => new FieldError("/" + one.Member, one.Problem))]);
        var grants = new Grants(asked.Workflows ?? caller.Grants.Workflows, asked.Operations ?? caller.Grants.Operations);
        return grants.IsWithin(caller.Grants) ? grants : throw new RefusedException("forbidden", "Your key is for some operations only; it can make keys for those only.");
    }

    private static CallLimits? LimitsOf(Caller caller, CallLimits? asked)
    {
        if (asked?.Problems().ToList() is { Count: > 0 } wrong) throw Fields.Refusal([.. wrong.Select(one => new FieldError("/limits/" + one.Member, one.Problem))]);
        if (caller.Limits is not { } own) return asked;
        var limits = (asked ?? new CallLimits()).Within(own);
        return limits ?? throw new RefusedException("forbidden", "Your key has limits of its own; it can make none with higher ones.");
    }

    private async Task<string?> FindReplayAsync(Caller caller, IdempotencyKey? once)
    {
        if (once is null || await reader.FindKeyAsync(caller.StoreTenant, once.Hash) is not { } known) return null;
        return known.Fingerprint.AsSpan().SequenceEqual(once.Fingerprint) ? Encoding.ASCII.GetString(known.Target)
            : throw new RefusedException("idempotency-key-reused", "This Idempotency-Key stands for another request. Use a new key for a new request.");
    }
}
