using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace WorkflowGateway.Faults.Watch;

/// <summary>Watchers of other people's making (npm eventsource; each event read and checked by npm cloudevents) in one process of Node.</summary>
internal sealed class NodeWatchers : IAsyncDisposable
{
    private readonly Process _node;
    private readonly List<long>[] _ids;
    private readonly List<string> _wrong = [];
    private readonly Task _reading;

    public NodeWatchers(IReadOnlyList<Uri> urls)
    {
        _ids = [.. urls.Select(_ => new List<long>())];
        var start = new ProcessStartInfo("node", ["watch.mjs", .. urls.Select(url => url.AbsoluteUri)])
        {
            WorkingDirectory = Tools,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        _node = Process.Start(start)!;
        _reading = Task.WhenAll(ReadAsync(), ReadErrorsAsync());
    }

    public static string Tools { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../tools"));

    /// <summary>What was not as it should be: events that break a rule, gaps, watchers that gave up, words on standard error.</summary>
    public IReadOnlyList<string> Wrong
    {
        get
        {
            lock (_wrong) return [.. _wrong];
        }
    }

    public IReadOnlyList<long> IdsOf(int watcher)
    {
        lock (_ids[watcher]) return [.. _ids[watcher]];
    }

    public async ValueTask DisposeAsync()
    {
        _node.StandardInput.Close();
        await _node.WaitForExitAsync();
        await _reading;
        _node.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _node.StandardOutput.ReadLineAsync() is { } text)
        {
            var line = JsonElement.Parse(text);
            if (!line.TryGetProperty("id", out var id))
            {
                Note(text);
                continue;
            }

            var ids = _ids[line.GetProperty("watcher").GetInt32()];
            lock (ids) ids.Add(long.Parse(id.GetString()!, CultureInfo.InvariantCulture));
        }
    }

    private async Task ReadErrorsAsync()
    {
        while (await _node.StandardError.ReadLineAsync() is { } line) Note(line);
    }

    private void Note(string text)
    {
        lock (_wrong) _wrong.Add(text);
    }
}
