using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace WorkflowGateway.Runs;

/// <summary>The gateway's own id of a run: a UUIDv7, whose first 48 bits are when it was made.</summary>
internal readonly record struct RunId(Guid Value) : IComparable<RunId>
{
    private const string Prefix = "run_";

    public DateTimeOffset CreatedAt
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes, bigEndian: true, out _);
            long milliseconds = 0;
            for (var i = 0; i < 6; i++) milliseconds = (milliseconds << 8) | bytes[i];
            return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        }
    }

    public static RunId FromBytes(byte[] bytes) => new(new Guid(bytes, bigEndian: true));

    /// <summary>The smallest id that a run made at this time can have: a bound in time is a bound in ids.</summary>
    public static RunId FirstAt(DateTimeOffset time)
    {
        var bytes = new byte[16];
        var milliseconds = Math.Max(0, time.ToUnixTimeMilliseconds());
        for (var i = 5; i >= 0; i--, milliseconds >>= 8) bytes[i] = (byte)milliseconds;
        return FromBytes(bytes);
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out RunId id)
    {
        id = default;
        if (text is not { Length: 36 } || !text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        if (!Guid.TryParseExact(text.AsSpan(4), "N", out var value)) return false;
        id = new RunId(value);
        return true;
    }

    public byte[] ToBytes() => Value.ToByteArray(bigEndian: true);

    // Byte order, which is also the order of both stores; Guid's own is another.
    public int CompareTo(RunId other) => ToBytes().AsSpan().SequenceCompareTo(other.ToBytes());

    public override string ToString() => Prefix + Value.ToString("N", CultureInfo.InvariantCulture);
}
