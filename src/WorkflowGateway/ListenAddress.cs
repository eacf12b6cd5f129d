namespace WorkflowGateway;

/// <summary>Where the server listens: <c>urls</c> from anywhere, else the ports that container images set, else this machine's port 8080.</summary>
internal static class ListenAddress
{
    public const string Default = "http://localhost:8080";

    public static bool IsLeftToUs(IConfiguration settings) =>
        string.IsNullOrEmpty(settings["urls"]) && string.IsNullOrEmpty(settings["HTTP_PORTS"]) && string.IsNullOrEmpty(settings["HTTPS_PORTS"]);

    /// <summary>One of its addresses, as one reaches it from this machine.</summary>
    public static string FromHere(IConfiguration settings) => settings["urls"] is { Length: > 0 } urls
        ? FromHere(urls.Split(';')[0])
        : settings["HTTP_PORTS"] is { Length: > 0 } ports ? $"http://127.0.0.1:{ports.Split(';')[0]}" : Default;

    /// <summary>An address that listens everywhere, as one reaches it from this machine.</summary>
    public static string FromHere(string address)
    {
        foreach (var everywhere in (string[])["//*", "//+", "//0.0.0.0", "//[::]"])
            address = address.Replace(everywhere, "//127.0.0.1", StringComparison.Ordinal);
        return address;
    }
}
