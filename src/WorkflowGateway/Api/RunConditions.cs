using System.Globalization;
using Microsoft.Net.Http.Headers;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>The conditional headers of a run, whose ETag is its version.</summary>
internal static class RunConditions
{
    public static string ETag(RunRow run) => string.Create(CultureInfo.InvariantCulture, $"\"{run.Version}\"");

    /// <summary>The version in If-Match; null where there is none or any will do.</summary>
    public static long? IfMatch(HttpRequest request)
    {
        var header = request.Headers.IfMatch;
        if (header.Count == 0 || header == "*") return null;
        if (EntityTagHeaderValue.TryParse(header.ToString(), out var tag) && !tag.IsWeak && Version(tag) is { } version) return version;
        throw Fields.Refusal("If-Match", "Must be the run's ETag, one version in quotes as in If-Match: \"7\", or *.");
    }

    /// <summary>Whether the caller has the run's current version already.</summary>
    public static bool NoneMatch(HttpRequest request, RunRow run)
    {
        var header = request.Headers.IfNoneMatch;
        if (header.Count == 0) return false;
        if (header == "*" || header == ETag(run)) return true;
        return EntityTagHeaderValue.TryParseList(header, out var tags) && tags.Any(tag => Version(tag) == run.Version);
    }

    /// <summary>Whether the request's Cache-Control wants the vendor read now.</summary>
    public static bool WantsFresh(HttpRequest request, long age)
    {
        var header = request.Headers.CacheControl;
        if (header.Count == 0 || !CacheControlHeaderValue.TryParse(header.ToString(), out var wish)) return false;
        return wish.NoCache || wish.MaxAge is { } maxAge && age > maxAge.TotalSeconds;
    }

    private static long? Version(EntityTagHeaderValue tag) =>
        long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
}
