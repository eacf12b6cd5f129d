using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace WorkflowGateway.Runs;

/// <summary>Generated serializers of what callers read most.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RunView))]
internal sealed partial class RunViewJson : JsonSerializerContext
{
    // The encoder sits on the writer: set on the options it would switch the generated fast path off.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? writer;

    public static byte[] Bytes<T>(T value, JsonTypeInfo<T> type) => Written(value, type).ToArray();

    public static string Text<T>(T value, JsonTypeInfo<T> type) => Encoding.UTF8.GetString(Written(value, type));

    // Good until the next call on this thread.
    private static ReadOnlySpan<byte> Written<T>(T value, JsonTypeInfo<T> type)
    {
        buffer ??= new ArrayBufferWriter<byte>(4096);
        buffer.ResetWrittenCount();
        writer ??= new Utf8JsonWriter(buffer, Readable);
        writer.Reset(buffer);
        JsonSerializer.Serialize(writer, value, type);
        writer.Flush();
        var written = buffer.WrittenSpan;
        if (buffer.Capacity > 1 << 20) buffer = null;
        return written;
    }
}
