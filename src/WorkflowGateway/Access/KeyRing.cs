using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace WorkflowGateway.Access;

/// <summary>The API keys, by id.</summary>
internal sealed class KeyRing(IEnumerable<AccessKey> keys)
{
    private const string Prefix = "wfg_";
    private const int MaxKey = 256;

    // What an unknown id is compared with, so that it takes as long as a wrong secret.
    private static readonly Entry Nobody = new(new byte[SHA256.HashSizeInBytes], null);

    private readonly FrozenDictionary<string, Entry>.AlternateLookup<ReadOnlySpan<char>> _entries = keys.ToFrozenDictionary(
        key => key.Id!,
        key => new Entry(Convert.FromHexString(key.Sha256!), new Caller(key.Tenant == "*" ? null : key.Tenant, RoleWords.Parse(key.Role)!.Value, key.Id!)),
        StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Who has this key, or null.</summary>
    public Caller? Find(ReadOnlySpan<char> key)
    {
        if (key.Length > MaxKey || !key.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var id = key[Prefix.Length..];
        var end = id.IndexOf('_');
        if (end < 0 || !_entries.TryGetValue(id[..end], out var entry)) entry = Nobody;
        Span<byte> text = stackalloc byte[MaxKey * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(key, text)], hash);
        return CryptographicOperations.FixedTimeEquals(hash, entry.Hash) ? entry.Caller : null;
    }

    private sealed record Entry(byte[] Hash, Caller? Caller);
}
