using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace WorkflowGateway.Catalog;

/// <summary>Reads config/gateway.json whole: one snapshot, or everything that is wrong.</summary>
internal sealed partial class CatalogReader
{
    public const int MostBytes = 4 * 1024 * 1024;

    /// <summary>What is said at most: nobody mends more at once, and saying it costs.</summary>
    public const int MostProblems = 200;

    // Of a member that is repeated these are judged from the front, and the last.
    private const int MostCopies = 2;

    public static readonly string TooLong = $"It is longer than {MostBytes / 1024 / 1024} MiB, the most that is read. Take out what is not needed.";

    private readonly CatalogContext _context;
    private readonly JsonSource _source;
    private readonly List<CatalogProblem> _problems = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _tenants = new(StringComparer.Ordinal);

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
            var why = Directory.Exists(path) ? "It is a folder. Name the file in it."
                : File.Exists(path) ? "It cannot be read. Give who runs this the right to." : "There is no such file. Set Gateway:ConfigPath, or start in the folder that holds config/gateway.json.";
            throw new CatalogException([new CatalogProblem(path, 1, 1, "", why)]);
        }
    }

    /// <param name="file">The name of the file, for what is said about it.</param>
    /// <param name="utf8">Its content.</param>
    /// <param name="context">What its meaning depends on.</param>
    /// <exception cref="CatalogException">It cannot be used; says everything that is wrong.</exception>
    public static CatalogSnapshot Read(string file, byte[] utf8, CatalogContext context)
    {
        if (utf8.Length > MostBytes) throw new CatalogException([new CatalogProblem(file, 1, 1, "", TooLong)]);
        var source = JsonSource.Parse(file, utf8);
        var reader = new CatalogReader(context, source);
        var snapshot = reader.ReadUntilEnough();
        // Whichever copy of a member stays, it should be right: the others are judged too, but not what would follow from them elsewhere.
        var hidden = Enumerable.Range(0, Math.Min(source.Copies - 1, MostCopies)).SelectMany(copy =>
        {
            var other = new CatalogReader(context, JsonSource.Parse(file, utf8, copy));
            other.ReadUntilEnough();
            return other._problems.Where(problem => source.IsTwice(problem.Path));
        });
        List<CatalogProblem> problems = [.. source.Duplicates, .. reader._problems, .. hidden];
        if (problems.Count == 0) return snapshot!;
        problems = [.. problems.Distinct().OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)];
        if (problems.Count <= MostProblems) throw new CatalogException(problems);
        throw new CatalogException([.. problems.Take(MostProblems), problems[MostProblems] with { Path = "", Message = $"There is more that is wrong than these {MostProblems}. Mend them, and see what is left." }]);
    }

    private CatalogSnapshot? ReadUntilEnough()
    {
        try
        {
            return Read();
        }
        catch (EnoughException)
        {
            return null;
        }
    }

    /// <summary>The snapshot, or null when there are problems. Each part is judged, whatever is wrong with the others.</summary>
    private CatalogSnapshot? Read()
    {
        var file = Part<GatewayFile>(_source.Root, GatewaySchema.FileNode, "");
        var adapters = new Dictionary<string, IVendorAdapter?>(StringComparer.Ordinal);
        var connections = new List<ConnectionConfig>();
        foreach (var (name, element) in file?.Connections ?? [])
        {
            adapters[name] = Adapter(name, element);
            if (element.ValueKind == JsonValueKind.Object && Connection(name, element, adapters[name]) is { } connection) connections.Add(connection);
        }

        // Which of two copies a route means is not known: what it needs of them is judged once there is one.
        foreach (var name in adapters.Keys.Where(name => _source.IsTwice(JsonPointer.Below("/connections", name))).ToList()) adapters[name] = null;
        CheckExclusive(connections, file?.Connections);
        var workflows = (file?.Workflows ?? []).Select(workflow => Workflow(workflow.Key, workflow.Value, file?.Connections is null ? null : adapters)).OfType<Workflow>().ToList();
        CheckTenants(workflows);
        var webhooks = (file?.Webhooks ?? []).Select(webhook => Webhook(webhook.Key, webhook.Value, file?.Workflows?.Keys)).OfType<WebhookConfig>().ToList();
        if (_problems.Count > 0) return null;
        return new CatalogSnapshot
        {
            Revision = Revision(),
            Connections = connections.ToFrozenDictionary(connection => connection.Name, StringComparer.Ordinal),
            Workflows = workflows.ToFrozenDictionary(workflow => workflow.Name, StringComparer.Ordinal),
            Webhooks = webhooks.ToFrozenDictionary(webhook => webhook.Name, StringComparer.Ordinal),
        };
    }

    private string Revision()
    {
        var content = _source.Root.EnumerateObject().Where(member => member.Name != "$schema").ToDictionary(member => member.Name, member => member.Value);
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Bytes(JsonSerializer.SerializeToElement(content))));
    }

    /// <summary>The adapter, or for a misspelled one the one that was meant, so that what only it can say is said in the same round.</summary>
    private IVendorAdapter? Adapter(string name, JsonElement element)
    {
        var at = JsonPointer.Below("/connections", name);
        if (!ConnectionName().IsMatch(name)) Report(at, "A connection's name has small letters, digits and hyphens only, and at most 63 of them.");
        if (element.ValueKind != JsonValueKind.Object) Report(at, "This must be an object.");
        else if (!element.TryGetProperty("adapter", out var written)) Report(at + "/adapter", $"The member 'adapter' is missing. {Suggestion.For("", Known())}");
        else if (written.ValueKind != JsonValueKind.String) Report(at + "/adapter", "This must be a text.");
        else if (Named(written.GetString()!) is { } adapter) return adapter;
        else
        {
            Report(at + "/adapter", $"There is no adapter '{written.GetString()}'. {Suggestion.For(written.GetString()!, Known())}");
            if (Suggestion.Nearest(written.GetString()!, Known()) is { } meant) return Named(meant);
        }

        return null;

        IVendorAdapter? Named(string vendor) => _context.Adapters.FirstOrDefault(adapter => adapter.Info.Vendor == vendor);

        IEnumerable<string> Known() => _context.Adapters.Select(adapter => adapter.Info.Vendor);
    }

    private ConnectionConfig? Connection(string name, JsonElement element, IVendorAdapter? adapter)
    {
        var at = JsonPointer.Below("/connections", name);
        var before = _problems.Count;
        var file = Part<ConnectionFile>(element, adapter is null ? GatewaySchema.AnyConnectionNode : GatewaySchema.ConnectionNode(adapter), at, at + "/adapter");
        if (file?.Tenants is { } tenants) _tenants[name] = tenants;
        var said = _problems.Skip(before).Select(problem => problem.Path).ToHashSet(StringComparer.Ordinal);
        var connection = file is null ? null : new ConnectionReader(_context, name, ReportNew).Read(file, element, adapter);
        return _problems.Count == before && connection is not null ? connection with { Written = Written(element) } : null;

        // An adapter may find what the schema found.
        void ReportNew(string pointer, string message)
        {
            if (!said.Contains(at + pointer)) Report(at + pointer, message);
        }
    }

    private Workflow? Workflow(string name, JsonElement element, Dictionary<string, IVendorAdapter?>? adapters)
    {
        var at = JsonPointer.Below("/workflows", name);
        if (!WorkflowName().IsMatch(name)) Report(at, "A workflow's name has letters, digits, hyphens, dots and underscores only, and at most 100 of them.");
        var file = Part<WorkflowFile>(element, GatewaySchema.WorkflowNode, at);
        return file is null ? null : new WorkflowReader(adapters, (pointer, message) => Report(at + pointer, message)).Read(name, file) with { Written = Written(element) };
    }

    private WebhookConfig? Webhook(string name, JsonElement element, IReadOnlyCollection<string>? workflows)
    {
        var at = JsonPointer.Below("/webhooks", name);
        if (!ConnectionName().IsMatch(name)) Report(at, "A webhook's name has small letters, digits and hyphens only, and at most 63 of them.");
        var file = Part<WebhookFile>(element, GatewaySchema.WebhookNode, at);
        return file is null ? null : new WebhookReader(_context, workflows, (pointer, message) => Report(at + pointer, message)).Read(name, element, file);
    }

    private static Dictionary<string, string> Written(JsonElement element) => element.EnumerateObject()
        .ToDictionary(member => member.Name, member => Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Bytes(member.Value))), StringComparer.Ordinal);

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

    private void CheckTenants(List<Workflow> workflows)
    {
        foreach (var workflow in workflows.Where(workflow => workflow.Tenants is not null))
        {
            foreach (var route in workflow.Routes)
            {
                // An empty list was refused where it stands.
                if (_tenants.TryGetValue(route.Connection, out var tenants) && tenants.Count > 0 && workflow.Tenants!.Count > 0 && !workflow.Tenants.Overlaps(tenants))
                    Report(JsonPointer.Below("/workflows", workflow.Name) + "/tenants", $"None of these tenants may use the connection '{route.Connection}' of route '{route.Name}'. Name one that may.");
            }
        }
    }

    /// <param name="element">What is written.</param>
    /// <param name="schema">What may be written.</param>
    /// <param name="at">Where it stands.</param>
    /// <param name="judged">A member that was judged before, or null.</param>
    private T? Part<T>(JsonElement element, SchemaNode schema, string at, string? judged = null)
        where T : class
    {
        var problems = schema.Check(element, at);
        foreach (var problem in problems.Where(problem => problem.Pointer != judged && !IsMisspelt(problem))) Report(problem.Pointer, problem.Message);
        return Bound<T>(element) ?? Bound<T>(JsonPrune.Without(element, problems.Select(problem => problem.Pointer[at.Length..])));

        // What stands there in another spelling is one mistake, not two.
        bool IsMisspelt(ConfigurationProblem missing) => JsonPointer.LastName(missing.Pointer) is var name && missing.Message.StartsWith($"The member '{name}' is missing.", StringComparison.Ordinal)
            && problems.Any(other => other.Message.EndsWith($"Did you mean '{name}'?", StringComparison.Ordinal) && other.Pointer.LastIndexOf('/') == missing.Pointer.LastIndexOf('/'));
    }

    // A member of the wrong kind was said by the schema, and the others are to be judged without it.
    private static T? Bound<T>(JsonElement element)
        where T : class
    {
        try
        {
            return element.Deserialize<T>(RecordSchema.Binding);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Report(string pointer, string message)
    {
        _problems.Add(_source.Problem(pointer, message));
        if (_problems.Count > MostProblems) throw new EnoughException();
    }

    /// <summary>So much is wrong that nothing further is judged.</summary>
    private sealed class EnoughException : Exception;

    [GeneratedRegex(GatewaySchema.NamePattern, RegexOptions.CultureInvariant)]
    private static partial Regex ConnectionName();

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$", RegexOptions.CultureInvariant)]
    private static partial Regex WorkflowName();
}
