using System.Text.Json;
using System.Text.RegularExpressions;

namespace WorkflowGateway.Tests.Telemetry;

/// <summary>The metrics that config/telemetry/README.md lists, and the expressions that use them.</summary>
internal static partial class Documented
{
    /// <summary>What PromQL and Prometheus have of their own.</summary>
    private static readonly HashSet<string> Words =
    [
        "sum", "max", "min", "by", "on", "and", "or", "rate", "increase", "time", "vector", "histogram_quantile", "deriv", "changes", "absent", "up", "label_values", "s", "m", "h", "e",
        // Labels that Prometheus adds.
        "instance", "job", "le",
    ];

    public static Dictionary<string, (string Type, HashSet<string> Labels)> Metrics { get; } = File.ReadLines(Tool.ConfigFile("README.md"))
        .Select(line => Row().Match(line)).Where(row => row.Success)
        .ToDictionary(row => row.Groups[1].Value, row => (row.Groups[2].Value, row.Groups[3].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet()));

    /// <summary>Every expression of the dashboard, as Grafana would send it.</summary>
    public static IReadOnlyList<string> DashboardQueries { get; } = [.. Strings(JsonElement.Parse(File.ReadAllText(Tool.ConfigFile("dashboard.json"))), "expr")
        .Select(query => query.Replace("$connection", ".*", StringComparison.Ordinal).Replace("$__rate_interval", "1m", StringComparison.Ordinal))];

    public static IReadOnlyList<string> AlertRules { get; } = [.. Rule().Matches(File.ReadAllText(Tool.ConfigFile("alerts.yaml"))).Select(rule => rule.Groups[1].Value)];

    public static IReadOnlyList<string> AlertQueries { get; } = [.. Rule().Matches(File.ReadAllText(Tool.ConfigFile("alerts.yaml"))).Select(rule => rule.Groups[2].Value.Trim('|', ' ', '\n'))];

    /// <summary>What an expression names that there is not.</summary>
    public static IEnumerable<string> UnknownIn(string query)
    {
        var bare = Text().Replace(query, "\"\"");
        var names = Name().Matches(bare).Select(name => name.Value).Where(name => !Words.Contains(name)).ToHashSet();
        var metrics = names.Where(name => FindMetric(name) is not null).ToList();
        var labels = metrics.SelectMany(name => Metrics[FindMetric(name)!].Labels).ToHashSet();
        return names.Except(metrics).Except(labels);
    }

    // Of a histogram only these.
    private static string? FindMetric(string name)
    {
        if (Metrics.TryGetValue(name, out var exact) && exact.Type != "histogram") return name;
        var family = Part().Replace(name, "");
        return family != name && Metrics.TryGetValue(family, out var of) && of.Type == "histogram" ? family : null;
    }

    private static IEnumerable<string> Strings(JsonElement json, string member) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(one => one.Name == member && one.Value.ValueKind == JsonValueKind.String ? [one.Value.GetString()!] : Strings(one.Value, member)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(one => Strings(one, member)),
        _ => [],
    };

    [GeneratedRegex("^\\| `([a-z0-9_]+)` \\| (\\w+) \\| ([a-z_, ]*)\\|")]
    private static partial Regex Row();

    [GeneratedRegex("- alert: (\\w+)\n\\s+expr: (.*?)\n\\s+(?:for|labels):", RegexOptions.Singleline)]
    private static partial Regex Rule();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Text();

    [GeneratedRegex("[a-zA-Z_][a-zA-Z0-9_]*")]
    private static partial Regex Name();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Part();
}
