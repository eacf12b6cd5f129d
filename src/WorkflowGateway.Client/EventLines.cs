using System.Text;

namespace WorkflowGateway.Client;

/// <summary>
/// Reads server-sent events. Unlike the parser of the framework it takes over an id only with the empty line that ends its event: one that was cut off in the
/// middle is not taken for one that was read.
/// </summary>
internal sealed class EventLines(Stream stream, TimeProvider time) : IDisposable
{
    /// <summary>The gateway says something every few seconds: after so long without a word it is gone.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(40);

    private readonly StreamReader _lines = new(stream, Encoding.UTF8);

    /// <summary>Where to go on; null before the gateway has said.</summary>
    public string? LastId { get; private set; }

    /// <summary>How long to wait before connecting again; null before the gateway has said.</summary>
    public TimeSpan? Retry { get; private set; }

    /// <summary>The type and the data of the next event; null at the end.</summary>
    /// <exception cref="IOException">The connection was lost, or silent for too long.</exception>
    public async Task<(string Type, string Data)?> ReadAsync(CancellationToken cancellationToken)
    {
        var (type, id, data) = ("message", (string?)null, new StringBuilder());
        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                LastId = id ?? LastId;
                if (data.Length > 0) return (type, data.ToString(0, data.Length - 1));
                (type, id) = ("message", null);
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = colon < 0 ? "" : line[(colon + 1)..] is [' ', .. var rest] ? rest : line[(colon + 1)..];
            switch (colon < 0 ? line : line[..colon])
            {
                case "event": type = value; break;
                case "id": id = value; break;
                case "data": data.Append(value).Append('\n'); break;
                case "retry" when int.TryParse(value, out var milliseconds): Retry = TimeSpan.FromMilliseconds(milliseconds); break;
            }
        }

        return null;
    }

    public void Dispose() => _lines.Dispose();

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(Silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            return await _lines.ReadLineAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The gateway has said nothing for too long.");
        }
    }
}
