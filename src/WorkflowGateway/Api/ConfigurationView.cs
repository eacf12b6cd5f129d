using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;
using WorkflowGateway.Sync;

namespace WorkflowGateway.Api;

/// <summary>Connections.</summary>
/// <param name="Connections">By name.</param>
/// <param name="Replicas">The processes that share the store, and every rate limit.</param>
/// <param name="Configuration">Which configuration this process serves.</param>
internal sealed record ConnectionList(IReadOnlyList<ConnectionView> Connections, IReadOnlyList<ReplicaView> Replicas, ConfigurationView Configuration);

/// <summary>Which configuration a process serves, and why it is not what stands in its file.</summary>
/// <param name="Revision">The hash of the configuration that serves.</param>
/// <param name="ReplicasAgree">Whether all replicas serve the same and reach the same accounts by it, as far as this one has heard.</param>
/// <param name="RefusedSince">Since when the file is refused, so that the configuration before serves; null where it is not.</param>
/// <param name="Problems">What is wrong with the file, a hundred at most. Shown to callers of tenant * only; empty for others.</param>
internal sealed record ConfigurationView(string Revision, bool ReplicasAgree, DateTime? RefusedSince, IReadOnlyList<ConfigurationProblemView> Problems)
{
    private const int MostProblems = 100;

    public static ConfigurationView Of(LiveCatalog catalog, Replicas replicas, string? tenant)
    {
        var fault = catalog.Fault;
        var shown = tenant is null ? fault?.Problems.Take(MostProblems).Select(problem => new ConfigurationProblemView(problem.File, problem.Line, problem.Column, problem.Path, problem.Message)) : null;
        return new ConfigurationView(catalog.Current.Revision, replicas.Agree, fault?.Since.UtcDateTime, [.. shown ?? []]);
    }
}

/// <summary>Something wrong in the configuration file.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line, from 1 on.</param>
/// <param name="Column">The column, from 1 on.</param>
/// <param name="Path">Where in the content: a JSON Pointer.</param>
/// <param name="Message">What is wrong and what to write instead. Never a secret.</param>
internal sealed record ConfigurationProblemView(string File, int Line, int Column, string Path, string Message);

/// <summary>A process that serves beside others.</summary>
/// <param name="Id">Its id, as long as it lives.</param>
/// <param name="SeenAt">Its last heartbeat that this process knows of; they come every five seconds.</param>
/// <param name="Revision">The hash of the configuration that it serves.</param>
/// <param name="RefusedSince">Since when its configuration file is refused, so that the one before serves; null where it is not.</param>
/// <param name="Answering">Whether it is the one that answers now, and whose figures the connections show.</param>
internal sealed record ReplicaView(string Id, DateTime SeenAt, string Revision, DateTime? RefusedSince, bool Answering)
{
    public static ReplicaView Of(ReplicaRow replica, string answering) =>
        new(replica.Id, replica.SeenAt.UtcDateTime, replica.Revision, replica.DegradedSince?.UtcDateTime, replica.Id == answering);
}
