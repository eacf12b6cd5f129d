using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Cli;

/// <summary>The lines of a file as they are shown beside a problem, with what is secret in them covered.</summary>
internal sealed partial class SourceLines(byte[] utf8)
{
    private const int Width = 110;

    private readonly string[] _lines = Covered(Encoding.UTF8.GetString(utf8.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? utf8.AsSpan(3) : utf8)).Split('\n');

    /// <summary>The line with a mark below the place; null where there is none, as in a file that is missing.</summary>
    public string? Excerpt(CatalogProblem problem)
    {
        if (utf8.Length == 0 || utf8.AsSpan().StartsWith(Encoding.Unicode.Preamble) || utf8.AsSpan().StartsWith(Encoding.BigEndianUnicode.Preamble) || problem.Line > _lines.Length) return null;
        var line = new string([.. _lines[problem.Line - 1].TrimEnd('\r').Select(letter => letter == '\t' ? ' ' : char.IsControl(letter) ? '?' : letter)]);
        var at = Math.Min(problem.Column - 1, line.Length);
        var length = Math.Max(1, Place().Match(line, at) is { Success: true } place && place.Index == at ? place.Length : 1);
        // What stands around the place is what helps; a file may be one long line.
        var from = line.Length <= Width ? 0 : Math.Max(0, Math.Min(at - (Width / 4), line.Length - Width));
        var shown = line[from..];
        var cut = shown.Length > Width ? shown[..Width] + " …" : shown;
        var lead = from > 0 ? "… " : "";
        var number = problem.Line.ToString(CultureInfo.InvariantCulture).PadLeft(5);
        var mark = "^" + new string('~', Math.Max(0, Math.Min(length, Math.Max(1, Math.Min(shown.Length, Width) - (at - from))) - 1));
        return $"{number} | {lead}{cut}{Environment.NewLine}      | {new string(' ', lead.Length + at - from)}{mark}";
    }

    // As long as it was, so that columns stay. A file that is no JSON may have its quotes anywhere.
    private static string Covered(string text) => Lists().Replace(Values().Replace(text, found => Cover(found.Value, found.Groups["secret"])), list => Texts().Replace(list.Value, found => Cover(found.Value, found.Groups["secret"])));

    private static string Cover(string found, Group secret) => secret.Value.Contains("${", StringComparison.Ordinal) ? found : found[..^secret.Length] + new string('*', secret.Length);

    [GeneratedRegex("""["']?\b(value|secret|oldSecret)\b["']?\s*:\s*["']?(?<secret>(?<=")[^"\r\n]*|(?<=')[^'\r\n]*|[^\s{}\[\],"']*)""", RegexOptions.CultureInvariant)]
    private static partial Regex Values();

    [GeneratedRegex("""["']?\b(webhookSecrets|headers)\b["']?\s*:\s*[\[{][^\]}]*""", RegexOptions.CultureInvariant)]
    private static partial Regex Lists();

    [GeneratedRegex("""(?<=[\[,:]\s*)"(?<secret>[^"\r\n]*)(?="(?!\s*:)|[\r\n])""", RegexOptions.CultureInvariant)]
    private static partial Regex Texts();

    // A name with its value, where that is no object or list, else one of them alone.
    [GeneratedRegex("\"(\\\\.|[^\"\\\\])*\"(\\s*:\\s*(\"(\\\\.|[^\"\\\\])*\"|[-+.\\w]+))?|[-+.\\w$]+|.", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
