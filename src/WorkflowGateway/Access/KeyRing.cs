using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Access;

/// <summary>The API keys that open, by id: those of the settings, and those of the ledger as they were when it was looked at last.</summary>
internal sealed partial class KeyRing : IDisposable
{
    /// <summary>For how long keys of the ledger open while it cannot be asked whether they are revoked.</summary>
    public static readonly TimeSpan Trusted = TimeSpan.FromMinutes(5);

    private const int MaxKey = 256;
    private const long Never = long.MinValue;

    // What an unknown id is compared with, so that it takes as long as a wrong secret.
    private static readonly Entry Nobody = new(new byte[SHA256.HashSizeInBytes], null, null);

    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly bool _ledger;
    private readonly List<Entry> _configured;
    private readonly CancellationTokenSource _first = new();
    private volatile Keys _keys;
    private volatile bool _any;
    private long _looked = Never;

    /// <param name="options">The keys of the settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">The log; null for none.</param>
    /// <param name="ledger">Whether there are keys of the ledger too.</param>
    public KeyRing(IOptions<AccessOptions> options, TimeProvider time, ILogger? log = null, bool ledger = false)
    {
        (_time, _log, _ledger) = (time, log ?? NullLogger.Instance, ledger);
        _configured = [.. options.Value.Keys.Select(key => EntryOf(
            Convert.FromHexString(key.Sha256!), new Caller(TenantOf(key.Tenant!), RoleWords.Parse(key.Role)!.Value, key.Id!) { Grants = key.Grants, Limits = key.Limits }, null))];
        _keys = new Keys(_configured);
    }

    /// <summary>How many open now.</summary>
    public int Count => _keys.ById.Count;

    /// <summary>Whether there is a key, or was one in the ledger: who revokes the last one does not open the gateway.</summary>
    public bool HasAny => _any || _configured.Count > 0;

    /// <summary>Cancelled when the ledger has its first key.</summary>
    public CancellationToken FirstKey => _first.Token;

    /// <summary>Whether the ledger could not say yet which keys it has.</summary>
    public bool IsUnread => _ledger && Interlocked.Read(ref _looked) == Never;

    /// <summary>Whether the ledger could not say yet which keys it has, or it is too long ago that it could.</summary>
    public bool IsStale => Interlocked.Read(ref _looked) is var looked && looked == Never ? _ledger : _time.GetElapsedTime(looked) > Trusted;

    /// <summary>Who has this key, or null.</summary>
    public Caller? Find(ReadOnlySpan<char> key)
    {
        if (key.Length > MaxKey || !key.StartsWith(ApiKey.Prefix, StringComparison.Ordinal)) return null;
        var id = key[ApiKey.Prefix.Length..];
        var end = id.IndexOf('_');
        if (end < 0 || !_keys.Lookup.TryGetValue(id[..end], out var entry)) entry = Nobody;
        Span<byte> text = stackalloc byte[MaxKey * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(key, text)], hash);
        return CryptographicOperations.FixedTimeEquals(hash, entry.Hash) ? entry.Caller : null;
    }

    public bool IsConfigured(string id) => _configured.Exists(entry => entry.Caller!.Name == id);

    /// <summary>The ledger was asked just now. Called by one at a time.</summary>
    /// <param name="rows">Its keys that are in force; null where they are as they were.</param>
    /// <param name="all">How many there are and were.</param>
    public void Take(IReadOnlyList<ApiKeyRow>? rows, long all = 0)
    {
        _any |= all > 0 || rows is { Count: > 0 };
        Interlocked.Exchange(ref _looked, _time.GetTimestamp());
        if (_any) End("local", _first);
        if (rows is null) return;
        var before = _keys.ById;
        // Whoever holds a key that stays keeps what it began with it. The settings win: they were there first.
        var made = rows.Where(row => !IsConfigured(row.Id)).Select(row => before.GetValueOrDefault(row.Id) ?? MadeOf(row)).OfType<Entry>();
        var next = new Keys([.. _configured, .. made]);
        _keys = next;
        foreach (var gone in before.Values.Where(entry => !next.ById.ContainsKey(entry.Caller!.Name))) End(gone.Caller!.Name, gone.Revoked);
    }

    public void Dispose() => _first.Dispose();

    // What one of those that wait does when it is told must not keep the others from being told.
    private void End(string who, CancellationTokenSource? source)
    {
        try
        {
            source?.Cancel();
        }
        catch (AggregateException exception)
        {
            LogEnding(_log, who, exception);
        }
    }

    // A later version may know more roles: its keys open nothing here, and all others are as they should be.
    private Entry? MadeOf(ApiKeyRow row)
    {
        if (RoleWords.Parse(row.Role) is { } role) return EntryOf(row.Sha256, new Caller(TenantOf(row.Tenant), role, row.Id) { Grants = row.Grants, Limits = row.CallLimits }, new CancellationTokenSource());
        LogUnknownRole(_log, row.Id);
        return null;
    }

    private static string? TenantOf(string tenant) => tenant == ApiKeyRow.AllTenants ? null : tenant;

    private static Entry EntryOf(byte[] hash, Caller caller, CancellationTokenSource? revoked) =>
        new(hash, caller with { Revoked = revoked?.Token ?? CancellationToken.None }, revoked);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Who} may not go on; something that it began did not end well")]
    private static partial void LogEnding(ILogger log, string who, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The API key {Id} has a role that is not known here: it opens nothing")]
    private static partial void LogUnknownRole(ILogger log, string id);

    private sealed record Entry(byte[] Hash, Caller? Caller, CancellationTokenSource? Revoked);

    private sealed class Keys
    {
        public Keys(IEnumerable<Entry> entries)
        {
            ById = entries.ToFrozenDictionary(entry => entry.Caller!.Name, StringComparer.Ordinal);
            Lookup = ById.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public FrozenDictionary<string, Entry> ById { get; }

        public FrozenDictionary<string, Entry>.AlternateLookup<ReadOnlySpan<char>> Lookup { get; }
    }
}
