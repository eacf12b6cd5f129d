using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Serialization;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Webhooks;

/// <summary>An endpoint that is told of changes by signed requests.</summary>
internal sealed record WebhookView
{
    [Description("wh_ and 32 hexadecimal digits, given by the gateway.")]
    public required string Id { get; init; }

    [Description("api, or configuration: then it is changed in the configuration file only.")]
    public required string Source { get; init; }

    [Description("Its name in the configuration. Null where it was made by the API.")]
    public required string? Name { get; init; }

    [Description("Where deliveries go.")]
    public required string Url { get; init; }

    [Description("What it is for. Null where nobody said.")]
    public required string? Description { get; init; }

    [Description("Only changes to these statuses are delivered. Empty for all.")]
    public required IReadOnlyList<string> Statuses { get; init; }

    [Description("Only changes of runs of these workflows are delivered. Empty for all.")]
    public required IReadOnlyList<string> Workflows { get; init; }

    [Description("Whether anything is delivered.")]
    public required bool Enabled { get; init; }

    [Description("active, failing (something is tried again, or the receiver is left to rest) or disabled.")]
    public required string State { get; init; }

    [Description("Why: the last failure, or for a disabled one operator, configuration or gone (the receiver answered 410). Null while active.")]
    public required string? StateReason { get; init; }

    [Description("The cursor: everything up to this event was delivered, is of no interest here, or belongs to a run that is failing.")]
    public required string Cursor { get; init; }

    [Description("How far the newest event is beyond the cursor; 0 when nothing waits in the log.")]
    public required long Lag { get; init; }

    [Description("How many runs have an event that failed and is tried again. Their later events wait behind it.")]
    public required long Failing { get; init; }

    [Description("How many deliveries were given up and are still listed.")]
    public required long Dead { get; init; }

    [Description("Failures in a row, over all events. From 5 on the receiver is left to rest between attempts, for 5 minutes at most.")]
    public required long ConsecutiveFailures { get; init; }

    [Description("Until when nothing is sent. Null where it does not rest.")]
    public required DateTime? RestsUntil { get; init; }

    [Description("The last delivery that was accepted. Null before the first.")]
    public required DateTime? LastSuccessAt { get; init; }

    [Description("The last attempt that failed. Null before the first.")]
    public required DateTime? LastFailureAt { get; init; }

    [Description("How it failed: a word, and the HTTP status where there was one. Null before the first.")]
    public required string? LastFailure { get; init; }

    [Description("Until when the secret before the last rotation signs too. Null where it does not.")]
    public required DateTime? OldSecretUntil { get; init; }

    [Description("When it was made.")]
    public required DateTime CreatedAt { get; init; }

    [Description("When what it is was changed last.")]
    public required DateTime UpdatedAt { get; init; }

    [Description("What deliveries are signed with (Standard Webhooks). Only in the answer to the request that made it.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    public static WebhookView Of(WebhookRow row, WebhookConfig? config, WebhookProgress progress, DateTimeOffset now)
    {
        var enabled = row.Enabled != 0;
        var failing = row.Failures > 0 || progress.Lanes > 0;
        return new WebhookView
        {
            Id = row.WebhookId.ToString(),
            Source = config is null ? "api" : "configuration",
            Name = row.Name,
            Url = config?.Url.OriginalString ?? row.Url!,
            Description = row.Description,
            Statuses = config?.Statuses ?? WebhookTargets.Split(row.Statuses),
            Workflows = config?.Workflows ?? WebhookTargets.Split(row.Workflows),
            Enabled = enabled,
            State = !enabled ? "disabled" : failing ? "failing" : "active",
            StateReason = !enabled ? row.Reason : failing ? row.LastFailure : null,
            Cursor = row.Cursor.ToString(CultureInfo.InvariantCulture),
            Lag = Math.Max(0, progress.Newest - row.Cursor),
            Failing = progress.Lanes,
            Dead = progress.Dead,
            ConsecutiveFailures = row.Failures,
            RestsUntil = Time(row.RestUntil) is { } rests && rests > now.UtcDateTime ? rests : null,
            LastSuccessAt = Time(row.LastSuccessAt),
            LastFailureAt = Time(row.LastFailureAt),
            LastFailure = row.LastFailure,
            OldSecretUntil = Time(row.OldSecretUntil) is { } until && until > now.UtcDateTime ? until : null,
            CreatedAt = Time(row.CreatedAt)!.Value,
            UpdatedAt = Time(row.UpdatedAt)!.Value,
        };
    }

    internal static DateTime? Time(long? milliseconds) => milliseconds is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime : null;
}

/// <summary>A page of endpoints.</summary>
/// <param name="Webhooks">Newest first.</param>
/// <param name="NextPageToken">The pageToken of the next page. Left out at the end.</param>
internal sealed record WebhookList(
    IReadOnlyList<WebhookView> Webhooks,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextPageToken);

/// <summary>One attempt at a delivery.</summary>
/// <param name="EventId">The event: its cursor, and the webhook-id that the receiver saw.</param>
/// <param name="RunId">The run that it is about; null where events of several were purged.</param>
/// <param name="Attempt">Which attempt at this event it was, from 1 on; 0 where there was none.</param>
/// <param name="At">When it was made.</param>
/// <param name="Status">The receiver's HTTP status; null where it gave none.</param>
/// <param name="Error">Why it failed: refused, redirected, gone, timeout, unreachable, name-unknown, address-forbidden, tls-failed, connection-broken, secret-unreadable, or purged (events up to this one were taken away by retention before they could be delivered); more may come. Null where it was accepted.</param>
/// <param name="DurationMs">How many milliseconds it took.</param>
/// <param name="State">What became of the delivery with it: delivered, failing (tried again) or dead (given up).</param>
/// <param name="NextAttemptAt">When the next was to follow; null where none was.</param>
internal sealed record DeliveryView(
    string EventId, string? RunId, long Attempt, DateTime At, long? Status, string? Error, long DurationMs, string State, DateTime? NextAttemptAt)
{
    public static DeliveryView Of(AttemptRow row) => new(
        row.Seq.ToString(CultureInfo.InvariantCulture), row.RunId.Length == 0 ? null : Runs.RunId.FromBytes(row.RunId).ToString(), row.Attempt, WebhookView.Time(row.At)!.Value,
        row.Status, row.Error, row.Duration, row.State, WebhookView.Time(row.NextAt));
}

/// <summary>A page of attempts.</summary>
/// <param name="Deliveries">Newest first.</param>
/// <param name="NextPageToken">The pageToken of the next page. Left out at the end.</param>
internal sealed record DeliveryList(
    IReadOnlyList<DeliveryView> Deliveries,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextPageToken);

/// <summary>What the receiver said to a test event.</summary>
/// <param name="EventId">The event's id, and the webhook-id that the receiver saw.</param>
/// <param name="Delivered">Whether it accepted it.</param>
/// <param name="Status">Its HTTP status; null where it gave none.</param>
/// <param name="Error">Why not, as in a delivery; null where it accepted it.</param>
/// <param name="DurationMs">How many milliseconds it took.</param>
internal sealed record WebhookTestView(string EventId, bool Delivered, int? Status, string? Error, long DurationMs);
