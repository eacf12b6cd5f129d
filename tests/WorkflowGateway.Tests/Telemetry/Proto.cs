using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace WorkflowGateway.Tests.Telemetry;

/// <summary>A protobuf message, read by the numbers of its fields: what OTLP's definitions call resource_spans is 1 here too.</summary>
internal sealed class Proto
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public Proto(ReadOnlyMemory<byte> message)
    {
        for (var rest = message; rest.Length > 0;)
        {
            var key = Varint(ref rest);
            var field = (int)(key >> 3);
            switch (key & 7)
            {
                case 0: _fields.Add((field, Varint(ref rest), default)); break;
                case 1: _fields.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref rest, 8).Span), default)); break;
                case 2: _fields.Add((field, 0, Take(ref rest, (int)Varint(ref rest)))); break;
                case 5: _fields.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref rest, 4).Span), default)); break;
                default: throw new InvalidDataException($"Field {field} has the wire type {key & 7}.");
            }
        }
    }

    public IEnumerable<Proto> All(int field) => _fields.Where(one => one.Field == field).Select(one => new Proto(one.Bytes));

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Span);

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field).Span);

    public ulong Number(int field) => _fields.LastOrDefault(one => one.Field == field).Number;

    public bool Has(int field) => _fields.Exists(one => one.Field == field);

    /// <summary>A list of KeyValue.</summary>
    public Dictionary<string, string> Attributes(int field) => All(field).ToDictionary(pair => pair.Text(1), pair => pair.All(2).Select(Value).FirstOrDefault() ?? "");

    // AnyValue.
    private static string Value(Proto any) => any.Has(1) ? any.Text(1)
        : any.Has(3) ? ((long)any.Number(3)).ToString(CultureInfo.InvariantCulture)
        : any.Has(2) ? (any.Number(2) != 0 ? "true" : "false")
        : any.Has(4) ? BitConverter.UInt64BitsToDouble(any.Number(4)).ToString(CultureInfo.InvariantCulture) : "?";

    private ReadOnlyMemory<byte> Bytes(int field) => _fields.LastOrDefault(one => one.Field == field).Bytes;

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> rest, int count)
    {
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> rest)
    {
        for (var (value, shift) = (0UL, 0); ; shift += 7)
        {
            var one = Take(ref rest, 1).Span[0];
            value |= (ulong)(one & 0x7f) << shift;
            if (one < 0x80) return value;
        }
    }
}
