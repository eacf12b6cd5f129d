using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace WorkflowGateway.Api;

/// <summary>What the caller prefers (RFC 7240). Preferences that are unknown or make no sense are ignored, as the RFC asks.</summary>
internal sealed record Preferences(bool RespondAsync, TimeSpan? Wait)
{
    private const int MaxWait = 60;
    private static readonly Preferences None = new(false, null);

    /// <summary>For the header <c>Preference-Applied</c>; null where there is nothing to say.</summary>
    public string? Applied => (RespondAsync, Wait) switch
    {
        (false, null) => null,
        (true, null) => "respond-async",
        (false, { } wait) => Waiting(wait),
        (true, { } wait) => "respond-async, " + Waiting(wait),
    };

    public static Preferences Of(HttpRequest request) => Parse(request.Headers["Prefer"]);

    /// <summary>Whether it is a read that may go on for long: a stream, or a wait. What is sent to be done is not, however long its caller waits for it.</summary>
    public static bool IsWatch(HttpRequest request) => HttpMethods.IsGet(request.Method) && (Of(request).Wait is not null || AsksForStream(request));

    public static bool AsksForStream(HttpRequest request) => request.Headers.Accept.Any(accept => accept?.Contains("event-stream", StringComparison.OrdinalIgnoreCase) == true);

    public static Preferences Parse(StringValues header)
    {
        if (header.Count == 0) return None;
        bool? respondAsync = null;
        TimeSpan? wait = null;
        foreach (var preference in Split(string.Join(',', header.AsEnumerable()), ','))
        {
            // Parameters after the first ';' belong to the preference; none of ours has any.
            var (name, value) = NameAndValue(Split(preference, ';')[0]);
            if (name.Equals("respond-async", StringComparison.OrdinalIgnoreCase)) respondAsync ??= true;
            if (name.Equals("wait", StringComparison.OrdinalIgnoreCase) && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                wait ??= TimeSpan.FromSeconds(Math.Min(seconds, MaxWait));
        }

        return new Preferences(respondAsync ?? false, wait);
    }

    private static string Waiting(TimeSpan wait) => string.Create(CultureInfo.InvariantCulture, $"wait={(int)wait.TotalSeconds}");

    private static (string Name, string Value) NameAndValue(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (text.Trim(), "") : (text[..equals].Trim(), text[(equals + 1)..].Trim().Trim('"'));
    }

    // Separators inside quotes belong to the value.
    private static List<string> Split(string text, char separator)
    {
        var parts = new List<string>();
        var (start, quoted) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (quoted && text[i] == '\\') i++;
            else if (text[i] == '"') quoted = !quoted;
            else if (text[i] == separator && !quoted)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        parts.Add(text[Math.Min(start, text.Length)..]);
        return parts;
    }
}
