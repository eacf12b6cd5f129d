using System.Data.Common;

namespace WorkflowGateway.Ledger;

/// <summary>Reads a row's columns one after the other, as they were selected: finding them by name costs more than reading them.</summary>
internal sealed class ColumnReader(DbDataReader row)
{
    private int _next;

    public string Text() => row.GetString(_next++);

    public string? TextOrNull() => row.IsDBNull(_next++) ? null : row.GetString(_next - 1);

    public long Number() => row.GetInt64(_next++);

    public long? NumberOrNull() => row.IsDBNull(_next++) ? null : row.GetInt64(_next - 1);

    public byte[] Bytes() => row.GetFieldValue<byte[]>(_next++);

    public byte[]? BytesOrNull() => row.IsDBNull(_next++) ? null : row.GetFieldValue<byte[]>(_next - 1);
}
