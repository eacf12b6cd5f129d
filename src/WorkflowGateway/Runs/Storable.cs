using System.Text;

namespace WorkflowGateway.Runs;

/// <summary>Makes any text storable: a decoded NUL fails on PostgreSQL and would wedge a whole group of writes, a lone surrogate is no UTF-8.</summary>
internal static class Storable
{
    public static string? Word(string? text) => Text(text, VendorJson.MaxWord);

    public static string? Text(string? text, int maxLength)
    {
        if (text is null) return null;
        var cut = text.Length > maxLength ? text[..maxLength] : text;
        if (!cut.Any(c => c == '\0' || char.IsSurrogate(c))) return cut;
        // The round trip replaces lone surrogates, also one that the cut made.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cut)).Replace('\0', '\uFFFD');
    }
}
