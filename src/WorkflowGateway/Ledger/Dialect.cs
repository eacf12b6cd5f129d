using System.Data.Common;

namespace WorkflowGateway.Ledger;

/// <summary>What differs between the stores. Everything else, every statement included, is shared.</summary>
internal abstract class Dialect : IDisposable
{
    /// <summary>The word in the names of migrations that only this store has.</summary>
    public abstract string Name { get; }

    /// <summary>Whether no other process can be at work on this store: what was in flight at the last stop is then certainly cut off.</summary>
    public abstract bool SingleProcess { get; }

    /// <summary>For people, at start.</summary>
    public abstract string Describe();

    /// <summary>Replaces the tokens of shared SQL.</summary>
    public abstract string Translate(string sql);

    /// <summary>The connection of the one writer, with the means to write groups on it.</summary>
    public abstract LedgerSession OpenSession();

    /// <summary>A plain connection that may write.</summary>
    public abstract DbConnection OpenWriter();

    public abstract ValueTask<DbConnection> OpenReaderAsync();

    /// <summary>Run first in the transaction that migrates: keeps others from doing so at once.</summary>
    public abstract string LockMigrations { get; }

    /// <summary>How many may read at once; the rest waits.</summary>
    public abstract int MaxReaders { get; }

    /// <summary>Whether the store could not do it now, whatever was asked.</summary>
    public abstract bool IsUnavailable(Exception exception);

    /// <summary>
    /// Whether the store may have lost what it was given, and only reading it anew can tell: a sync that failed is never tried again, because
    /// the system may have dropped what it could not write.
    /// </summary>
    public abstract bool IsFatal(Exception exception);

    /// <summary>Whether a unique index refused it.</summary>
    public abstract bool IsUniqueViolation(Exception exception);

    public abstract void Dispose();
}
