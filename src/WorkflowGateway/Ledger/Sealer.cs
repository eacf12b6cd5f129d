using System.Security.Cryptography;
using System.Text;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>
/// Encrypts what is sensitive at rest (AES-256-GCM), bound to its place: a sealed body moved to another run does not open. Without a master key, bodies are kept as they
/// are. What is sealed names its key, so that there may be several while one takes the place of another.
/// </summary>
internal sealed class Sealer
{
    private const byte Plain = 0, SealedV1 = 1, SealedV2 = 2;
    private const int NonceLength = 12, TagLength = 16;

    // No JSON begins so.
    private const string TextMark = "sealed:";

    private readonly byte[]? _masterKey;
    private readonly List<(byte[] Id, byte[] Key)> _keys;

    /// <param name="masterKey">What everything is sealed under from now on; null for nothing.</param>
    /// <param name="previous">What else opens.</param>
    public Sealer(byte[]? masterKey, params IEnumerable<byte[]> previous)
    {
        _masterKey = masterKey;
        IEnumerable<byte[]> mine = masterKey is null ? [] : [masterKey];
        _keys = [.. mine.Concat(previous).Select(key => (IdOf(key), key))];
    }

    public bool CanSeal => _masterKey is not null;

    /// <summary>The name of the key that seals, in hex; null where there is none. It tells nothing of the key.</summary>
    public string? KeyId => CanSeal ? Convert.ToHexStringLower(_keys[0].Id) : null;

    /// <summary>Whether what is sealed under this key can be opened.</summary>
    public bool Has(string keyId) => _keys.Exists(key => Convert.ToHexStringLower(key.Id) == keyId);

    public byte[] Seal(string text, string tenant, RunId run, string kind)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        if (!CanSeal) return [Plain, .. plain];
        var (id, key) = _keys[0];
        var at = 1 + id.Length;
        var body = new byte[at + NonceLength + TagLength + plain.Length];
        body[0] = SealedV2;
        id.CopyTo(body, 1);
        var nonce = body.AsSpan(at, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(nonce, plain, body.AsSpan(at + NonceLength + TagLength), body.AsSpan(at + NonceLength, TagLength), Place(tenant, run, kind));
        return body;
    }

    /// <summary>Null where it cannot be opened: another master key, or not its place.</summary>
    public string? Open(byte[] body, string tenant, RunId run, string kind) => body switch
    {
        [Plain, ..] => Encoding.UTF8.GetString(body.AsSpan(1)),
        [SealedV1, ..] => _keys.Select(key => Open(body, 1, key.Key, tenant, run, kind)).FirstOrDefault(text => text is not null),
        [SealedV2, var a, var b, var c, var d, ..] => _keys.Where(key => key.Id is [var w, var x, var y, var z] && (a, b, c, d) == (w, x, y, z))
            .Select(key => Open(body, 1 + key.Id.Length, key.Key, tenant, run, kind)).FirstOrDefault(text => text is not null),
        _ => null,
    };

    /// <summary>For a column of text; as it is where there is no key.</summary>
    public string SealText(string text, string tenant, RunId run, string kind) =>
        CanSeal ? TextMark + Convert.ToBase64String(Seal(text, tenant, run, kind)) : text;

    /// <summary>What such a column holds: also what was written before there was a key. Null where it cannot be opened.</summary>
    public string? OpenText(string text, string tenant, RunId run, string kind)
    {
        if (!text.StartsWith(TextMark, StringComparison.Ordinal)) return text;
        var body = new byte[text.Length * 3 / 4];
        return Convert.TryFromBase64Chars(text.AsSpan(TextMark.Length), body, out var length) ? Open(body[..length], tenant, run, kind) : null;
    }

    private static string? Open(byte[] body, int at, byte[] key, string tenant, RunId run, string kind)
    {
        if (body.Length < at + NonceLength + TagLength) return null;
        var plain = new byte[body.Length - at - NonceLength - TagLength];
        using var aes = new AesGcm(key, TagLength);
        try
        {
            aes.Decrypt(body.AsSpan(at, NonceLength), body.AsSpan(at + NonceLength + TagLength), body.AsSpan(at + NonceLength, TagLength), plain, Place(tenant, run, kind));
            return Encoding.UTF8.GetString(plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] IdOf(byte[] key) => SHA256.HashData([.. "workflow-gateway master key"u8, .. key])[..4];

    private static byte[] Place(string tenant, RunId run, string kind) => Encoding.UTF8.GetBytes($"{tenant}\n{run}\n{kind}");
}
