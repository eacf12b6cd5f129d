using Microsoft.Extensions.Logging.Console;

namespace WorkflowGateway.Telemetry;

/// <summary>How the console's log is written: a JSON object a line for programs, or text for people.</summary>
internal static class ConsoleLogs
{
    private const string Formatter = "Logging:Console:FormatterName";

    public static void AddConsoleLogs(this ILoggingBuilder logging, IConfiguration settings, IHostEnvironment environment)
    {
        // What the settings say wins; in Development somebody reads along.
        if (settings[Formatter] is null && !environment.IsDevelopment()) logging.AddJsonConsole();
        logging.Services.Configure<JsonConsoleFormatterOptions>(options =>
        {
            options.IncludeScopes = true;
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        });
        logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
    }

    /// <summary>Whether the console is read by programs: then nothing else is written there.</summary>
    public static bool AreJson(IConfiguration settings, IHostEnvironment environment) =>
        (settings[Formatter] ?? (environment.IsDevelopment() ? "simple" : ConsoleFormatterNames.Json)).Equals(ConsoleFormatterNames.Json, StringComparison.OrdinalIgnoreCase);
}
