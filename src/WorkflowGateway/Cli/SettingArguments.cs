
namespace WorkflowGateway.Cli;

/// <summary>Tells settings (<c>--Storage:Path=…</c>, <c>--urls …</c>) from a verb and its options. Settings are left to the framework as they are.</summary>
internal static class SettingArguments
{
    /// <summary>Settings of the host that have no section.</summary>
    public static readonly IReadOnlyList<string> OfHost =
    [
        "urls", "http_ports", "https_ports", HostDefaults.EnvironmentKey, HostDefaults.ContentRootKey, HostDefaults.ApplicationKey, "AllowedHosts", "AppSettings",
        WebHostDefaults.WebRootKey, WebHostDefaults.DetailedErrorsKey, WebHostDefaults.CaptureStartupErrorsKey, WebHostDefaults.StartupAssemblyKey,
        WebHostDefaults.HostingStartupAssembliesKey, WebHostDefaults.HostingStartupExcludeAssembliesKey, WebHostDefaults.PreventHostingStartupKey,
        WebHostDefaults.PreferHostingUrlsKey, WebHostDefaults.SuppressStatusMessagesKey, WebHostDefaults.ShutdownTimeoutKey, "shutdownTimeoutSeconds",
        "startupTimeoutSeconds", "servicesStartConcurrently", "servicesStopConcurrently", "forwardedHeaders_enabled",
    ];

    public static (string[] Settings, string[] Verb) Split(IReadOnlyList<string> args)
    {
        List<string> settings = [], rest = [];
        for (var i = 0; i < args.Count; i++)
        {
            if (!IsSetting(args[i]))
            {
                rest.Add(args[i]);
                continue;
            }

            settings.Add(args[i]);
            // As the framework reads it: without a = the next argument is the value, whatever it is.
            if (!args[i].Contains('=', StringComparison.Ordinal) && i + 1 < args.Count) settings.Add(args[++i]);
        }

        return ([.. settings], [.. rest]);
    }

    private static bool IsSetting(string argument)
    {
        var end = argument.IndexOf('=', StringComparison.Ordinal);
        var written = end < 0 ? argument : argument[..end];
        // Without dashes it must be a pair, else it is a file or a verb.
        var key = written.StartsWith("--", StringComparison.Ordinal) ? written[2..] : end < 0 ? "" : written.TrimStart('/');
        return IsPath(key) || OfHost.Contains(key, StringComparer.OrdinalIgnoreCase);
    }

    private static bool IsPath(string key) => key.IndexOf(':', StringComparison.Ordinal) > 0 && !key.Contains('/', StringComparison.Ordinal);
}
