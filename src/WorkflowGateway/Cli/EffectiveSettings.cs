using System.Globalization;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using WorkflowGateway.Access;
using WorkflowGateway.Catalog;
using WorkflowGateway.Edge;
using WorkflowGateway.Ledger;
using WorkflowGateway.Sync;
using WorkflowGateway.Webhooks;

namespace WorkflowGateway.Cli;

/// <param name="Value">As it is used; null where there is none.</param>
/// <param name="Source">Where it was found.</param>
internal sealed record EffectiveSetting(string Name, string? Value, string Source);

/// <summary>Every setting as the server would use it, and where it comes from.</summary>
internal sealed class EffectiveSettings
{
    private const string Covered = "***";
    private static readonly string[] Lists = ["Access:Keys:", "Access:Jwt:Types:", "Access:Jwt:Roles:"];

    private readonly IServiceProvider _services;
    private readonly IConfigurationRoot _configuration;
    private readonly List<EffectiveSetting> _all = [];

    public EffectiveSettings(IServiceProvider services)
    {
        _services = services;
        _configuration = (IConfigurationRoot)services.GetRequiredService<IConfiguration>();
        var home = services.GetRequiredService<HomeFolder>();
        var environment = services.GetRequiredService<IHostEnvironment>();
        var access = services.GetRequiredService<IOptions<AccessOptions>>().Value;
        Environment = environment.EnvironmentName;
        Add("urls", ListenAddress.IsLeftToUs(_configuration) ? ListenAddress.Default : _configuration["urls"] ?? ListenAddress.FromHere(_configuration));
        AddAll<GatewayOptions>("Gateway");
        AddAll<StorageOptions>("Storage");
        AddAll<AccessOptions>("Access");
        AddBelow("Access:Limits:Key", access.Limits.Key.Over(LimitOptions.DefaultOfKey));
        AddBelow("Access:Limits:Tenant", access.Limits.Tenant.Over(LimitOptions.DefaultOfTenant));
        AddBelow("Access:Limits:Failures", access.Limits.Failures.Over(LimitOptions.DefaultOfFailures), nameof(CallLimits.Rate), nameof(CallLimits.Burst));
        foreach (var (tenant, limits) in access.Limits.Tenants) AddBelow($"Access:Limits:Tenants:{tenant}", limits);
        if (access.Jwt is { } jwt) AddBelow("Access:Jwt", jwt);
        for (var i = 0; i < access.Keys.Count; i++) Add($"Access:Keys:{i}", $"{access.Keys[i].Id}: {access.Keys[i].Role} of {access.Keys[i].Tenant}", $"Access:Keys:{i}:Id");
        AddAll<SecurityOptions>("Security");
        foreach (var (key, i) in services.GetRequiredService<IOptions<SecurityOptions>>().Value.PreviousMasterKeys.Select((key, i) => (key, i))) Add($"Security:PreviousMasterKeys:{i}", KeyText(key));
        AddAll<DispatchOptions>("Dispatch");
        AddAll<SyncOptions>("Sync");
        AddAll<ReconcileOptions>("Reconcile");
        AddAll<RetentionOptions>("Retention");
        AddAll<WebhookOptions>("Webhooks");
        AddAll<EdgeOptions>("Edge");
        Add("AllowedHosts", _configuration["AllowedHosts"] ?? "*");
        Add("Sandbox:Enabled", services.GetService<SandboxHost>() is null ? "false" : "true");
        Add("Sandbox:Path", _configuration["Sandbox:Path"] ?? "data/sandbox.jsonl");
        Add("Sandbox:BaseUrl", _configuration["Sandbox:BaseUrl"]);
        Replace("Access:Mode", _ => access.IsKeyless(environment.IsDevelopment()) ? "none" : "keys");
        Replace("Webhooks:AllowLoopback", _ => services.GetRequiredService<LoopbackRule>().Allowed ? "true" : "false");
        Replace("Dispatch:Timeout", text => text ?? "the adapter's");
        Replace("Security:MasterKey", text => text is null ? environment.IsDevelopment() ? "made beside the ledger" : null : KeyText(text));
        Replace("Storage:ConnectionString", text => text is null ? null : WithoutPassword(text));
        foreach (var name in (string[])["Gateway:ConfigPath", "Storage:Path", "Sandbox:Path"]) Replace(name, home.Resolve!);
    }

    public string Environment { get; }

    public IReadOnlyList<EffectiveSetting> All => _all;

    /// <summary>What stands in a section of ours and nothing reads: a misspelt name does nothing, silently. Value is the hint.</summary>
    public IEnumerable<EffectiveSetting> Unused
    {
        get
        {
            var known = _all.Select(setting => setting.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
            var sections = known.Where(name => name.Contains(':', StringComparison.Ordinal)).Select(name => name.Split(':')[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);
            return _configuration.AsEnumerable().Where(pair => pair.Value is not null && pair.Key.Split(':') is [var section, ..] and not [_] && sections.Contains(section))
                .Where(pair => !known.Contains(pair.Key) && !Lists.Any(list => pair.Key.StartsWith(list, StringComparison.OrdinalIgnoreCase)))
                .Select(pair => new EffectiveSetting(pair.Key, Suggestion.Nearest(pair.Key, known) is { } near ? $"Did you mean '{near}'?" : "Remove it.", SourceOf(pair.Key)));
        }
    }

    private static string KeyText(string key) => key.StartsWith("${file:", StringComparison.Ordinal) ? key : Covered;

    private void AddAll<T>(string section)
        where T : class
    {
        AddBelow(section, _services.GetRequiredService<IOptions<T>>().Value);
    }

    // Lists and what has settings of its own below it are added apart.
    private void AddBelow(string section, object options, params string[] only)
    {
        foreach (var property in options.GetType().GetProperties().Where(property => property.CanWrite && (only.Length == 0 || only.Contains(property.Name))))
        {
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (type == typeof(IList<AccessKey>) || property.Name == nameof(SecurityOptions.PreviousMasterKeys) || type == typeof(LimitOptions) || type == typeof(TokenOptions)) continue;
            Add($"{section}:{property.Name}", property.GetValue(options) switch
            {
                null => null,
                bool flag => flag ? "true" : "false",
                IEnumerable<string> words => string.Join(" ", words),
                var value => Convert.ToString(value, CultureInfo.InvariantCulture),
            });
        }
    }

    private void Add(string name, string? value, string? key = null) => _all.Add(new EffectiveSetting(name, value, SourceOf(key ?? name)));

    private void Replace(string name, Func<string?, string?> by)
    {
        var at = _all.FindIndex(setting => setting.Name == name);
        _all[at] = _all[at] with { Value = by(_all[at].Value) };
    }

    private string SourceOf(string key)
    {
        foreach (var provider in _configuration.Providers.Reverse())
        {
            if (!provider.TryGet(key, out _)) continue;
            return provider switch
            {
                CommandLineConfigurationProvider => "command line",
                EnvironmentVariablesConfigurationProvider => "environment",
                JsonConfigurationProvider file => file.Source.Path ?? "a file",
                _ => "host",
            };
        }

        return "default";
    }

    // Npgsql knows more words for it than one: Password, PSW, PWD. What it cannot read, a postgres:// address above all, may have one anywhere.
    private static string WithoutPassword(string connection)
    {
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(connection);
            if (parts.Password is not null) parts.Password = Covered;
            if (parts.SslPassword is not null) parts.SslPassword = Covered;
            return parts.ConnectionString;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException or KeyNotFoundException)
        {
            return Covered;
        }
    }
}
