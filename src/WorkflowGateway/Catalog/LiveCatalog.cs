namespace WorkflowGateway.Catalog;

/// <summary>Holds the configuration in force. Read <see cref="Current"/> once per request.</summary>
internal sealed class LiveCatalog(CatalogSnapshot snapshot)
{
    public CatalogSnapshot Current => snapshot;
}
