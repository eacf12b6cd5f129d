using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkflowGateway;

/// <summary>Reads vendors' answers leniently: a missing, null or retyped member is null, never an exception, so that one odd field cannot lose a run id.</summary>
public static class VendorJson
{
    /// <summary>The longest vendor word that is kept.</summary>
    public const int MaxWord = 64;

    private static readonly JsonSerializerOptions WithoutNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>A generated request as a JSON body. A member without a value is left out: vendors may count a null one as given.</summary>
    /// <exception cref="RunnerException">The request holds half a surrogate pair (<see cref="RunnerErrorKind.Invalid"/>).</exception>
    public static JsonElement ToBody<T>(T request) => Encodable(() => JsonSerializer.SerializeToElement(request, WithoutNulls));

    /// <summary>JSON from a caller, known to be readable: one that holds half a surrogate pair throws long after it came in.</summary>
    /// <exception cref="RunnerException">It holds one (<see cref="RunnerErrorKind.Invalid"/>).</exception>
    public static JsonElement Sound(JsonElement given) => given.ValueKind == JsonValueKind.Undefined ? given : ToBody(given);

    internal static byte[] ToBytes(JsonElement body) => Encodable(() => JsonSerializer.SerializeToUtf8Bytes(body));

    /// <summary>The member, or null where the element is no object, lacks it, or it is null.</summary>
    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The member if it is an object.</summary>
    public static JsonElement? Object(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Object } value ? value : null;

    /// <summary>The member's items if it is an array; else none.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];

    /// <summary>The member if it is a string.</summary>
    public static string? Text(this JsonElement element, string name) => element.Member(name)?.AsText();

    /// <summary>The element's text if it is a string, with what cannot be stored replaced.</summary>
    public static string? AsText(this JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String) return null;
        try
        {
            return element.GetString()!.Replace('\0', '\uFFFD');
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate.
            return null;
        }
    }

    /// <summary>The member as a status word: at most 64 characters; a value that is no string is kept as its JSON text.</summary>
    public static string? Word(this JsonElement element, string name)
    {
        var word = element.Member(name) is { } value ? value.AsText() ?? value.GetRawText() : null;
        return word is { Length: > MaxWord } ? word[..MaxWord] : word;
    }

    /// <summary>The member as a decimal number in invariant text without trailing zeros, from a JSON number or a numeric string.</summary>
    public static string? NumberText(this JsonElement element, string name) => element.Number(name) is { } number
        ? (number / 1.000000000000000000000000000000000m).ToString(CultureInfo.InvariantCulture)
        : null;

    /// <summary>The member as a decimal number, from a JSON number or a numeric string.</summary>
    public static decimal? Number(this JsonElement element, string name) => element.Member(name) switch
    {
        { ValueKind: JsonValueKind.Number } value when value.TryGetDecimal(out var number) => number,
        { ValueKind: JsonValueKind.String } value when decimal.TryParse(value.AsText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    /// <summary>The member as a time, from RFC 3339 text. A text without an offset is taken as UTC.</summary>
    public static DateTimeOffset? Time(this JsonElement element, string name) =>
        DateTimeOffset.TryParse(element.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    /// <summary>The member as a time, from seconds since 1970.</summary>
    public static DateTimeOffset? UnixSeconds(this JsonElement element, string name) =>
        element.Number(name) is { } seconds and >= 0 and < 253402300800m ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)) : null;

    /// <summary>The JSON text with each escaped half of a surrogate pair replaced: an element that holds one throws when it is searched or written, long after it was read.</summary>
    internal static string WithoutLoneSurrogates(string json)
    {
        if (!json.Contains("\\ud", StringComparison.OrdinalIgnoreCase)) return json;
        var clean = json.ToCharArray();
        for (var at = json.IndexOf('\\'); at >= 0 && at + 1 < json.Length; at = json.IndexOf('\\', at))
        {
            var (high, low) = (Escaped(json, at), Escaped(json, at + 6));
            if (high is { } first && low is { } second && char.IsSurrogatePair(first, second)) at += 12;
            else if (high is not { } alone) at += 2;
            else
            {
                if (char.IsSurrogate(alone)) "fffd".CopyTo(0, clean, at + 2, 4);
                at += 6;
            }
        }

        return new string(clean);
    }

    private static char? Escaped(string json, int at) =>
        at + 6 <= json.Length && json[at] == '\\' && json[at + 1] == 'u'
        && ushort.TryParse(json.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            ? (char)code
            : null;

    private static T Encodable<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (JsonException)
        {
            throw new RunnerException(RunnerErrorKind.Invalid, "The request holds text that is no valid Unicode.");
        }
    }

    /// <summary>The words of an error body in the shapes that vendors use: <c>{message, error, code, detail}</c>, <c>detail</c> a string or FastAPI's list; anything else gives none.</summary>
    internal static (string? Code, string? Sentence) ErrorWords(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(WithoutLoneSurrogates(text));
            var body = document.RootElement;
            var detail = body.Text("detail") ?? body.Items("detail").Select(item => item.Text("msg")).FirstOrDefault(message => message is not null);
            var message = body.Text("message");
            var error = body.Text("error");
            var code = body.Word("code");
            var sentence = detail ?? (message, error) switch
            {
                (null, _) => error,
                (_, null) => message,
                _ => $"{message}: {error}",
            };
            return (code, sentence is { Length: > 500 } ? sentence[..500] : sentence);
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }
}
