using System.ComponentModel;
using System.Text.Json;

namespace WorkflowGateway.Adapters.Fortanix;

/// <summary>The connection members that only Fortanix has.</summary>
internal sealed record FortanixSettings
{
    private const string DefaultPrefix = "v1";

    [Description("Whether nobody but this gateway starts runs in this account. Only then can an unconfirmed start be told from others and be found by itself.")]
    public bool Exclusive { get; init; }

    [Description("The path between the base URL and workflow_runs. Default: v1. In Fortanix Armor: api/v1/confidential_computing.")]
    public string PathPrefix { get; init; } = DefaultPrefix;

    /// <summary>Where runs are, below the base URL.</summary>
    public static string RunsPath(JsonElement settings)
    {
        var prefix = (settings.Text("pathPrefix") ?? DefaultPrefix).Trim('/');
        return prefix.Length == 0 ? "workflow_runs" : prefix + "/workflow_runs";
    }

    public static IEnumerable<ConfigurationProblem> Check(JsonElement settings)
    {
        foreach (var problem in ConfigurationProblems.Unknown(settings, "", ["exclusive", "pathPrefix"])) yield return problem;
        if (settings.Member("exclusive") is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) })
            yield return new("/exclusive", "Write true or false.");
        if (settings.Member("pathPrefix") is { } prefix && !IsPath(prefix.AsText()))
            yield return new("/pathPrefix", "Write a path of plain segments, such as \"v1\" or \"api/v1/confidential_computing\".");
    }

    private static bool IsPath(string? text) =>
        text is not null && (text.Trim('/').Length == 0 || text.Trim('/').Split('/').All(segment =>
            segment is not ("" or "." or "..") && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '~')));
}
