using System.Net;

namespace WorkflowGateway.Webhooks;

/// <summary>What can be said of an endpoint's URL before anybody connects: to help whoever wrote it. What protects is the look at the address that is connected to.</summary>
internal static class WebhookUrl
{
    public const int MaxLength = 2048;

    private static readonly string[] LocalNames = ["localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "arpa", "test", "invalid", "onion"];
    private static readonly int[] Ports = [443, 8443];

    /// <returns>What is wrong and how to mend it; null where nothing is.</returns>
    public static string? Problem(string text, LoopbackRule loopback)
    {
        if (text.Length > MaxLength) return $"Has {text.Length} characters; at most {MaxLength} are allowed.";
        if (text.Any(c => c is <= ' ' or > '~' or '\\' or '"' or '<' or '>' or '^' or '`' or '{' or '|' or '}'))
            return "Has characters that no URL has. Write an absolute https URL in ASCII: https://hooks.example.com/runs.";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || !text.Contains("://", StringComparison.Ordinal) || url.Host.Length == 0)
            return "Must be an absolute https URL: https://hooks.example.com/runs.";
        var authority = Authority(text);
        if (authority.Length == 0) return "Must name a host: https://hooks.example.com/runs.";
        if (text.Contains('#', StringComparison.Ordinal)) return "Must have no fragment: leave out # and what follows it.";
        if (authority.Contains('@', StringComparison.Ordinal)) return "Must hold no user and password; deliveries are signed instead.";
        if (authority.Contains('%', StringComparison.Ordinal)) return "The host must be written without % escapes and scopes.";
        if (loopback.Allowed && IsLoopback(url)) return url.Scheme is "http" or "https" ? null : "Must begin with https:// (or http:// on this machine).";
        if (url.Scheme != Uri.UriSchemeHttps) return "Must begin with https://.";
        if (!Ports.Contains(url.Port)) return $"The port {url.Port} is not allowed; use 443 or 8443.";
        return HostProblem(url, authority);
    }

    /// <summary>Whether the URL itself says that it is on this machine.</summary>
    public static bool IsLoopback(Uri url) => url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6
        ? PublicAddress.IsLoopback(IPAddress.Parse(url.DnsSafeHost))
        : url.IdnHost.TrimEnd('.') is var host && (host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal));

    /// <summary>Whether scheme and port are those of the internet.</summary>
    public static bool IsPublicPlace(Uri url) => url.Scheme == Uri.UriSchemeHttps && Ports.Contains(url.Port);

    private static string? HostProblem(Uri url, string authority)
    {
        if (url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6)
        {
            var written = authority.Split(']') is [var v6, _] ? v6.TrimStart('[') : authority.Split(':')[0];
            // 0x7f.1, 017700000001 and 2130706433 are all 127.0.0.1 to somebody.
            if (url.HostNameType == UriHostNameType.IPv4 && written != url.Host) return $"The address must be written with four decimal numbers: {url.Host}.";
            return PublicAddress.Is(IPAddress.Parse(url.DnsSafeHost)) ? null : "The address is not one that everybody on the internet can reach; deliveries go to no other.";
        }

        var labels = url.IdnHost.TrimEnd('.').Split('.');
        if (url.HostNameType != UriHostNameType.Dns || labels.Any(label => label.Length is 0 or > 63)) return "The host is no host name.";
        if (labels.Length == 1 || LocalNames.Contains(labels[^1], StringComparer.OrdinalIgnoreCase))
            return $"'{url.Host}' is a name of a local network; deliveries go only to hosts that everybody on the internet can reach.";
        // Some resolvers take such a name for an address.
        if (char.IsAsciiDigit(labels[^1][0])) return "The host is no host name: its last part begins with a digit.";
        return null;
    }

    private static string Authority(string text)
    {
        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var end = rest.IndexOfAny(['/', '?', '#']);
        return end < 0 ? rest : rest[..end];
    }
}
