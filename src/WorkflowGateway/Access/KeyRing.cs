using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Access;

/// <summary>The API keys that open, by id: those of the settings, and those of the ledger as they were when it was looked at last.</summary>
internal sealed class KeyRing(IOptions<AccessOptions> options, TimeProvider time)
{
    /// <summary>For how long keys of the ledger open while it cannot be asked whether they are revoked.</summary>
    public static readonly TimeSpan Trusted = TimeSpan.FromMinutes(5);

    private const int MaxKey = 256;
    private const long Never = long.MinValue;

    // What an unknown id is compared with, so that it takes as long as a wrong secret.
    private static readonly Entry Nobody = new(new byte[SHA256.HashSizeInBytes], null, null);

    private readonly List<Entry> _configured = [.. options.Value.Keys.Select(key => EntryOf(key.Id!, Convert.FromHexString(key.Sha256!), key.Role!, key.Tenant!, null))];
    private volatile Keys? _keys;
    private long _looked = Never;

    /// <summary>How many open now.</summary>
    public int Count => Current.ById.Count;

    /// <summary>Whether it is too long ago that the ledger could say what has become of its keys.</summary>
    public bool IsStale => Interlocked.Read(ref _looked) is var looked && looked != Never && time.GetElapsedTime(looked) > Trusted;

    private Keys Current => _keys ??= new Keys(_configured);

    /// <summary>Who has this key, or null.</summary>
    public Caller? Find(ReadOnlySpan<char> key)
    {
        if (key.Length > MaxKey || !key.StartsWith(ApiKey.Prefix, StringComparison.Ordinal)) return null;
        var id = key[ApiKey.Prefix.Length..];
        var end = id.IndexOf('_');
        if (end < 0 || !Current.Lookup.TryGetValue(id[..end], out var entry)) entry = Nobody;
        Span<byte> text = stackalloc byte[MaxKey * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(key, text)], hash);
        return CryptographicOperations.FixedTimeEquals(hash, entry.Hash) ? entry.Caller : null;
    }

    public bool IsConfigured(string id) => _configured.Exists(entry => entry.Caller!.Name == id);

    /// <summary>The ledger was asked just now. Called by one at a time.</summary>
    /// <param name="rows">Its keys that are in force; null where they are as they were.</param>
    public void Take(IReadOnlyList<ApiKeyRow>? rows)
    {
        Interlocked.Exchange(ref _looked, time.GetTimestamp());
        if (rows is null) return;
        var before = Current.ById;
        // Whoever holds a key that stays keeps what it began with it. The settings win: they were there first.
        var made = rows.Where(row => !IsConfigured(row.Id)).Select(row => before.GetValueOrDefault(row.Id) ?? EntryOf(row.Id, row.Sha256, row.Role, row.Tenant, new CancellationTokenSource()));
        var next = new Keys([.. _configured, .. made]);
        _keys = next;
        foreach (var gone in before.Values.Where(entry => !next.ById.ContainsKey(entry.Caller!.Name))) gone.Revoked?.Cancel();
    }

    private static Entry EntryOf(string id, byte[] hash, string role, string tenant, CancellationTokenSource? revoked) => new(
        hash, new Caller(tenant == ApiKeyRow.AllTenants ? null : tenant, RoleWords.Parse(role)!.Value, id) { Revoked = revoked?.Token ?? CancellationToken.None }, revoked);

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
