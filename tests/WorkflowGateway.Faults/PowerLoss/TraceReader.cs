using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace WorkflowGateway.Faults.PowerLoss;

/// <summary>Reads what strace wrote (-f -y -xx): one call a line, or two lines where another thread came between.</summary>
internal sealed partial class TraceReader(string ledger)
{
    /// <summary>The calls to trace.</summary>
    public const string Calls = "pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat,rename,sendto,sendmsg";

    // By thread: a sync counts when it comes back.
    private readonly Dictionary<string, DiskEvent.Sync> _syncing = [];

    public IEnumerable<DiskEvent> Read(string trace) => File.ReadLines(trace).Select(ReadLine).OfType<DiskEvent>();

    private DiskEvent? ReadLine(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var (thread, rest) = (line[..space], line[space..].TrimStart());
        if (rest.StartsWith("<... f", StringComparison.Ordinal))
        {
            if (!_syncing.Remove(thread, out var ended)) return null;
            return Succeeded(rest) ? ended : null;
        }

        var open = rest.IndexOf('(', StringComparison.Ordinal);
        if (open < 0) return null;
        return rest[..open] switch
        {
            "pwrite64" when FileOf(rest) is { } file => Written(file, rest),
            "write" when FileOf(rest) is { } file => throw new InvalidOperationException($"{file} was written without a place: {rest[..80]}"),
            "ftruncate" when FileOf(rest) is { } file => new DiskEvent.Truncate(file, long.Parse(NumberAfter(rest, rest.IndexOf(">, ", StringComparison.Ordinal) + 3), CultureInfo.InvariantCulture)),
            "fsync" or "fdatasync" when FileOf(rest) is { } file => Synced(thread, new DiskEvent.Sync(file), rest),
            "unlink" or "unlinkat" when Decoded(rest) is var path && NameOf(Encoding.UTF8.GetString(path)) is { } file => new DiskEvent.Remove(file),
            "sendto" or "sendmsg" when rest.Contains(AnswerStart, StringComparison.Ordinal) => ToldBy(rest),
            _ => null,
        };
    }

    // "HTTP/1.1 20", as strace writes bytes.
    private const string AnswerStart = @"\x48\x54\x54\x50\x2f\x31\x2e\x31\x20\x32\x30";

    // What strace itself answered, the system was never asked.
    private static bool Succeeded(string rest) => rest.Contains("= 0", StringComparison.Ordinal) && !rest.Contains("(INJECTED)", StringComparison.Ordinal);

    private DiskEvent.Sync? Synced(string thread, DiskEvent.Sync sync, string rest)
    {
        if (!rest.EndsWith("<unfinished ...>", StringComparison.Ordinal)) return Succeeded(rest) ? sync : null;
        _syncing[thread] = sync;
        return null;
    }

    private static DiskEvent.Write Written(string file, string rest)
    {
        var data = Decoded(rest);
        var after = rest.LastIndexOf("\", ", StringComparison.Ordinal) + 3;
        var place = rest.IndexOf(", ", after, StringComparison.Ordinal) + 2;
        if (data.Length != int.Parse(NumberAfter(rest, after), CultureInfo.InvariantCulture)) throw new InvalidOperationException("strace cut the data: raise -s.");
        return new DiskEvent.Write(file, long.Parse(NumberAfter(rest, place), CultureInfo.InvariantCulture), data);
    }

    private static DiskEvent.Told? ToldBy(string rest)
    {
        var text = Encoding.UTF8.GetString(Decoded(rest));
        var run = RunPattern().Match(text);
        if (!run.Success) return null;
        var vendor = VendorRunPattern().Match(text);
        return new DiskEvent.Told(run.Value, long.Parse(VersionPattern().Match(text).Groups[1].Value, CultureInfo.InvariantCulture), vendor.Success ? vendor.Groups[1].Value : null);
    }

    // All strings of the call, one after the other: sendmsg may have several. Every byte is written \xNN, so that a quote is a quote.
    private static byte[] Decoded(string rest)
    {
        var bytes = new List<byte>(rest.Length / 4);
        var inside = false;
        for (var i = 0; i < rest.Length; i++)
        {
            if (rest[i] == '"') inside = !inside;
            if (!inside || rest[i] != '\\') continue;
            bytes.Add(byte.Parse(rest.AsSpan(i + 2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            i += 3;
        }

        return [.. bytes];
    }

    private static string NumberAfter(string text, int at)
    {
        var end = at;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        return text[at..end];
    }

    // The descriptor's path stands in < >, its letters as they are or as bytes.
    private string? FileOf(string rest)
    {
        var (from, to) = (rest.IndexOf('<', StringComparison.Ordinal), rest.IndexOf('>', StringComparison.Ordinal));
        if (from < 0 || to < from) return null;
        var path = rest[(from + 1)..to];
        return NameOf(path.StartsWith("\\x", StringComparison.Ordinal) ? Encoding.UTF8.GetString(Decoded($"\"{path}\"")) : path);
    }

    // The shared memory of readers is made anew after a crash; everything else beside the ledger is no ledger.
    private string? NameOf(string path) => path == ledger || path == ledger + "-wal" || path == ledger + "-journal" ? path[ledger.Length..] : null;

    [GeneratedRegex("run_[0-9a-f]{32}")]
    private static partial Regex RunPattern();

    [GeneratedRegex("\"version\":([0-9]+)")]
    private static partial Regex VersionPattern();

    [GeneratedRegex("\"vendorRunId\":\"([^\"]+)\"")]
    private static partial Regex VendorRunPattern();
}
