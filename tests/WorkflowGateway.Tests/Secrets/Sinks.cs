using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace WorkflowGateway.Tests.Secrets;

/// <summary>Everything that the process says of itself: each line of the log from Trace on with all that belongs to it, each span, each measurement.</summary>
internal sealed class Sinks : ILoggerProvider, ISupportExternalScope
{
    private readonly ActivityListener _spans;
    private readonly MeterListener _meters = new();
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public Sinks()
    {
        _spans = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            SampleUsingParentId = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Note,
        };
        ActivitySource.AddActivityListener(_spans);
        _meters.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meters.Start();
    }

    public ConcurrentQueue<string> Logs { get; } = new();

    /// <summary>How the console writes.</summary>
    public ConsoleFormatter? Console { get; set; }

    public ConcurrentQueue<string> Written { get; } = new();

    public ConcurrentQueue<string> Spans { get; } = new();

    public ConcurrentDictionary<string, bool> Measured { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Lines(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Measure() => _meters.RecordObservableInstruments();

    public void Dispose()
    {
        _spans.Dispose();
        _meters.Dispose();
    }

    /// <summary>A line of the log with all that belongs to it.</summary>
    public static string Line<TState>(IExternalScopeProvider scopes, LogLevel logLevel, string category, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = new StringBuilder($"{logLevel} {category}[{eventId}] {formatter(state, exception)} {exception}");
        if (state is IEnumerable<KeyValuePair<string, object?>> members) line.Append(string.Join(' ', members.Select(member => $"{member.Key}={member.Value}")));
        scopes.ForEachScope((scope, to) => to.Append(" => ").Append(scope is IEnumerable<KeyValuePair<string, object>> pairs ? string.Join(' ', pairs) : scope), line);
        return line.ToString();
    }

    private void Note(Activity span)
    {
        var text = new StringBuilder($"{span.Source.Name} {span.OperationName} {span.DisplayName} {span.StatusDescription} {span.TraceStateString}");
        foreach (var tag in span.TagObjects) text.Append(CultureInfo.InvariantCulture, $" {tag.Key}={tag.Value}");
        foreach (var (name, value) in span.Baggage) text.Append(CultureInfo.InvariantCulture, $" {name}={value}");
        foreach (var happened in span.Events) text.Append(happened.Name).Append(string.Join(' ', happened.Tags));
        foreach (var link in span.Links) text.Append(string.Join(' ', link.Tags ?? []));
        Spans.Enqueue(text.ToString());
    }

    private void Note<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        Measured.TryAdd($"{instrument.Meter.Name} {instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}", value is not null);

    private sealed class Lines(Sinks sinks, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => sinks._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            sinks.Logs.Enqueue(Line(sinks._scopes, logLevel, category, eventId, state, exception, formatter));
            if (sinks.Console is not { } console) return;
            using var written = new StringWriter(CultureInfo.InvariantCulture);
            console.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), sinks._scopes, written);
            sinks.Written.Enqueue(written.ToString());
        }
    }
}
