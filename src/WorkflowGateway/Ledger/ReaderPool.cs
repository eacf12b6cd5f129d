using System.Collections.Concurrent;
using System.Data.Common;

namespace WorkflowGateway.Ledger;

/// <summary>Connections that only read, each with its prepared statements.</summary>
internal sealed class ReaderPool(Dialect dialect) : IDisposable
{
    private readonly ConcurrentBag<Reader> _idle = [];

    /// <exception cref="StorageUnavailableException">The store could not do it now.</exception>
    public T Use<T>(Func<Reader, T> read)
    {
        if (!_idle.TryTake(out var reader)) reader = Open();
        try
        {
            var result = read(reader);
            _idle.Add(reader);
            return result;
        }
        catch (Exception exception)
        {
            reader.Dispose();
            if (dialect.IsUnavailable(exception)) throw new StorageUnavailableException(exception);
            throw;
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var reader)) reader.Dispose();
    }

    private Reader Open()
    {
        try
        {
            var connection = dialect.OpenReader();
            return new Reader(connection, new PreparedStatements(connection, dialect));
        }
        catch (DbException exception)
        {
            throw new StorageUnavailableException(exception);
        }
    }

    internal sealed record Reader(DbConnection Connection, PreparedStatements Statements) : IDisposable
    {
        public void Dispose()
        {
            Statements.Dispose();
            Connection.Dispose();
        }
    }
}
