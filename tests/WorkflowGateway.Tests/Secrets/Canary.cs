using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WorkflowGateway.Tests.Secrets;

/// <summary>Something that must not get out, and everything that it could be written as.</summary>
/// <param name="Name">Which secret it is.</param>
/// <param name="Core">What is looked for: a part of the secret that stands nowhere else.</param>
internal sealed record Canary(string Name, string Core)
{
    /// <summary>Each form in which it may have been written, by the form's name.</summary>
    public IEnumerable<(string Form, string Text)> Forms()
    {
        var bytes = Encoding.UTF8.GetBytes(Core);
        yield return ("raw", Core);
        for (var offset = 0; offset < 3; offset++)
        {
            var text = InBase64(bytes, offset);
            yield return ("base64", text);
            yield return ("base64url", text.Replace('+', '-').Replace('/', '_'));
        }

        yield return ("hex", Convert.ToHexString(bytes));
        yield return ("hex", Convert.ToHexStringLower(bytes));
        var escaped = Uri.EscapeDataString(Core);
        yield return ("url", escaped);
        yield return ("url", Lower(escaped));
        yield return ("url", System.Net.WebUtility.UrlEncode(Core));
        yield return ("url", string.Concat(Core.Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? $"{c}" : $"%{(int)c:X2}")));
        foreach (var encoder in (JavaScriptEncoder[])[JavaScriptEncoder.Default, JavaScriptEncoder.UnsafeRelaxedJsonEscaping])
        {
            var json = JsonEncodedText.Encode(Core, encoder).Value;
            yield return ("json", json);
            yield return ("json", JsonEncodedText.Encode(json, encoder).Value);
        }
    }

    // Whatever stands before it moves it by 0, 8 or 16 bits: what is the same wherever it stands is looked for.
    private static string InBase64(byte[] bytes, int offset)
    {
        var text = Convert.ToBase64String([.. new byte[offset], .. bytes]);
        var (begin, end) = (((offset * 8) + 5) / 6, (offset + bytes.Length) * 8 / 6);
        return text[begin..end];
    }

    private static string Lower(string escaped) => System.Text.RegularExpressions.Regex.Replace(escaped, "%[0-9A-F]{2}", found => found.Value.ToLowerInvariant());
}

/// <summary>Looks for all canaries in all forms at once.</summary>
internal sealed class CanarySearch
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly SearchValues<string> _texts;

    public CanarySearch(IEnumerable<Canary> canaries)
    {
        foreach (var canary in canaries)
            foreach (var (form, text) in canary.Forms()) _names.TryAdd(text, $"{canary.Name} ({form})");
        _texts = SearchValues.Create([.. _names.Keys], StringComparison.Ordinal);
    }

    public int Patterns => _names.Count;

    /// <summary>What was found, each with a little of what stands around it.</summary>
    public IEnumerable<string> In(string place, string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var found = text.AsSpan(at).IndexOfAny(_texts);
            if (found < 0) yield break;
            at += found;
            var name = _names.First(known => string.CompareOrdinal(text, at, known.Key, 0, known.Key.Length) == 0);
            yield return $"{place}: {name.Value} in …{text[Math.Max(0, at - 120)..Math.Min(text.Length, at + name.Key.Length + 40)].ReplaceLineEndings(" ")}…";
            at += name.Key.Length;
        }
    }

    public IEnumerable<string> In(string place, byte[] bytes) => In(place, Encoding.Latin1.GetString(bytes));
}
