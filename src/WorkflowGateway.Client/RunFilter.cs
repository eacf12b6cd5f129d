using System.Globalization;

namespace WorkflowGateway.Client;

/// <summary>Narrows a list of runs. What is left out does not narrow it.</summary>
public sealed record RunFilter
{
    /// <summary>Words of <see cref="RunStatuses"/>, or <c>open</c>, or <c>final</c>; any of them will do.</summary>
    public IReadOnlyList<string> Statuses { get; init; } = [];

    /// <summary>The workflow's name.</summary>
    public string? Workflow { get; init; }

    /// <summary>The vendor's name.</summary>
    public string? Vendor { get; init; }

    /// <summary>The connection's name.</summary>
    public string? Connection { get; init; }

    /// <summary>Labels that a run must have, all of them.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The caller's own id for what the runs belong to.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Only runs made after this time.</summary>
    public DateTimeOffset? CreatedAfter { get; init; }

    /// <summary>Only runs made before this time.</summary>
    public DateTimeOffset? CreatedBefore { get; init; }

    /// <summary>How many runs the client fetches at once, at most 500; null leaves it to the gateway.</summary>
    public int? PageSize { get; init; }

    internal IEnumerable<(string Name, string? Value)> Query =>
    [
        .. Statuses.Select(status => ("status", (string?)status)),
        ("workflow", Workflow),
        ("vendor", Vendor),
        ("connection", Connection),
        .. Labels.Select(label => ("label." + label.Key, (string?)label.Value)),
        ("correlationId", CorrelationId),
        ("createdAfter", Time(CreatedAfter)),
        ("createdBefore", Time(CreatedBefore)),
        ("pageSize", PageSize?.ToString(CultureInfo.InvariantCulture)),
    ];

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
