using System.Security.Cryptography;
using System.Text;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>Encrypts what is sensitive at rest (AES-256-GCM), bound to its place: a sealed body moved to another run does not open. Without a master key, bodies are kept as they are.</summary>
internal sealed class Sealer(byte[]? masterKey)
{
    private const byte Plain = 0, SealedV1 = 1;
    private const int NonceLength = 12, TagLength = 16;

    public bool CanSeal => masterKey is not null;

    public byte[] Seal(string text, string tenant, RunId run, string kind)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        if (masterKey is null) return [Plain, .. plain];
        var body = new byte[1 + NonceLength + TagLength + plain.Length];
        body[0] = SealedV1;
        var nonce = body.AsSpan(1, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(masterKey, TagLength);
        aes.Encrypt(nonce, plain, body.AsSpan(1 + NonceLength + TagLength), body.AsSpan(1 + NonceLength, TagLength), Place(tenant, run, kind));
        return body;
    }

    /// <summary>Null where it cannot be opened: another master key, or not its place.</summary>
    public string? Open(byte[] body, string tenant, RunId run, string kind)
    {
        if (body is [Plain, ..]) return Encoding.UTF8.GetString(body.AsSpan(1));
        if (masterKey is null || body.Length < 1 + NonceLength + TagLength) return null;
        var plain = new byte[body.Length - 1 - NonceLength - TagLength];
        using var aes = new AesGcm(masterKey, TagLength);
        try
        {
            aes.Decrypt(body.AsSpan(1, NonceLength), body.AsSpan(1 + NonceLength + TagLength), body.AsSpan(1 + NonceLength, TagLength), plain, Place(tenant, run, kind));
            return Encoding.UTF8.GetString(plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] Place(string tenant, RunId run, string kind) => Encoding.UTF8.GetBytes($"{tenant}\n{run}\n{kind}");
}
