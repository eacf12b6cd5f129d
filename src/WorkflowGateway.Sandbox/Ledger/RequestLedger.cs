using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkflowGateway.Sandbox;

/// <summary>Every request received, in order. A line is with the operating system before its answer goes out, so it outlives a killed process.</summary>
internal sealed class RequestLedger : IDisposable
{
    private static readonly JsonSerializerOptions Lines = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Bodies are searched by eye and with grep.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<LedgerEntry> _entries = [];
    private readonly Lock _lock = new();
    private readonly FileStream? _file;
    private readonly FileStream? _guard;

    public RequestLedger(string? path)
    {
        if (path is null) return;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        // A second sandbox on the same file fails here. The ledger itself stays readable for others.
        _guard = new FileStream($"{path}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        // No buffer of our own: a write is a write to the operating system.
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        Load(_file);
    }

    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>What comes after that line, at most so many.</summary>
    public IReadOnlyList<LedgerEntry> After(long seq, int limit, Func<LedgerEntry, bool> matches)
    {
        lock (_lock) return [.. _entries.Skip((int)Math.Clamp(seq, 0, _entries.Count)).Where(matches).Take(limit)];
    }

    public void Append(LedgerEntry entry)
    {
        lock (_lock)
        {
            var numbered = entry with { Seq = _entries.Count + 1 };
            if (_file is not null)
            {
                var line = JsonSerializer.SerializeToUtf8Bytes(numbered, Lines);
                Array.Resize(ref line, line.Length + 1);
                line[^1] = (byte)'\n';
                _file.Write(line);
            }

            _entries.Add(numbered);
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _guard?.Dispose();
    }

    private void Load(FileStream file)
    {
        var whole = 0L;
        using var reader = new BinaryReader(file, System.Text.Encoding.UTF8, leaveOpen: true);
        var bytes = reader.ReadBytes((int)file.Length).AsSpan();
        while (bytes[(int)whole..].IndexOf((byte)'\n') is >= 0 and var length)
        {
            _entries.Add(JsonSerializer.Deserialize<LedgerEntry>(bytes.Slice((int)whole, length), Lines)!);
            whole += length + 1;
        }

        // A line cut off by a kill was never answered: it did not happen.
        file.SetLength(whole);
        file.Position = whole;
    }
}
