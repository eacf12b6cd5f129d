using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Events;

/// <summary>An event of the log with what is worked out once for all who want it. Every channel sends these bytes, so that none can tell another story.</summary>
internal sealed class LoggedEvent(EventRow row)
{
    private const string Source = "/v1/runs";
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // The CloudEvent lies inside the frame: the same bytes, kept once. Two who make them at the same time make them alike.
    private Bytes? _bytes;
    private EventFacets? _facets;

    public EventRow Row => row;

    /// <summary>The cursor: the CloudEvent's id.</summary>
    public string Cursor => row.Seq.ToString(CultureInfo.InvariantCulture);

    /// <summary>The CloudEvent as JSON: an element of the JSON list, the data of the server-sent event, the body of the webhook.</summary>
    public ReadOnlyMemory<byte> CloudEvent => (_bytes ??= Write()).CloudEvent;

    /// <summary>The whole server-sent event.</summary>
    public ReadOnlyMemory<byte> Frame => (_bytes ??= Write()).Frame;

    public EventFacets Facets => _facets ??= EventFacets.Of(row);

    /// <summary>About how much memory it takes.</summary>
    public int Size => (row.Data.Length * 3) + 1024;

    private Bytes Write()
    {
        var buffer = new ArrayBufferWriter<byte>(row.Data.Length + 512);
        // A frame ends at an empty line: JSON that is written without indentation has no line breaks of its own.
        buffer.Write(Encoding.UTF8.GetBytes($"id: {Cursor}\nevent: {row.Type}\ndata: "));
        var begin = buffer.WrittenCount;
        using (var json = new Utf8JsonWriter(buffer, Readable)) Write(json);
        var length = buffer.WrittenCount - begin;
        buffer.Write("\n\n"u8);
        var frame = buffer.WrittenSpan.ToArray();
        return new Bytes(frame, frame.AsMemory(begin, length));
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("specversion"u8, "1.0"u8);
        json.WriteString("id"u8, Cursor);
        json.WriteString("source"u8, Source);
        json.WriteString("type"u8, row.Type);
        json.WriteString("subject"u8, row.RunId.ToString());
        json.WriteString("time"u8, row.At.UtcDateTime);
        json.WriteString("datacontenttype"u8, "application/json"u8);
        json.WritePropertyName("data"u8);
        json.WriteRawValue(row.Data, skipInputValidation: true);
        json.WriteEndObject();
    }

    private sealed record Bytes(ReadOnlyMemory<byte> Frame, ReadOnlyMemory<byte> CloudEvent);
}
