using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace WorkflowGateway.Tests.Secrets;

/// <summary>
/// With WFG_TRACE_LOG every gateway that any test here builds, whatever that test does with its logs, is read from Trace on for the secrets of the fixtures. Found
/// lines, and how many were read, go to the file of that name.
/// </summary>
internal sealed class WholeSuite : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    /// <summary>What fixtures and tests take for keys, credentials, tokens and bodies.</summary>
    private static readonly CanarySearch Search = new(((string[])
    [
        "_secret-of-", "credential-of-the-account", "canary-4f1c", "token-of-ada-lovelace", "the-first-key", "the-admins-key", "the-payload", "secret-in-the-body", "in-the-query",
    ]).Select(text => new Canary(text, text)));

    private readonly string _path;
    private long _lines, _found, _gateways;

    private WholeSuite(string path) => _path = path;

    [ModuleInitializer]
    internal static void Begin()
    {
        if (Environment.GetEnvironmentVariable("WFG_TRACE_LOG") is not { Length: > 0 } path) return;
        var suite = new WholeSuite(path);
        DiagnosticListener.AllListeners.Subscribe(suite);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            lock (suite) File.AppendAllText(path, $"{suite._gateways} gateways, {suite._lines} lines, {suite._found} found\n");
        };
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.Extensions.Hosting") value.Subscribe(this);
    }

    // Said by every builder of a host right before it builds.
    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key != "HostBuilding" || value.Value is not IHostBuilder builder) return;
        Interlocked.Increment(ref _gateways);
        builder.ConfigureServices(services => services.AddSingleton<ILoggerProvider>(new Reading(this)).PostConfigure<LoggerFilterOptions>(options =>
        {
            options.MinLevel = LogLevel.Trace;
            // Except where the product says so itself.
            foreach (var rule in options.Rules.Where(rule => rule.CategoryName is not ("Microsoft.AspNetCore.Hosting.Diagnostics" or "Microsoft.AspNetCore.Server.Kestrel.BadRequests")).ToList()) options.Rules.Remove(rule);
        }));
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private void Read(string line)
    {
        Interlocked.Increment(ref _lines);
        foreach (var found in Search.In("log", line))
        {
            Interlocked.Increment(ref _found);
            lock (this) File.AppendAllText(_path, found + "\n");
        }
    }

    private sealed class Reading(WholeSuite suite) : ILoggerProvider, ISupportExternalScope
    {
        private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

        private void Tell(string line) => suite.Read(line);

        public ILogger CreateLogger(string categoryName) => new Lines(this, categoryName);

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public void Dispose()
        {
            // Nothing is held.
        }

        private sealed class Lines(Reading reading, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => reading._scopes.Push(state);

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                reading.Tell(Sinks.Line(reading._scopes, logLevel, category, eventId, state, exception, formatter));
        }
    }
}
