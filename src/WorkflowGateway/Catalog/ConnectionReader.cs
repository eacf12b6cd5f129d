using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace WorkflowGateway.Catalog;

/// <summary>Makes a connection of what is written, and says everything that is wrong with it.</summary>
/// <param name="context">What the meaning depends on.</param>
/// <param name="name">The connection's name.</param>
/// <param name="report">Takes a problem by its pointer below the connection.</param>
internal sealed class ConnectionReader(CatalogContext context, string name, Action<string, string> report)
{
    private const int Concurrency = 16;

    /// <summary>Every one costs a hash of each body that anybody sends.</summary>
    private const int MostSecrets = 8;

    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    private readonly References _references = new(context);
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private bool _failed;

    /// <summary>The connection, or null when it has problems or no adapter.</summary>
    /// <param name="file">What is written.</param>
    /// <param name="element">The same, as it stands there.</param>
    /// <param name="adapter">Its adapter; null where there is none of that name.</param>
    public ConnectionConfig? Read(ConnectionFile file, JsonElement element, IVendorAdapter? adapter)
    {
        var baseUrl = BaseUrl(file.BaseUrl);
        var credential = file.Credential;
        var token = Token(credential);
        var settings = Settings(file.Settings);
        var webhookSecrets = WebhookSecrets(file.WebhookSecrets, adapter);
        var vendor = new VendorConnection
        {
            Name = name,
            // Only so that the adapter can say what it finds wrong beside it.
            BaseUrl = baseUrl ?? new Uri("http://localhost/"),
            Token = token,
            CredentialHeader = HeaderName(credential?.Header, "/credential/header"),
            CredentialScheme = credential?.Scheme,
            Headers = Headers(file.Headers),
            Timeout = Duration(file.Timeout, "/timeout") ?? context.DispatchTimeout ?? adapter?.DefaultTimeout ?? TimeSpan.Zero,
            MaxConnections = file.Concurrency ?? Concurrency,
            ForwardTrace = file.ForwardTrace ?? false,
            Settings = settings,
        };
        // A text that could not be expanded is missing for the adapter, which was said.
        foreach (var problem in adapter?.CheckConnection(vendor).Where(problem => !_said.Contains(problem.Pointer)).ToList() ?? []) Report(problem.Pointer, problem.Message);
        var (pollMin, pollMax) = (Duration(file.Poll?.Min, "/poll/min") ?? context.PollMin, Duration(file.Poll?.Max, "/poll/max") ?? context.PollMax);
        if (pollMin > pollMax) Report("/poll", "The shortest time between two reads (min) is longer than the longest (max). Swap or mend them.");
        if (file.Tenants is { Count: 0 }) Report("/tenants", "No tenant could use this connection. Name one, or leave tenants out for all.");
        var staleAfter = Duration(file.StaleAfter, "/staleAfter") ?? (pollMax * 2 > Fresh ? pollMax * 2 : Fresh);
        if (_failed || adapter is null) return null;
        return new ConnectionConfig
        {
            Name = name,
            Adapter = adapter,
            Vendor = vendor,
            Identity = Identity(file.BaseUrl!, adapter, vendor),
            Content = Content(element, vendor),
            Timeout = vendor.Timeout,
            RateLimit = file.RateLimit,
            Concurrency = file.Concurrency ?? Concurrency,
            PollMin = pollMin,
            PollMax = pollMax,
            StaleAfter = staleAfter,
            Tenants = file.Tenants?.ToHashSet(StringComparer.Ordinal),
            Enabled = file.Enabled ?? true,
            WebhookSecrets = webhookSecrets,
            CallerCredential = credential?.From == "caller",
            Exclusive = settings.TryGetProperty("exclusive", out var exclusive) && exclusive.ValueKind == JsonValueKind.True,
        };
    }

    private Uri? BaseUrl(string? text)
    {
        // That it is missing was said by the schema already.
        _failed |= text is null;
        if (text is null || Expand(text, "/baseUrl") is not { } expanded) return null;
        if (Uri.TryCreate(expanded, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { UserInfo: "", Query: "", Fragment: "" }) return url;
        Report("/baseUrl", "The base URL must be absolute, http or https, and without credentials, query or fragment: https://api.example.com/v1.");
        return null;
    }

    private TokenSource? Token(CredentialFile? credential)
    {
        switch (credential)
        {
            case null:
                _failed = true;
                return null;
            case { Value: null, From: null }:
                Report("/credential", "Write what to send, \"value\": \"${env:NAME}\", or \"from\": \"caller\".");
                return null;
            case { Value: not null, From: not null }:
                Report("/credential", "Write either value or from, not both.");
                return null;
            case { From: not null } when !context.HasMasterKey:
                Report("/credential/from", "A caller's token is kept encrypted while its run is open, which needs Security:MasterKey. Set it (a file: ${file:/run/secrets/master-key}), or write a value.");
                return null;
            case { From: not null }:
                return null;
        }

        if (Expand(credential.Value!, "/credential/value") is not { } token) return null;
        if (Credentials.Check(token) is { } problem) Report("/credential/value", problem);
        return _failed ? null : Credentials.Source(credential.Value!, context);
    }

    private List<TokenSource> WebhookSecrets(IReadOnlyList<string>? written, IVendorAdapter? adapter)
    {
        if (written is null) return [];
        if (adapter is not (null or IVendorEvents))
            Report("/webhookSecrets", $"The gateway takes no webhooks of {adapter.Info.DisplayName}: its runs are polled. Remove webhookSecrets.");
        else if (written.Count is 0 or > MostSecrets)
            Report("/webhookSecrets", $"Write one secret, two while they are changed, {MostSecrets} at most; or leave webhookSecrets out.");
        var sources = new List<TokenSource>();
        for (var i = 0; i < written.Count; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"/webhookSecrets/{i}");
            if (written[i] is null || Expand(written[i], at) is not { } secret) continue;
            if (Credentials.Check(secret) is { } problem) Report(at, problem);
            else sources.Add(Credentials.Source(written[i], context));
        }

        return sources;
    }

    private Dictionary<string, string> Headers(Dictionary<string, string>? written)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (header, text) in written ?? [])
        {
            var at = JsonPointer.Below("/headers", header);
            HeaderName(header, at);
            if (text is null || Expand(text, at) is not { } value) continue;
            if (value.Any(char.IsControl)) Report(at, "A header holds no line break or other control character.");
            else if (!headers.TryAdd(header, value)) Report(at, "This header stands here twice; capitals make no difference.");
        }

        return headers;
    }

    private string? HeaderName(string? header, string at)
    {
        if (header is null) return null;
        if (header.ToLowerInvariant() is "host" or "connection" or "content-length" or "content-type" or "transfer-encoding")
            Report(at, $"The header {header} is made for each call and cannot be fixed here. Remove it.");
        using var probe = new HttpRequestMessage();
        if (!probe.Headers.TryAddWithoutValidation(header, "x")) Report(at, "This is no name of a request header.");
        return header;
    }

    private JsonElement Settings(Dictionary<string, JsonElement>? own)
    {
        var settings = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (member, value) in own ?? []) settings[member] = Expanded(value, JsonPointer.Below("", member));
        return JsonSerializer.SerializeToElement(settings);
    }

    private object? Expanded(JsonElement value, string at) => value.ValueKind switch
    {
        JsonValueKind.String => Expand(value.GetString()!, at),
        JsonValueKind.Array => value.EnumerateArray().Select((item, index) => Expanded(item, string.Create(CultureInfo.InvariantCulture, $"{at}/{index}"))).ToList(),
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(member => member.Name, member => Expanded(member.Value, JsonPointer.Below(at, member.Name))),
        _ => value,
    };

    // The sandbox listens on another port each time and is still the same sandbox.
    private string Identity(string baseUrl, IVendorAdapter adapter, VendorConnection vendor)
    {
        var place = _references.Expand(baseUrl, _ => { }, keepSandbox: true)!;
        var url = Uri.TryCreate(place, UriKind.Absolute, out var absolute) ? absolute.AbsoluteUri : place;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{adapter.Info.Vendor}\n{url.TrimEnd('/')}\n{adapter.AccountOf(vendor)}"));
        return Convert.ToHexStringLower(hash.AsSpan(0, 16));
    }

    // What files and the environment gave is part of it: only tokens are read anew.
    private static string Content(JsonElement element, VendorConnection vendor)
    {
        var meant = JsonSerializer.SerializeToUtf8Bytes(new { vendor.BaseUrl, Headers = vendor.Headers.OrderBy(header => header.Key, StringComparer.Ordinal), vendor.Settings });
        return Convert.ToHexStringLower(SHA256.HashData([.. CanonicalJson.Bytes(element), .. meant]));
    }

    private TimeSpan? Duration(string? text, string at)
    {
        // A wrong form was said by the schema already.
        if (!Durations.TryParse(text, out var span)) return null;
        if (span > Durations.Longest) Report(at, "This is longer than 30d, the longest that can be.");
        return span;
    }

    private string? Expand(string text, string at)
    {
        var expanded = _references.Expand(text, message => Report(at, message));
        if (_references.LeftOpen) _open.Add(at);
        return expanded;
    }

    private void Report(string at, string message)
    {
        if (_open.Contains(at)) return;
        _failed = true;
        _said.Add(at);
        report(at, _references.Redact(message));
    }
}
