using System.Data.Common;

namespace WorkflowGateway.Ledger;

/// <summary>A statement of a group, and who is told what came of it: of the rows that it gives, or of how many it affected.</summary>
internal readonly record struct Step(Statement Statement, Action<int>? Affected = null, Action<DbDataReader>? Rows = null);

/// <summary>The writer's connection, with as few round trips as the store allows.</summary>
internal abstract class LedgerSession : IDisposable
{
    /// <summary>Begins a transaction. A store may put it off until there is something to run in it.</summary>
    public abstract void Begin();

    /// <summary>Runs statements in the order given, and tells what came of them.</summary>
    public abstract void Execute(IReadOnlyList<Step> steps);

    /// <summary>Runs the rest of the transaction and commits it, durably.</summary>
    /// <param name="rest">What nobody waits for the outcome of.</param>
    /// <param name="published">Events and counts: from the first of them to the commit no other replica publishes, so that the sequence is the order of commits.</param>
    public abstract void Commit(IReadOnlyList<Statement> rest, IReadOnlyList<Statement> published);

    public abstract void RollBack();

    /// <summary>Whether it can never be used again.</summary>
    public abstract bool IsBroken { get; }

    /// <summary>
    /// After a transaction failed on this session: whether it was committed all the same. Asks until the store knows.
    /// </summary>
    /// <param name="failure">How it failed.</param>
    /// <returns>Null where the store does not say within the patience.</returns>
    public abstract bool? WasCommitted(Exception failure);

    public abstract void Dispose();
}
