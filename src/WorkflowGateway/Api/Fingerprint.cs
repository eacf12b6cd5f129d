using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace WorkflowGateway.Api;

/// <summary>The same bytes for requests that ask for the same: order of members, spacing, escapes and the writing of numbers do not matter.</summary>
internal static class Fingerprint
{
    public static byte[] Of(string method, string path, IQueryCollection query, JsonElement? body)
    {
        var text = new StringBuilder(method).Append(' ').Append(path).Append('?');
        foreach (var (name, values) in query.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            foreach (var value in values.Order(StringComparer.Ordinal)) Append(text, name).Append('=').Append(Quoted(value ?? "")).Append('&');
        }

        if (body is { } json) Write(text.Append('\n'), json);
        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static void Write(StringBuilder text, JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var member in json.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    Write(Append(text, member.Name).Append(':'), member.Value);
                    text.Append(',');
                }

                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var item in json.EnumerateArray())
                {
                    Write(text, item);
                    text.Append(',');
                }

                text.Append(']');
                break;
            case JsonValueKind.String:
                Append(text, json.GetString()!);
                break;
            case JsonValueKind.Number:
                text.Append(Number(json.GetRawText()));
                break;
            default:
                text.Append(json.GetRawText());
                break;
        }
    }

    // Exact, unlike double or decimal: digits without zeros at either end, and a power of ten.
    internal static string Number(string raw)
    {
        var e = raw.AsSpan().IndexOfAny('e', 'E');
        var exponent = e < 0 ? 0 : decimal.TryParse(raw.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var given) ? given : -1;
        if (e >= 0 && exponent is <= -1_000_000_000 or >= 1_000_000_000) return raw;
        var mantissa = e < 0 ? raw : raw[..e];
        var negative = mantissa[0] == '-';
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0) exponent -= mantissa.Length - point - 1;
        var digits = mantissa.TrimStart('-').Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        var significant = digits.TrimEnd('0');
        if (significant.Length == 0) return "0";
        exponent += digits.Length - significant.Length;
        return string.Create(CultureInfo.InvariantCulture, $"{(negative ? "-" : "")}{significant}e{exponent}");
    }

    private static StringBuilder Append(StringBuilder text, string value) => text.Append(Quoted(value));

    private static string Quoted(string value) => "\"" + JsonEncodedText.Encode(value) + "\"";
}
