using System.Text.RegularExpressions;

namespace WorkflowGateway.Tests.Telemetry;

/// <summary>The text of /metrics, taken apart.</summary>
internal sealed partial class Exposition
{
    public Exposition(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal) && line.Split(' ') is [_, _, var name, var type])
            {
                Types.Add(name, type);
                continue;
            }

            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                Helps.Add(line.Split(' ')[2], line);
                continue;
            }

            var sample = Sample().Match(line);
            sample.Success.Should().BeTrue(line);
            var labels = Label().Matches(sample.Groups[2].Value).ToDictionary(one => one.Groups[1].Value, one => one.Groups[2].Value);
            Samples.Add((sample.Groups[1].Value, labels, line));
        }
    }

    public Dictionary<string, string> Types { get; } = [];

    public Dictionary<string, string> Helps { get; } = [];

    public List<(string Name, Dictionary<string, string> Labels, string Line)> Samples { get; } = [];

    /// <summary>The metric that a sample belongs to.</summary>
    public string FamilyOf(string sample) => Types.ContainsKey(sample) ? sample : Suffix().Replace(sample, "");

    /// <summary>The labels of each metric that has samples, without those of buckets.</summary>
    public Dictionary<string, HashSet<string>> Labels() => Samples.GroupBy(one => FamilyOf(one.Name))
        .ToDictionary(family => family.Key, family => family.SelectMany(one => one.Labels.Keys).Where(label => label != "le").ToHashSet());

    [GeneratedRegex("^([a-zA-Z_][a-zA-Z0-9_]*)(?:\\{(.*)\\})? (?:[-+0-9.eE]+|\\+Inf|NaN)$")]
    private static partial Regex Sample();

    [GeneratedRegex("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Label();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();
}
