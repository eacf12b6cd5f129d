using System.Globalization;
using System.Text.Json;

namespace WorkflowGateway.Tests.Events;

/// <summary>What stands between two empty lines.</summary>
internal sealed record SseFrame(string? Id, string? Event, string? Data, string? Retry)
{
    public long Seq => long.Parse(Id!, CultureInfo.InvariantCulture);

    public JsonElement Json => JsonElement.Parse(Data!);
}

/// <summary>Reads server-sent events line by line, those that a parser would not dispatch included.</summary>
internal sealed class SseReader(HttpResponseMessage answer, Stream stream) : IDisposable
{
    // Only so that a broken gateway fails its test and does not hang it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private readonly StreamReader _lines = new(stream);

    public HttpResponseMessage Answer => answer;

    /// <summary>The next; null where the stream has ended well.</summary>
    public async Task<SseFrame?> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        var fields = new Dictionary<string, string>();
        while (await _lines.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.Length == 0) return new SseFrame(fields.GetValueOrDefault("id"), fields.GetValueOrDefault("event"), fields.GetValueOrDefault("data"), fields.GetValueOrDefault("retry"));
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            fields.Add(line[..colon], line[(colon + 2)..]);
        }

        fields.Should().BeEmpty("a stream ends between frames");
        return null;
    }

    /// <summary>The next that has data.</summary>
    public async Task<SseFrame?> NextEventAsync()
    {
        SseFrame? frame;
        while ((frame = await NextAsync()) is { Data: null })
        {
            // A heartbeat, or the first frame.
        }

        return frame;
    }

    public async Task<List<SseFrame>> TakeAsync(int count)
    {
        var frames = new List<SseFrame>();
        while (frames.Count < count && await NextEventAsync() is { } frame) frames.Add(frame);
        frames.Should().HaveCount(count);
        return frames;
    }

    /// <summary>All that comes until it ends.</summary>
    public async Task<List<SseFrame>> ToEndAsync()
    {
        var frames = new List<SseFrame>();
        while (await NextEventAsync() is { } frame) frames.Add(frame);
        return frames;
    }

    public void Dispose()
    {
        _lines.Dispose();
        answer.Dispose();
    }
}
