namespace WorkflowGateway.Catalog;

/// <summary>Holds the configuration in force. Read <see cref="Current"/> once per request.</summary>
internal sealed class LiveCatalog(CatalogSnapshot first)
{
    private CatalogSnapshot _current = first;

    public CatalogSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Puts a newer configuration in force and gives the one before.</summary>
    public CatalogSnapshot Swap(CatalogSnapshot next) => Interlocked.Exchange(ref _current, next);
}
