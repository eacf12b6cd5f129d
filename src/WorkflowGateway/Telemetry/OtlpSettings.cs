namespace WorkflowGateway.Telemetry;

/// <summary>Which signals go to a collector: by OpenTelemetry's own variables, which may stand wherever settings stand.</summary>
internal sealed record OtlpSettings(bool Traces, bool Metrics, bool Logs)
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>For how long a stop waits for the collector, all signals at once.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    public bool Any => Traces || Metrics || Logs;

    /// <exception cref="SettingsException">An address is none.</exception>
    public static OtlpSettings Of(IConfiguration settings)
    {
        if (bool.TryParse(settings["OTEL_SDK_DISABLED"], out var disabled) && disabled) return new OtlpSettings(false, false, false);
        return new OtlpSettings(IsOn("TRACES"), IsOn("METRICS"), IsOn("LOGS"));

        bool IsOn(string signal)
        {
            // Logs only by the common address: the exporter of logs knows no other.
            var named = signal != "LOGS" && Has($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT");
            return (Has(Endpoint) | named) && settings[$"OTEL_{signal}_EXPORTER"] is null or "" or "otlp" && (Has(Endpoint) || named);
        }

        bool Has(string name)
        {
            if (settings[name] is not { Length: > 0 } text) return false;
            return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                ? true
                : throw new SettingsException($"{name} is '{text}'. Write the address of a collector: http://localhost:4317");
        }
    }
}
