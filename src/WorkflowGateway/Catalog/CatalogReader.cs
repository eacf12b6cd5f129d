using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace WorkflowGateway.Catalog;

/// <summary>Reads config/gateway.json whole: one snapshot, or everything that is wrong.</summary>
internal sealed partial class CatalogReader
{
    private readonly CatalogContext _context;
    private readonly JsonSource _source;
    private readonly List<CatalogProblem> _problems = [];

    private CatalogReader(CatalogContext context, JsonSource source)
    {
        _context = context;
        _source = source;
    }

    /// <exception cref="CatalogException">It cannot be used; says everything that is wrong.</exception>
    public static CatalogSnapshot Load(string path, CatalogContext context)
    {
        try
        {
            return Read(path, File.ReadAllBytes(path), context);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var why = File.Exists(path) ? "It cannot be read." : "There is no such file. Set Gateway:ConfigPath, or start in the folder that holds config/gateway.json.";
            throw new CatalogException([new CatalogProblem(path, 1, 1, "", why)]);
        }
    }

    /// <param name="file">The name of the file, for what is said about it.</param>
    /// <param name="utf8">Its content.</param>
    /// <param name="context">What its meaning depends on.</param>
    /// <exception cref="CatalogException">It cannot be used; says everything that is wrong.</exception>
    public static CatalogSnapshot Read(string file, byte[] utf8, CatalogContext context) => new CatalogReader(context, JsonSource.Parse(file, utf8)).Read();

    private CatalogSnapshot Read()
    {
        _problems.AddRange(_source.Duplicates);
        var file = Part<GatewayFile>(_source.Root, GatewaySchema.FileNode, "");
        var adapters = new Dictionary<string, IVendorAdapter?>(StringComparer.Ordinal);
        var connections = new List<ConnectionConfig>();
        foreach (var (name, element) in file?.Connections ?? [])
        {
            adapters[name] = Adapter(name, element);
            if (adapters[name] is { } adapter && Connection(name, element, adapter) is { } connection) connections.Add(connection);
        }

        CheckExclusive(connections, file?.Connections);
        var workflows = (file?.Workflows ?? []).Select(workflow => Workflow(workflow.Key, workflow.Value, adapters)).OfType<Workflow>().ToList();
        CheckTenants(workflows, connections);
        if (_problems.Count > 0)
            throw new CatalogException([.. _problems.DistinctBy(problem => (problem.Path, problem.Message)).OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)]);
        return new CatalogSnapshot
        {
            Revision = Revision(),
            Connections = connections.ToFrozenDictionary(connection => connection.Name, StringComparer.Ordinal),
            Workflows = workflows.ToFrozenDictionary(workflow => workflow.Name, StringComparer.Ordinal),
        };
    }

    private string Revision()
    {
        var content = _source.Root.EnumerateObject().Where(member => member.Name != "$schema").ToDictionary(member => member.Name, member => member.Value);
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Bytes(JsonSerializer.SerializeToElement(content))));
    }

    private IVendorAdapter? Adapter(string name, JsonElement element)
    {
        var at = JsonPointer.Below("/connections", name);
        if (!ConnectionName().IsMatch(name)) Report(at, "A connection's name has small letters, digits and hyphens only, and at most 63 of them.");
        if (element.ValueKind != JsonValueKind.Object) Report(at, "This must be an object.");
        else if (!element.TryGetProperty("adapter", out var written)) Report(at + "/adapter", $"The member 'adapter' is missing. {Suggestion.For("", Known())}");
        else if (written.ValueKind != JsonValueKind.String) Report(at + "/adapter", "This must be a text.");
        else if (_context.Adapters.FirstOrDefault(adapter => adapter.Info.Vendor == written.GetString()) is { } adapter) return adapter;
        else Report(at + "/adapter", $"There is no adapter '{written.GetString()}'. {Suggestion.For(written.GetString()!, Known())}");
        return null;

        IEnumerable<string> Known() => _context.Adapters.Select(adapter => adapter.Info.Vendor);
    }

    private ConnectionConfig? Connection(string name, JsonElement element, IVendorAdapter adapter)
    {
        var at = JsonPointer.Below("/connections", name);
        var before = _problems.Count;
        var file = Part<ConnectionFile>(element, GatewaySchema.ConnectionNode(adapter), at);
        var said = _problems.Skip(before).Select(problem => problem.Path).ToHashSet(StringComparer.Ordinal);
        var connection = file is null ? null : new ConnectionReader(_context, name, ReportNew).Read(file, adapter);
        return _problems.Count == before ? connection : null;

        // An adapter may find what the schema found.
        void ReportNew(string pointer, string message)
        {
            if (!said.Contains(at + pointer)) Report(at + pointer, message);
        }
    }

    private Workflow? Workflow(string name, JsonElement element, Dictionary<string, IVendorAdapter?> adapters)
    {
        var at = JsonPointer.Below("/workflows", name);
        if (!WorkflowName().IsMatch(name)) Report(at, "A workflow's name has letters, digits, hyphens, dots and underscores only, and at most 100 of them.");
        var file = Part<WorkflowFile>(element, GatewaySchema.WorkflowNode, at);
        return file is null ? null : new WorkflowReader(adapters, (pointer, message) => Report(at + pointer, message)).Read(name, file);
    }

    private void CheckExclusive(List<ConnectionConfig> connections, Dictionary<string, JsonElement>? written)
    {
        foreach (var account in connections.GroupBy(Account).Where(account => account.Count() > 1 && account.Any(connection => connection.Exclusive)))
        {
            var first = account.First();
            foreach (var other in account.Skip(1))
                Report(JsonPointer.Below("/connections", other.Name), $"This reaches the same account as '{first.Name}', and one of the two is exclusive: a start that nobody saw could be taken for the other's. Make one connection of them.");
        }

        // Where configuration does not tell the account, another credential may mean another account: the operator knows.
        (string, string?) Account(ConnectionConfig connection) =>
            (connection.Identity, connection.Adapter.AccountOf(connection.Vendor).Length > 0 ? null : written![connection.Name].GetProperty("credential").GetRawText());
    }

    private void CheckTenants(List<Workflow> workflows, List<ConnectionConfig> connections)
    {
        foreach (var workflow in workflows.Where(workflow => workflow.Tenants is not null))
        {
            foreach (var route in workflow.Routes)
            {
                var connection = connections.Find(connection => connection.Name == route.Connection);
                if (connection?.Tenants is { } tenants && !tenants.Overlaps(workflow.Tenants!))
                    Report(JsonPointer.Below("/workflows", workflow.Name) + "/tenants", $"None of these tenants may use the connection '{connection.Name}' of route '{route.Name}'. Name one that may.");
            }
        }
    }

    private T? Part<T>(JsonElement element, SchemaNode schema, string at)
        where T : class
    {
        foreach (var problem in schema.Check(element, at)) Report(problem.Pointer, problem.Message);
        try
        {
            return element.Deserialize<T>(RecordSchema.Binding);
        }
        catch (JsonException)
        {
            // A member of the wrong kind: said above.
            return null;
        }
    }

    private void Report(string pointer, string message) => _problems.Add(_source.Problem(pointer, message));

    [GeneratedRegex(GatewaySchema.NamePattern, RegexOptions.CultureInvariant)]
    private static partial Regex ConnectionName();

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$", RegexOptions.CultureInvariant)]
    private static partial Regex WorkflowName();
}
