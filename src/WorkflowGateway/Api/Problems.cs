using System.Collections.Frozen;

namespace WorkflowGateway.Api;

/// <summary>A kind of problem: what it is called, what it means and what to do about it.</summary>
internal sealed record ProblemKind(string Code, int Status, string Title, string Meaning, string Remedy);

/// <summary>Every problem that the gateway answers with. One that is not here does not exist.</summary>
internal static class Problems
{
    public static readonly IReadOnlyList<ProblemKind> All =
    [
        new("malformed-json", 400, "The body is not valid JSON", "The body could not be read as JSON in UTF-8, repeats a member, or nests deeper than 32 levels.",
            "Mend the place that the detail names and send it again."),
        new("validation-failed", 400, "The request is not valid", "A member, parameter or header is missing, unknown or has a wrong value; errors names each.",
            "Mend what errors names. Nothing was stored and no vendor was called."),
        new("page-token-invalid", 400, "The page token is not valid", "The token was not made by this list, or was made with other filters.",
            "Start again without pageToken, or repeat the filters with which the token was made."),
        new("vendor-credential-missing", 400, "The vendor's token is missing", "This connection acts with the end user's own token and none came with the request.",
            "Send the end user's vendor token in the header Vendor-Authorization."),
        new("unauthenticated", 401, "Who is asking is not known", "The request carries no key or token, or one that is not valid here.",
            "Send Authorization: Bearer with a key of this gateway, or a token of its authority."),
        new("forbidden", 403, "The key may not do this", "The key's role, tenant, workflows or operations do not allow the request.",
            "Use a key for what the detail names, or ask an operator."),
        new("vendor-credential-refused", 403, "The vendor refused the end user's token", "The token in Vendor-Authorization is expired, or is not allowed to do this at the vendor.",
            "Get a fresh token for the end user and send the request again."),
        new("not-found", 404, "There is nothing here", "The address names nothing that this gateway has.",
            "Compare the address with /openapi/v1.json."),
        new("unknown-workflow", 404, "There is no such workflow", "The workflow is not in the configuration, or not for this tenant.",
            "Choose one of GET /v1/workflows, or ask an operator to configure it."),
        new("run-not-found", 404, "There is no such run", "No run with this id exists, or it belongs to another tenant.",
            "Check the id: run_ and 32 hexadecimal digits."),
        new("method-not-allowed", 405, "The method is not for this address", "The address exists, but not with this method; the header Allow lists those it has.",
            "Use one of the methods in Allow."),
        new("request-timeout", 408, "The body came too slowly", "A body has to come within a minute (a vendor's event within ten seconds), and with 240 bytes a second at least. Nothing was begun.",
            "Send the request again over a better connection."),
        new("action-unavailable", 409, "The run is in no state for this", "The run's status does not allow it now; the member run shows its state and what is possible.",
            "Look at actions in run; repeat only if it says enabled. While another command is in flight (retryable) wait and send it again."),
        new("interaction-not-pending", 409, "The interaction is not pending", "The run waits for nothing, or for another interaction than the one named.",
            "Read the run and answer the interaction that it shows."),
        new("interaction-already-answered", 409, "The interaction was answered already", "Somebody else's answer came first.",
            "Read the run to see what came of it; do not answer again."),
        new("interaction-expired", 409, "The interaction has expired", "Its deadline passed before the answer came.",
            "Read the run: the vendor goes on by its own rule."),
        new("webhook-read-only", 409, "The webhook stands in the configuration", "Webhooks of the configuration file can be looked at, tested and replayed here, and nothing else.",
            "Change it in the configuration file and start the gateway again."),
        new("precondition-failed", 412, "The run has changed since", "If-Match names another version than the current one. The vendor was not called.",
            "Look at the member run, decide again, and send its version in If-Match."),
        new("payload-too-large", 413, "The body is too large", "A body may have at most 1 MiB.",
            "Send less, for instance a reference in place of the content."),
        new("unsupported-media-type", 415, "The body is of another kind than JSON", "Bodies are application/json in UTF-8, not compressed.",
            "Send Content-Type: application/json."),
        new("no-route", 422, "No route takes this start", "The workflow exists, but none of its routes fits the labels, input, tenant and connection.",
            "Compare the request with the conditions in GET /v1/workflows/{name}."),
        new("capability-unsupported", 422, "The vendor cannot do this", "The vendor behind this run or workflow has no such operation. It was not called.",
            "Look at operations in GET /v1/connections, or route the workflow to a vendor that has it."),
        new("idempotency-key-reused", 422, "The idempotency key belongs to another request", "The key was used before with another method, address or body.",
            "Use a new key for a new request, or repeat the old request exactly."),
        new("master-key-missing", 422, "There is no master key", "What is to be kept is a secret, and secrets are kept encrypted only.",
            "Set Security:MasterKey (openssl rand -base64 32) and start the gateway again."),
        new("vendor-rejected", 422, "The vendor refused the request", "The vendor understood the request and definitely refused it; nothing was done.",
            "Mend what the detail says; vendorStatus is the vendor's own status."),
        new("rate-limited", 429, "Too many requests", "The gateway takes no more of this key, tenant or address for now, or the vendor's account behind it takes no more. Nothing was done.",
            "Wait for as long as Retry-After says and send the same request again."),
        new("internal-error", 500, "The gateway failed", "Something unforeseen happened inside the gateway.",
            "Read the run, or repeat the request with the same Idempotency-Key; report the traceId to an operator."),
        new("vendor-contract", 502, "The vendor's answer makes no sense", "The vendor answered with something that is not in its contract.",
            "Report it with the traceId to an operator; the run's state was not changed."),
        new("vendor-auth-failed", 502, "The vendor refused the gateway's credential", "The connection's own credential is expired or not allowed to do this.",
            "Ask an operator to renew the connection's credential."),
        new("vendor-unavailable", 503, "The vendor cannot be reached", "The vendor is down or unreachable, and certainly nothing was done.",
            "Wait for as long as Retry-After says and send the same request again."),
        new("authority-unavailable", 503, "The authority of the token cannot be reached", "Nobody can say now whether the token is good, so nothing was begun.",
            "Wait for as long as Retry-After says and send the same request again."),
        new("vendor-unconfirmed", 504, "Nobody knows whether the vendor did it", "The request was sent, and the vendor's answer did not come, or not whole.",
            "Look at the vendor whether it happened before sending the request again; it was sent once."),
        new("gateway-unavailable", 503, "The gateway takes no more for now", "Too many requests are under way. Nothing was begun.",
            "Wait for as long as Retry-After says and send the same request again; another replica may take it at once."),
        new("storage-unavailable", 503, "The gateway's store cannot be reached", "Nothing can be stored, so nothing was begun.",
            "Wait for as long as Retry-After says and send the same request again with the same Idempotency-Key."),
        new("stopping", 503, "The gateway is stopping", "This process ends what is under way and takes nothing new.", "Ask another replica, or this one once it is back."),
    ];

    private static readonly FrozenDictionary<string, ProblemKind> ByCode = All.ToFrozenDictionary(kind => kind.Code, StringComparer.Ordinal);

    public static ProblemKind? Find(string code) => ByCode.GetValueOrDefault(code);

    /// <summary>The problem for a bare status, as routing and limits give it.</summary>
    public static ProblemKind OfStatus(int status) => ByCode[status switch
    {
        StatusCodes.Status401Unauthorized => "unauthenticated",
        StatusCodes.Status403Forbidden => "forbidden",
        StatusCodes.Status404NotFound => "not-found",
        StatusCodes.Status405MethodNotAllowed => "method-not-allowed",
        StatusCodes.Status408RequestTimeout => "request-timeout",
        StatusCodes.Status412PreconditionFailed => "precondition-failed",
        StatusCodes.Status413PayloadTooLarge => "payload-too-large",
        StatusCodes.Status415UnsupportedMediaType => "unsupported-media-type",
        StatusCodes.Status429TooManyRequests => "rate-limited",
        StatusCodes.Status503ServiceUnavailable => "vendor-unavailable",
        < 500 => "validation-failed",
        _ => "internal-error",
    }];
}
