using System.Globalization;
using System.Text;

namespace WorkflowGateway;

/// <summary>
/// Takes our credential out of what a vendor says, before anybody reads it: a vendor that repeats it must not make us keep, log or tell it. It is found as it is, in
/// JSON's escapes, also those of JSON within JSON, and in a URL's.
/// </summary>
internal static class Redaction
{
    /// <summary>In the words of a refusal: what is shorter is no secret.</summary>
    public const int InWords = 4;

    /// <summary>In an answer that is understood: what is shorter may well be a word of its own, and it would be lost.</summary>
    public const int InAnswers = 8;

    public static string Of(string text, Secret? token, int shortest)
    {
        if (token?.Reveal() is not { } secret || secret.Length < shortest) return text;
        // JSON stays JSON: digits may stand there without quotes, and other digits beside them.
        var mask = secret.All(char.IsAsciiDigit) ? "1" : "***";
        StringBuilder? clean = null;
        var (at, kept) = (0, 0);
        while (at < text.Length && text.AsSpan(at).IndexOfAny(secret[0], '\\', '%') is var next and >= 0)
        {
            at += next;
            if (LengthOf(secret, text, at) is not (> 0 and var length))
            {
                // Not into the middle of an escape.
                at += text[at] == '\\' ? Written(text, at).Length : 1;
                continue;
            }

            (clean ??= new StringBuilder(text.Length)).Append(text, kept, at - kept).Append(mask);
            kept = at += length;
        }

        return clean is null ? text : clean.Append(text, kept, text.Length - kept).ToString();
    }

    /// <summary>What is thrown below may quote what came: a header's line, a status line. Then it is not passed on.</summary>
    public static Exception? Of(Exception failure, Secret? token)
    {
        var text = failure.ToString();
        return ReferenceEquals(Of(text, token, InWords), text) ? failure : null;
    }

    // How much of the text the secret takes from there; 0 where it does not stand there.
    private static int LengthOf(string secret, string text, int begin)
    {
        var at = begin;
        foreach (var letter in secret)
        {
            if (at >= text.Length) return 0;
            var (written, length) = Written(text, at);
            if (written == letter) at += length;
            else if (text[at] == letter) at++;
            else return 0;
        }

        // In JSON the last one stands there twice.
        if (secret[^1] == '\\' && at < text.Length && text[at] == '\\') at++;
        return at - begin;
    }

    // A backslash more for each time that JSON was written into JSON.
    private static (char Letter, int Length) Written(string text, int at)
    {
        if (text[at] == '%' && Code(text, at + 1, 2) is { } escaped) return (escaped, 3);
        var end = at;
        while (end < text.Length && text[end] == '\\') end++;
        if (end == at || end == text.Length) return (text[at], Math.Max(1, end - at));
        return text[end] == 'u' && Code(text, end + 1, 4) is { } code ? (code, end - at + 5) : (text[end], end - at + 1);
    }

    private static char? Code(string text, int at, int digits) =>
        at + digits <= text.Length && ushort.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) ? (char)code : null;
}
