using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Access;

/// <summary>
/// The form of keys that the gateway makes: <c>wfg_&lt;id&gt;_&lt;secret&gt;_&lt;checksum&gt;</c>. The id sorts by time; the secret is 256 bits, in letters and digits, so that a
/// double click takes the whole key; the checksum tells a typing mistake, and a scanner for leaked secrets what is a key.
/// </summary>
internal static partial class ApiKey
{
    public const string Prefix = "wfg_";
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int SecretLength = 43, SumLength = 6;

    public static string NextId(Ids ids)
    {
        var bytes = ids.NextRun().ToBytes();
        return Convert.ToHexStringLower([.. bytes[..6], .. bytes[^2..]]);
    }

    public static string Make(string id, Ids ids)
    {
        var body = $"{Prefix}{id}_{Base62(new BigInteger(ids.NextSecret(), isUnsigned: true, isBigEndian: true), SecretLength)}";
        return $"{body}_{Checksum(body)}";
    }

    /// <summary>Whether a text is meant to be such a key, and was mistyped or cut off.</summary>
    public static bool IsMistyped(ReadOnlySpan<char> key) => Form().IsMatch(key) && key.LastIndexOf('_') is var end && !key[(end + 1)..].SequenceEqual(Checksum(key[..end]));

    internal static string Checksum(ReadOnlySpan<char> body)
    {
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(body.Length)];
        return Base62(Crc32(bytes[..Encoding.UTF8.GetBytes(body, bytes)]), SumLength);
    }

    private static string Base62(BigInteger number, int length)
    {
        var text = new char[length];
        for (var i = length - 1; i >= 0; i--)
        {
            text[i] = Digits[(int)(number % Digits.Length)];
            number /= Digits.Length;
        }

        return new string(text);
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++) sum = (sum & 1) == 0 ? sum >> 1 : (sum >> 1) ^ 0xEDB88320;
        }

        return ~sum;
    }

    [GeneratedRegex("^wfg_[0-9a-f]{16}_[0-9A-Za-z]{1,60}_[0-9A-Za-z]{1,10}$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
