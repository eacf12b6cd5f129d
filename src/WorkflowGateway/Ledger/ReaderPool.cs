using System.Collections.Concurrent;
using System.Data.Common;

namespace WorkflowGateway.Ledger;

/// <summary>Connections that only read, each with its prepared statements.</summary>
internal sealed class ReaderPool(Dialect dialect, Telemetry.LedgerMetrics? metrics = null) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly ConcurrentBag<Reader> _idle = [];
    private readonly SemaphoreSlim _places = new(dialect.MaxReaders);

    /// <exception cref="StorageUnavailableException">The store could not do it now.</exception>
    public async ValueTask<T> UseAsync<T>(Func<Reader, ValueTask<T>> read)
    {
        if (!await _places.WaitAsync(Patience)) throw new StorageUnavailableException(new TimeoutException("All connections that read are busy."));
        try
        {
            return await ReadAsync(read);
        }
        catch (StorageUnavailableException)
        {
            metrics?.Failed("read");
            throw;
        }
        finally
        {
            _places.Release();
        }
    }

    private async ValueTask<T> ReadAsync<T>(Func<Reader, ValueTask<T>> read)
    {
        while (true)
        {
            var wasIdle = _idle.TryTake(out var reader);
            reader ??= await OpenAsync();
            try
            {
                var result = await read(reader);
                _idle.Add(reader);
                return result;
            }
            catch (Exception exception)
            {
                reader.Dispose();
                if (!dialect.IsUnavailable(exception)) throw;
                // What lay idle may have been cut meanwhile, all of it at once: that says nothing of the store as it is now.
                if (!wasIdle || dialect.SingleProcess) throw new StorageUnavailableException(exception);
                Clear();
            }
        }
    }

    public void Dispose()
    {
        Clear();
        _places.Dispose();
    }

    private void Clear()
    {
        while (_idle.TryTake(out var reader)) reader.Dispose();
    }

    private async ValueTask<Reader> OpenAsync()
    {
        try
        {
            var connection = await dialect.OpenReaderAsync();
            return new Reader(connection, new PreparedStatements(connection, dialect));
        }
        catch (Exception exception) when (exception is DbException || dialect.IsUnavailable(exception))
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
