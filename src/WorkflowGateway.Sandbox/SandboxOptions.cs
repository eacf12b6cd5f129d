
namespace WorkflowGateway.Sandbox;

public sealed record SandboxOptions
{
    /// <summary>Where to listen; port 0 takes a free one. It answers anybody, so leave it on loopback.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:0";

    /// <summary>The file of every request received, from which the state is rebuilt; null keeps it in memory only.</summary>
    public string? LedgerPath { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes run ids and faults with a probability repeatable; null draws anew each time.</summary>
    public int? Seed { get; init; }

    /// <summary>Where warnings of the web server go; null is nowhere, since faults on purpose look like errors to it.</summary>
    public ILoggerFactory? Loggers { get; init; }
}
