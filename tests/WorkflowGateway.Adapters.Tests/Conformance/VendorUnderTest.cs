using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Adapters.Tests.Conformance;

/// <summary>What an adapter gives to be put through the suite. Everything else the suite asks of the adapter itself.</summary>
public sealed record VendorUnderTest
{
    public required IVendorAdapter Adapter { get; init; }

    /// <summary>The base URL of its sandbox vendor.</summary>
    public required Func<SandboxServer, Uri> BaseUrl { get; init; }

    /// <summary>The adapter's own connection members.</summary>
    public string Settings { get; init; } = "{}";

    /// <summary>The target of a run that ends well by itself.</summary>
    public required string Succeeding { get; init; }

    /// <summary>The target of a run that fails by itself.</summary>
    public required string Failing { get; init; }

    /// <summary>The target of a run that goes on until it is stopped.</summary>
    public required string Endless { get; init; }

    /// <summary>The target of a run that comes to wait for somebody; null where no run does.</summary>
    public string? Waiting { get; init; }

    /// <summary>The input of every start.</summary>
    public string Input { get; init; } = "{}";

    /// <summary>What is sent with data, and with a response that needs it.</summary>
    public string Data { get; init; } = "{}";

    /// <summary>Where a run's answer has its status: names joined by dots.</summary>
    public required string StatusField { get; init; }

    /// <summary>Where a run's answer has the run's id.</summary>
    public required string RunIdField { get; init; }

    /// <summary>An id of the right form that no run has.</summary>
    public required string UnknownRunId { get; init; }

    /// <summary>The ways in which the vendor may turn out other than the sandbox guesses.</summary>
    public IReadOnlyList<Guess> Guesses { get; init; } = [];
}

/// <summary>One guess about a vendor turned the other way, and what a connection then says of its credential.</summary>
public sealed record Guess(string Name, Switches Switches, string? CredentialHeader = null);
