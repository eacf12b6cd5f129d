using System.Security.Cryptography;
using System.Text;

namespace WorkflowGateway.Sandbox;

/// <summary>Run ids are drawn and recorded in the ledger; every other id is derived from a run's, so that a replay makes the same ones.</summary>
internal sealed class SandboxIds(int? seed)
{
    private readonly Random _random = seed is { } fixedSeed ? new Random(fixedSeed) : new Random();
    private readonly Lock _lock = new();

    public string NewUuid() => Uuid(Draw(16));

    /// <summary>24 hexadecimal digits as MongoDB makes them.</summary>
    public string NewObjectId() => Convert.ToHexStringLower(Draw(12));

    public bool Happens(double probability)
    {
        lock (_lock) return _random.NextDouble() < probability;
    }

    public static string Uuid(string runId, string purpose) => Uuid(Hash(runId, purpose));

    public static string ObjectId(string runId, string purpose) => Convert.ToHexStringLower(Hash(runId, purpose).AsSpan(0, 12));

    private static byte[] Hash(string runId, string purpose) => SHA256.HashData(Encoding.UTF8.GetBytes($"{runId}/{purpose}"));

    private static string Uuid(byte[] bytes)
    {
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes.AsSpan(0, 16), bigEndian: true).ToString();
    }

    private byte[] Draw(int count)
    {
        var bytes = new byte[count];
        lock (_lock) _random.NextBytes(bytes);
        return bytes;
    }
}
