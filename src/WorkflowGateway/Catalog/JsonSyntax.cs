using System.Text;
using System.Text.Json;

namespace WorkflowGateway.Catalog;

/// <summary>Says in an operator's words why something is no JSON, and where to mend it. Nothing of the file is repeated but a letter: it may be a secret.</summary>
internal static class JsonSyntax
{
    /// <summary>What no reader would take at all, or null.</summary>
    public static (long Offset, string Message)? Unreadable(ReadOnlySpan<byte> utf8)
    {
        if (utf8.StartsWith(Encoding.Unicode.Preamble) || utf8.StartsWith(Encoding.BigEndianUnicode.Preamble)) return (0, "the file is in UTF-16. Save it as UTF-8.");
        if (utf8.IndexOfAnyExcept(" \t\r\n"u8) < 0) return (0, "the file is empty. Write at least { \"connections\": {}, \"workflows\": {} }.");
        if (System.Text.Unicode.Utf8.IsValid(utf8)) return null;
        var good = 0;
        while (Rune.DecodeFromUtf8(utf8[good..], out _, out var taken) == System.Buffers.OperationStatus.Done) good += taken;
        return (good, "a letter here is not in UTF-8. Save the file as UTF-8.");
    }

    /// <param name="utf8">The file.</param>
    /// <param name="broken">What the parser found.</param>
    /// <param name="reached">The end of the last good token.</param>
    /// <param name="open">Where the innermost object or list begins that is still open; null for none.</param>
    public static (long Offset, string Message) Explain(ReadOnlySpan<byte> utf8, JsonException broken, long reached, long? open)
    {
        var start = Next(utf8, (int)reached);
        var at = Math.Min(OffsetOf(utf8, broken), utf8.Length);
        var (first, said) = (start < utf8.Length ? (char)utf8[start] : '\0', broken.Message);
        if (said.Contains("escapable", StringComparison.Ordinal) || said.Contains("hex", StringComparison.Ordinal)) return (Math.Max(0, at - 1), "in a text \\ must be followed by one of \" \\ / b f n r t u. Write \\\\ for \\ itself.");
        if (first == '"' && Unclosed(utf8, start)) return (start, "this text is not closed. Put a \" at its end, in the same line.");
        if (first == '"' && said.Contains("JSON string", StringComparison.Ordinal)) return (at, utf8[at] == '\t' ? "a tab stands within a text. Write \\t, or a space." : "a control character stands within a text. Write it as \\u00XX, or take it out.");
        if (said.Contains("depth of", StringComparison.Ordinal)) return (start, "this is nested more than 64 levels deep. Is a closing brace missing above?");
        if (first == '\0' && open is { } begun) return (reached, $"the file ends, and the {(char)utf8[(int)begun]} of line {LineOf(utf8, begun)} is not closed. Put a {Closing(utf8[(int)begun])} where it ends.");
        if (first is '/' or '#' || said.Contains("comment", StringComparison.Ordinal)) return (start, "a comment begins with // or stands between /* and */. Write one of these, or remove it.");
        if (first is '\'' or '`' or '\u00e2') return (start, "a text must stand in double quotes. Write \"…\".");
        if (said.Contains("after a single JSON value", StringComparison.Ordinal)) return (start, "the file's object has ended before this. Remove what follows, or a closing brace above is too much.");
        if (first is '}' or ']' && open is { } other && Closing(utf8[(int)other]) != first) return (start, $"the {(char)utf8[(int)other]} of line {LineOf(utf8, other)} is still open here. Put a {Closing(utf8[(int)other])} before this, or remove what is too much.");
        if (said.Contains("after a property name", StringComparison.Ordinal) || said.Contains("Expected a ':'", StringComparison.Ordinal)) return (start, "a colon is missing between the member's name and its value. Write \"name\": value.");
        if (first == ',') return (start, "this comma is too much, or a value is missing before it. Remove it.");
        if (char.IsAsciiLetter(first) && reached > 0 && utf8[(int)reached - 1] == '"' && said.Contains("after a value", StringComparison.Ordinal))
            return (start, "a comma is missing before this, or the text before it ends too early. Look at its double quotes; one within a text is written \\\".");
        if (said.Contains("after a value", StringComparison.Ordinal) || said.Contains("after an", StringComparison.Ordinal)) return (start, "a comma is missing before this. Put one after the value above.");
        if (said.Contains("property name", StringComparison.Ordinal)) return (start, "a member's name must stand in double quotes. Write \"name\": value.");
        if (first is '}' or ']') return (start, "a value is missing here. Write one, or remove its member.");
        return Word(utf8, start) is "true" or "false" or "null" ? (start, "true, false and null are written in small letters. Write them so.")
            : char.IsAsciiDigit(first) || first is '-' or '+' or '.' ? (at, "this is no number as JSON writes it. Write 30, -1.5 or 2e3, or put it into double quotes.")
            : (start, "a text must stand in double quotes. Write \"…\".");
    }

    // The next that counts. Commas before a value are passed over; before a closing brace and at the end the first of them is what is too much.
    private static int Next(ReadOnlySpan<byte> utf8, int from)
    {
        var start = Skip(utf8, from, commas: false);
        var after = Skip(utf8, start, commas: true);
        return after < utf8.Length && utf8[after] is not (byte)'}' and not (byte)']' ? after : start;
    }

    private static int Skip(ReadOnlySpan<byte> utf8, int from, bool commas)
    {
        while (from < utf8.Length)
        {
            var rest = utf8[from..];
            if (" \t\r\n"u8.Contains(rest[0])) from++;
            else if (rest.StartsWith("//"u8)) from += rest.IndexOf((byte)'\n') is >= 0 and var line ? line : rest.Length;
            else if (rest.StartsWith("/*"u8) && rest[2..].IndexOf("*/"u8) is >= 0 and var end) from += end + 4;
            else if (commas && rest[0] == ',') from++;
            else break;
        }

        return from;
    }

    // A text ends in its line.
    private static bool Unclosed(ReadOnlySpan<byte> utf8, int start)
    {
        for (var i = start + 1; i < utf8.Length && utf8[i] is not (byte)'\n' and not (byte)'\r'; i++)
        {
            if (utf8[i] == '\\') i++;
            else if (utf8[i] == '"') return false;
        }

        return true;
    }

    private static string Word(ReadOnlySpan<byte> utf8, int start)
    {
        var end = start;
        while (end < utf8.Length && char.IsAsciiLetter((char)utf8[end])) end++;
        return Encoding.ASCII.GetString(utf8[start..end]).ToLowerInvariant();
    }

    private static char Closing(byte opening) => opening == '{' ? '}' : ']';

    private static int LineOf(ReadOnlySpan<byte> utf8, long offset) => utf8[..(int)offset].Count((byte)'\n') + 1;

    private static int OffsetOf(ReadOnlySpan<byte> utf8, JsonException broken)
    {
        var start = 0;
        for (var line = broken.LineNumber ?? 0; line > 0; line--) start += utf8[start..].IndexOf((byte)'\n') + 1;
        return start + (int)(broken.BytePositionInLine ?? 0);
    }
}
