using System.Globalization;
using System.Text.RegularExpressions;

namespace WorkflowGateway.Catalog;

/// <summary>Spans of time as configuration writes them: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>12h</c>, <c>7d</c>.</summary>
internal static partial class Durations
{
    public const string Pattern = "^[1-9][0-9]{0,8}(ms|s|m|h|d)$";

    /// <summary>Timers take no more than 49 days.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    public const string Hint = "Write a whole number and a unit: 500ms, 30s, 5m, 12h or 7d.";

    public static bool TryParse(string? text, out TimeSpan span)
    {
        span = default;
        if (text is null || !Form().IsMatch(text)) return false;
        var unit = text.TrimStart("0123456789".ToCharArray());
        var number = long.Parse(text.AsSpan(0, text.Length - unit.Length), CultureInfo.InvariantCulture);
        span = unit switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "m" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            _ => TimeSpan.FromDays(Math.Min(number, 36500)),
        };
        return true;
    }

    /// <exception cref="FormatException">It has another form.</exception>
    public static TimeSpan Parse(string text) => TryParse(text, out var span) ? span : throw new FormatException($"'{text}' is no duration. {Hint}");

    /// <summary>In the largest unit that is exact.</summary>
    public static string Text(TimeSpan span) => span.Ticks switch
    {
        var ticks when ticks % TimeSpan.TicksPerDay == 0 => $"{(long)span.TotalDays}d",
        var ticks when ticks % TimeSpan.TicksPerHour == 0 => $"{(long)span.TotalHours}h",
        var ticks when ticks % TimeSpan.TicksPerMinute == 0 => $"{(long)span.TotalMinutes}m",
        var ticks when ticks % TimeSpan.TicksPerSecond == 0 => $"{(long)span.TotalSeconds}s",
        _ => $"{(long)span.TotalMilliseconds}ms",
    };

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
