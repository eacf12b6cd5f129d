using WorkflowGateway.Access;
using WorkflowGateway.Api;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Webhooks;

/// <summary>An endpoint after a request.</summary>
/// <param name="Secret">What was made just now, to be shown this once; null otherwise.</param>
/// <param name="Replayed">Whether an earlier request with the same key did it.</param>
internal sealed record EditedWebhook(WebhookRow Row, string? Secret, bool Replayed);

/// <summary>Makes and changes endpoints.</summary>
internal sealed class WebhookEditor(LedgerWriter writer, LedgerReader reader, Sealer sealer, WebhookTargets targets, WebhookLoops loops, Ids ids, TimeProvider time)
{
    /// <summary>Of one tenant. A bound on work, not a quota: who asks at the very same moment may come to a few more.</summary>
    private const int Most = 100;

    private static readonly TimeSpan KeyKept = TimeSpan.FromDays(7);

    /// <exception cref="RefusedException">There is none that the caller may see.</exception>
    public async Task<WebhookRow> FindAsync(Caller caller, string id) =>
        (WebhookId.TryParse(id, out var known) && await reader.FindWebhookAsync(caller.Tenant, known) is { } row && targets.Knows(row) ? row : null)
            ?? throw new RefusedException("not-found", $"There is no webhook '{(id.Length > 64 ? id[..64] : id)}'.");

    public async Task<EditedWebhook> CreateAsync(Caller caller, CreateWebhookBody body, IdempotencyKey? key)
    {
        if (await FindReplayAsync(caller, key) is { } target) return Replayed(await FindAsync(caller, WebhookId.FromBytes(target).ToString()), target);
        RequireMasterKey();
        if (body.Cursor is { } after) await CheckCursorAsync(after);
        // An endpoint is told of what who made it may see.
        var tenant = caller.Tenant ?? WebhookRow.AllTenants;
        if (await reader.CountWebhooksAsync(tenant) >= Most) throw Fields.Refusal("", $"There are {Most} webhooks already, the most that a tenant may have. Delete one that is no longer needed.");
        var now = time.Now();
        var id = WebhookId.Next(ids);
        var row = new WebhookRow
        {
            Id = id.ToBytes(),
            Tenant = tenant,
            Url = body.Url,
            Description = Storable.Text(body.Description, CreateWebhookBody.LongestText),
            Statuses = WebhookTargets.Join(body.Statuses ?? []),
            Workflows = WebhookTargets.Join(body.Workflows ?? []),
            SecretId = id.ToBytes(),
            Enabled = body.Enabled == false ? 0 : 1,
            Reason = body.Enabled == false ? "operator" : null,
            CreatedAt = RunColumns.Time(now),
        };
        var secret = body.Secret ?? WebhookSecret.Next(ids);
        row = row with { Secret = Seal(row, secret) };
        var change = Change(caller, key, row);
        change.Guards.Add(WebhookTable.Insert(row, body.Cursor));
        change.Consequences.Add(Audited(caller, "createWebhook", row));
        if (await WriteAsync(caller, row, change) != WriteResult.Applied) return await CreateAsync(caller, body, key);
        loops.Wake();
        return new EditedWebhook(await FindAsync(caller, id.ToString()), secret, Replayed: false);
    }

    public async Task<WebhookRow> ChangeAsync(Caller caller, string id, ChangeWebhookBody body)
    {
        while (true)
        {
            var row = await FindWritableAsync(caller, id);
            var changed = body.Apply(row) with { UpdatedAt = RunColumns.Time(time.Now()) };
            var change = new LedgerChange { Order = row.Id };
            change.Guards.Add(WebhookTable.Update(changed));
            change.Consequences.Add(Audited(caller, "changeWebhook", row));
            change.Consequences.Add(WebhookTable.TryNow(changed));
            if (await WriteAsync(caller, row, change) != WriteResult.Applied) continue;
            loops.Wake();
            return await FindAsync(caller, id);
        }
    }

    public async Task DeleteAsync(Caller caller, string id)
    {
        var row = await FindWritableAsync(caller, id);
        var change = WebhookTable.Delete(row);
        change.Consequences.Add(Audited(caller, "deleteWebhook", row));
        await WriteAsync(caller, row, change);
        loops.Wake();
    }

    /// <summary>Signs with a new secret, and for a while with the old one too.</summary>
    public async Task<EditedWebhook> RotateAsync(Caller caller, string id, RotateWebhookBody body, IdempotencyKey? key)
    {
        RequireMasterKey();
        var secret = body.Secret ?? WebhookSecret.Next(ids);
        while (true)
        {
            var row = await FindWritableAsync(caller, id);
            if (await FindReplayAsync(caller, key) is { } target) return Replayed(row, target);
            var now = time.Now();
            var rotated = row with
            {
                Secret = Seal(row, secret),
                SecretId = WebhookId.Next(ids).ToBytes(),
                OldSecret = row.Secret,
                OldSecretUntil = RunColumns.Time(now + body.OverlapSpan),
                UpdatedAt = RunColumns.Time(now),
            };
            var change = Change(caller, key, rotated);
            change.Guards.Add(WebhookTable.Rotate(rotated));
            change.Consequences.Add(Audited(caller, "rotateWebhook", row));
            change.Consequences.Add(WebhookTable.TryNow(rotated));
            if (await WriteAsync(caller, row, change) != WriteResult.Applied) continue;
            loops.Wake();
            return new EditedWebhook(await FindAsync(caller, id), secret, Replayed: false);
        }
    }

    /// <summary>Delivers again what came after a cursor.</summary>
    public async Task<WebhookRow> ReplayAsync(Caller caller, string id, long after)
    {
        var row = await FindAsync(caller, id);
        await CheckCursorAsync(after);
        var change = WebhookTable.Replay(row, after, time.Now());
        change.Consequences.Add(Audited(caller, "replayWebhook", row));
        await WriteAsync(caller, row, change);
        loops.Wake();
        return await FindAsync(caller, id);
    }

    private async Task<WebhookRow> FindWritableAsync(Caller caller, string id)
    {
        var row = await FindAsync(caller, id);
        return row.Name is null ? row
            : throw new RefusedException("webhook-read-only", $"The webhook '{row.Name}' stands in the configuration file; change it there and start the gateway again.");
    }

    // What was purged could not be delivered, and nobody would know.
    private async Task CheckCursorAsync(long after)
    {
        if (await reader.FindWatermarkAsync() is var gone && after < gone)
            throw Fields.Refusal("/after", $"Events up to {gone} may be gone (Retention:Runs); from \"{gone}\" on all are there.");
        // It would be told nothing until the log has come that far.
        if (await reader.FindLastEventAsync() is var last && after > last)
            throw Fields.Refusal("/after", $"There is no event {after} yet; the newest is \"{last}\".");
    }

    private void RequireMasterKey()
    {
        if (sealer.CanSeal) return;
        const string detail = "A webhook's secret is kept encrypted, and there is no master key. Set Security:MasterKey (openssl rand -base64 32, or ${file:/run/secrets/master-key}) and start the gateway again.";
        throw new RefusedException("master-key-missing", detail) { Errors = [new FieldError("/secret", detail)] };
    }

    private byte[] Seal(WebhookRow row, string secret) => sealer.Seal(secret, row.Tenant, row.Place, WebhookTargets.Kind);

    private Statement Audited(Caller caller, string action, WebhookRow row) => AuditTable.Insert(caller, action, row.Tenant, row.WebhookId.ToString(), time.Now());

    private async Task<WriteResult> WriteAsync(Caller caller, WebhookRow row, LedgerChange change) =>
        caller.Noted(await writer.WriteAsync(change), row.Tenant, row.WebhookId.ToString());

    private LedgerChange Change(Caller caller, IdempotencyKey? key, WebhookRow row)
    {
        var change = new LedgerChange { Order = row.Id };
        if (key is null) return change;
        change.Guards.Add(KeyTable.Claim(caller.StoreTenant, key, row.SecretId!));
        change.Consequences.Add(WebhookTable.KeepKey(caller.StoreTenant, key, row.SecretId!, time.Now() + KeyKept));
        return change;
    }

    private async Task<byte[]?> FindReplayAsync(Caller caller, IdempotencyKey? key)
    {
        if (key is null || await reader.FindKeyAsync(caller.StoreTenant, key.Hash) is not { } known) return null;
        return known.Fingerprint.AsSpan().SequenceEqual(key.Fingerprint) ? known.Target
            : throw new RefusedException("idempotency-key-reused", "This Idempotency-Key stands for another request. Use a new key for a new request.");
    }

    // Whose first answer got lost must still learn the secret that it made; that of a later rotation was not its.
    private EditedWebhook Replayed(WebhookRow row, byte[] target) => new(
        row, row.Secret is { } secret && row.SecretId.AsSpan().SequenceEqual(target) ? sealer.Open(secret, row.Tenant, row.Place, WebhookTargets.Kind) : null, Replayed: true);
}
