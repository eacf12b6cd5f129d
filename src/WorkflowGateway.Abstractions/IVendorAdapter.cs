using System.Text.Json;

namespace WorkflowGateway;

/// <summary>What an adapter project registers: how to check configuration for its vendor and how to make a runner from it.</summary>
public interface IVendorAdapter
{
    /// <summary>The word in a connection's <c>adapter</c> member; equal to <see cref="RunnerInfo.Vendor"/>.</summary>
    RunnerInfo Info { get; }

    /// <summary>How long a call may take, body included, when the connection does not say.</summary>
    TimeSpan DefaultTimeout { get; }

    /// <summary>The members that a route's <c>input</c> may have. Empty where the vendor has no run input.</summary>
    IReadOnlyList<string> InputParts { get; }

    /// <summary>The part that takes the whole input when a route has no <c>input</c>; null where the vendor has no run input.</summary>
    string? DefaultInputPart { get; }

    /// <summary>The record whose public properties are the connection members that only this adapter has. Described in the JSON Schema by <see cref="System.ComponentModel.DescriptionAttribute"/>.</summary>
    Type SettingsType { get; }

    /// <summary>The record whose public properties are the members of a route's target. Only the JSON Schema is made from it.</summary>
    Type TargetType { get; }

    /// <summary>The account at the vendor as far as configuration tells (Juo: the tenant), without secrets; empty where it does not.</summary>
    string AccountOf(VendorConnection connection);

    /// <summary>Everything that is wrong with a connection, all at once.</summary>
    IEnumerable<ConfigurationProblem> CheckConnection(VendorConnection connection);

    /// <summary>Everything that is wrong with a route's target, all at once. A string that begins with <c>${</c> is a placeholder and passes for any value.</summary>
    IEnumerable<ConfigurationProblem> CheckTarget(JsonElement target);

    /// <summary>Makes the runner of a connection that was checked.</summary>
    IWorkflowRunner Connect(VendorConnection connection, TimeProvider time);
}

/// <summary>Something wrong in configuration.</summary>
/// <param name="Pointer">JSON Pointer below the object that was checked: <c>/deployment</c>; empty for the object itself.</param>
/// <param name="Message">What is wrong and what to write instead.</param>
public sealed record ConfigurationProblem(string Pointer, string Message);

/// <summary>Gives the token of a connection. Asked for each call, so that a short-lived token can change.</summary>
public delegate ValueTask<Secret> TokenSource(CancellationToken cancellationToken);

/// <summary>An account at a vendor, as configured.</summary>
public sealed record VendorConnection
{
    /// <summary>Its name in configuration.</summary>
    public required string Name { get; init; }

    /// <summary>Absolute http or https URL below which all calls go. Never a default of the adapter: the hosts in vendors' documents are partly test hosts.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>The connection's own token; null where the credential comes from the caller.</summary>
    public TokenSource? Token { get; init; }

    /// <summary>The header that carries the token; null for the adapter's default.</summary>
    public string? CredentialHeader { get; init; }

    /// <summary>The scheme before the token; null for the adapter's default, empty for none.</summary>
    public string? CredentialScheme { get; init; }

    /// <summary>Extra fixed headers for every call.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Deadline of one call over connect, headers and body.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The most connections to the vendor at once.</summary>
    public int MaxConnections { get; init; } = 16;

    /// <summary>Whether <c>traceparent</c> goes to the vendor.</summary>
    public bool ForwardTrace { get; init; }

    /// <summary>The connection members that only its adapter has: a JSON object.</summary>
    public JsonElement Settings { get; init; }
}
