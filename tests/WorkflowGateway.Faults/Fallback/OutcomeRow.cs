using WorkflowGateway.Adapters.Fortanix;
using WorkflowGateway.Adapters.Interactly;
using WorkflowGateway.Adapters.Juo;

namespace WorkflowGateway.Faults.Fallback;

/// <summary>What a row of the outcome table says of a start.</summary>
internal enum Outcome
{
    /// <summary>No byte was sent, or certainly nothing was processed: the next vendor is called.</summary>
    Safe,

    /// <summary>Nobody can know: unknown, and nobody else is called.</summary>
    Unsure,

    /// <summary>A definite refusal: failed, and nobody else is called.</summary>
    Refused,

    /// <summary>Safe where the vendor throttles before any work, as its adapter declares; elsewhere nobody can know.</summary>
    Throttled,
}

/// <summary>One thing that happens to a start at the first vendor.</summary>
/// <param name="Name">For people.</param>
/// <param name="Outcome">What it means.</param>
/// <param name="Fault">What the vendor does; null where it is not reached at all.</param>
internal sealed record OutcomeRow(string Name, Outcome Outcome, Fault? Fault)
{
    private static readonly IVendorAdapter[] Adapters = [new JuoAdapter(), new InteractlyAdapter(), new FortanixAdapter()];

    /// <summary>Where the connection leads instead of to the vendor; with the port of the vendors, and one on which nobody listens.</summary>
    public Func<int, int, string>? BaseUrl { get; init; }

    /// <summary>Only these rows wait for their deadline.</summary>
    public bool EndsByDeadline { get; init; }

    public static IReadOnlyList<OutcomeRow> All { get; } =
    [
        new("connect refused", Outcome.Safe, null) { BaseUrl = (_, unused) => $"http://127.0.0.1:{unused}" },
        new("tls failure", Outcome.Safe, null) { BaseUrl = (vendors, _) => $"https://127.0.0.1:{vendors}" },
        // A label of 64 letters is refused by the resolver itself: no packet leaves for it.
        new("dns failure", Outcome.Safe, null) { BaseUrl = (_, _) => $"http://{new string('a', 64)}" },
        .. from status in (int[])[429, 425] from after in (string?[])[null, "0", "2", "3600", "Sun, 06 Nov 2094 08:49:37 GMT"]
           select Status(status, Outcome.Throttled, after),
        .. ((int[])[400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413, 415, 418, 422, 423, 426, 428, 431, 451]).Select(status => Status(status, Outcome.Refused)),
        .. ((int[])[300, 301, 302, 303, 304, 305, 307, 308]).Select(status => Status(status, Outcome.Refused)),
        new("redirect", Outcome.Refused, new Fault { Kind = "redirect", Location = "http://127.0.0.1:1/" }),
        Status(408, Outcome.Unsure),
        .. ((int[])[500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 599]).Select(status => Status(status, Outcome.Unsure)),
        Status(503, Outcome.Unsure, "1"),
        Status(500, Outcome.Unsure, processed: true),
        Status(200, Outcome.Unsure), Status(201, Outcome.Unsure), Status(202, Outcome.Unsure), Status(204, Outcome.Unsure),
        .. from kind in (string[])["reset", "eof", "html200", "huge-body", "gzip-bomb"] from moment in (string[])["before", "after"]
           select new OutcomeRow($"{kind} {moment} work", Outcome.Unsure, new Fault { Kind = kind, When = moment, Bytes = 6_000_000 }),
        new("truncated", Outcome.Unsure, new Fault { Kind = "truncated-json" }),
        new("cut", Outcome.Unsure, new Fault { Kind = "cut-json" }),
        .. ((string[])["before", "after"]).Select(moment => new OutcomeRow($"deadline, {moment} work", Outcome.Unsure, new Fault { Kind = "hang", When = moment }) { EndsByDeadline = true }),
        new("deadline in the body", Outcome.Unsure, new Fault { Kind = "slow-drip", BytesPerSecond = 1 }) { EndsByDeadline = true },
    ];

    /// <summary>Whether the next vendor must be called, once; otherwise it must never be.</summary>
    public bool FallsBack(string vendor) =>
        Outcome == Outcome.Safe || (Outcome == Outcome.Throttled && Adapters.Single(adapter => adapter.Info.Vendor == vendor).Info.ThrottleIsBeforeWork);

    private static OutcomeRow Status(int status, Outcome outcome, string? retryAfter = null, bool processed = false) => new(
        $"{status}{(retryAfter is null ? "" : $", Retry-After {retryAfter}")}{(processed ? " after work" : "")}",
        outcome,
        new Fault { Kind = "status", Status = status, RetryAfter = retryAfter, When = processed ? "after" : "before" });
}
