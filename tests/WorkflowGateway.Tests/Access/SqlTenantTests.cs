using System.Text;
using System.Text.RegularExpressions;

namespace WorkflowGateway.Tests.Access;

/// <summary>Every SQL text in the sources that touches a table with tenants says which one it means, or stands here with the reason why not.</summary>
public sealed partial class SqlTenantTests
{
    // Work that the gateway does for nobody: queues, leases, retention, the ring of keys, what vendors' ids are bound to.
    private static readonly string[] OfTheGateway =
    [
        "ApiKeyTable.cs SELECT COUNT(*), COUNT(revoked_at) FROM api_keys",
        "ApiKeyTable.cs SELECT * FROM api_keys WHERE revoked_at IS NULL",
        "AuditTable.cs DELETE FROM audit WHERE seq IN (SELECT seq FROM (SELECT seq, at FROM audit O",
        "CommandTable.cs SELECT {CommandColumns} FROM commands WHERE state='sent' LIMIT @limit",
        "LedgerReader.Events.cs SELECT COALESCE(MAX(seq), 0) FROM (SELECT MAX(seq) AS seq FROM even",
        "LedgerReader.Events.cs SELECT COALESCE(MIN(seq), 1) - 1 FROM (SELECT seq FROM events ORDER",
        "WorkTable.cs UPDATE work SET fence=work.fence+1, lane=CASE WHEN r.native_status=@word THEN",
        "WorkTable.cs UPDATE work SET due_at=@now WHERE kind='sent' OR kind='queued' OR kind='recon",
        "VendorEventTable.cs SELECT id FROM runs WHERE connection=@connection AND vendor_run_id=@ve",
        "RetentionTable.cs DELETE FROM events WHERE run_id=@id",
        "RetentionTable.cs DELETE FROM commands WHERE run_id=@id",
        "RetentionTable.cs DELETE FROM idempotency WHERE (tenant, key_hash) IN (SELECT tenant, key_",
        "RetentionTable.cs DELETE FROM orphans WHERE found_at<=@before",
        "RetentionTable.cs SELECT tenant, id, key_hash FROM runs WHERE final_at<=@before AND final_",
        "RetentionTable.cs SELECT tenant, id, key_hash FROM runs WHERE dry_run=1 AND id<@first AND",
        "RetentionTable.cs SELECT MAX(seq) FROM events WHERE run_id=@id",
        "LedgerReader.cs SELECT {RunSelect} FROM {RunSource} WHERE r.id=@id",
        "LedgerReader.Lists.cs SELECT (SELECT MIN(tenant) FROM run_counts), (SELECT MAX(tenant) FRO",
        "LostStart.cs SELECT DISTINCT connection FROM run_counts WHERE vendor=@vendor",
        "LostStart.cs SELECT 1 FROM runs WHERE connection=@connection AND vendor_run_id=@vendor_run",
        "RunDurations.cs SELECT tenant, id, final_at FROM runs WHERE workflow=@workflow AND connect",
        "WebhookTable.cs UPDATE webhooks SET owner=NULL, lease_until=0, fence=fence+1 WHERE owner I",
        "LedgerReader.Webhooks.cs SELECT * FROM webhooks",
        "LedgerReader.Gauges.cs SELECT connection, COUNT(*) FROM orphans GROUP BY connection",
        "LedgerReader.Gauges.cs SELECT (SELECT MIN(cursor) FROM webhooks WHERE enabled=1), (SELECT",
    ];

    // By an id that was taken from a row that was read for the caller before.
    private static readonly string[] OfAFoundRow =
    [
        "ApiKeyTable.cs UPDATE api_keys SET revoked_at=@now WHERE id=@id AND revoked_at IS NULL",
        "CommandTable.cs UPDATE commands SET state='refused' WHERE run_id=@run_id AND state='kept'",
        "CommandTable.cs SELECT {CommandColumns} FROM commands WHERE run_id=@run AND turn=@turn AND",
        "CommandTable.cs SELECT {CommandColumns} FROM commands WHERE run_id=@run AND state IN ('sen",
        "CommandTable.cs SELECT {CommandColumns} FROM commands WHERE run_id=@run AND kind='stop' AN",
        "WebhookTable.cs UPDATE webhooks SET url=@url, description=@description, statuses=@statuses",
        "WebhookTable.cs UPDATE webhooks SET secret=@secret, secret_id=@secret_id, old_secret=@old_",
        "WebhookTable.cs UPDATE webhooks SET cursor=CASE WHEN cursor > @after THEN @after ELSE curs",
        "WebhookTable.cs DELETE FROM webhooks WHERE id=@id",
        "WebhookTable.cs UPDATE webhooks SET owner=@owner, lease_until=@until, fence=fence+1 WHERE",
        "WebhookTable.cs UPDATE webhooks SET lease_until=@until WHERE id=@id AND fence=@fence",
        "WebhookTable.cs UPDATE webhooks SET owner=NULL, lease_until=0, fence=fence+1 WHERE id=@id",
        "WebhookTable.cs UPDATE webhooks SET cursor=@cursor, failures=@failures, rest_until=@rest_u",
        "WebhookTable.cs UPDATE webhooks SET enabled=0, reason='gone', revision=revision+1, updated",
    ];

    // Made of parts that no reading of texts puts together; the matrix and the lists' tests look at what they give.
    private static readonly string[] MadeOfParts =
    [
        "AuditTable.cs SELECT * FROM audit WHERE {string.Join(, driver)} ORDER BY seq DESC LIMIT {M",
        "RunColumns.cs INSERT INTO runs({string.Join(, All)}) VALUES({string.Join(, All.Select(colu",
    ];

    [Fact]
    public void Every_statement_names_the_tenant_or_has_a_reason_not_to()
    {
        var folder = SourceFolder();
        var tables = Directory.EnumerateFiles(Path.Combine(folder, "Ledger"), "*.sql")
            .SelectMany(file => Table().Matches(File.ReadAllText(file))).Where(table => Tenant().IsMatch(table.Groups[2].Value)).Select(table => table.Groups[1].Value)
            // The queue of work is read for the gateway only; where callers see it, it is joined to their runs.
            .Except(["work"]).Distinct().ToList();
        tables.Should().Contain(["runs", "events", "run_labels", "run_bodies", "run_counts", "commands", "idempotency", "webhooks", "api_keys", "audit", "orphans"]);
        var touches = new Regex($@"\b(?:FROM|JOIN|INTO|UPDATE)\s+(?:{string.Join('|', tables)})\b");
        var files = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(file => !Build().IsMatch(file)).ToList();
        var parts = files.SelectMany(file => Parts(File.ReadAllText(file)).Select(part => (File: Path.GetFileName(file), part.Code, part.Text))).ToList();
        var named = parts.Select(part => (Name: Named().Match(part.Code), part.Text, part.Code)).Where(part => part.Name.Success)
            .ToLookup(part => part.Name.Groups[1].Value + part.Name.Groups[2].Value, part => part.Code + " " + part.Text, StringComparer.Ordinal);

        // A text may name its tables by a constant: FROM {RunSource}.
        var constants = parts.Select(part => (Name: Named().Match(part.Code).Groups[1].Value, part.Text)).Where(part => part.Name.Length > 0).ToLookup(part => part.Name, part => part.Text, StringComparer.Ordinal);
        string Filled(string text) => Hole().Replace(text, hole => constants[hole.Groups[1].Value].FirstOrDefault(hole.Value));
        var statements = parts.Where(part => Verb().IsMatch(part.Text) && touches.IsMatch(Filled(part.Text))).ToList();
        statements.Should().HaveCountGreaterThan(80, "they were found");
        var open = statements.Where(part => !Condition().IsMatch(Whole(part.Code + " " + part.Text, named, 3)) && !Insert().IsMatch(part.Text))
            .Select(part => Start(part.File + " " + Space().Replace(part.Text, " ").Trim())).Distinct().ToList();

        open.Order(StringComparer.Ordinal).Should().Equal(OfTheGateway.Concat(OfAFoundRow).Concat(MadeOfParts).Order(StringComparer.Ordinal));
    }

    // How long a comparison takes is not measured: that it is the one that takes as long for any two hashes can be read.
    [Fact]
    public void Hashes_of_keys_are_compared_in_constant_time_and_nowhere_else()
    {
        var files = Directory.EnumerateFiles(SourceFolder(), "*.cs", SearchOption.AllDirectories).Where(file => !Build().IsMatch(file)).ToList();
        var ring = File.ReadAllText(files.Single(file => Path.GetFileName(file) == "KeyRing.cs"));
        ring.Should().Contain("return CryptographicOperations.FixedTimeEquals(hash, entry.Hash) ? entry.Caller : null;").And.NotContain("SequenceEqual");
        files.Where(file => Regex.IsMatch(File.ReadAllText(file), @"\bentry\.Hash\b|\.Sha256\b")).Select(file => Path.GetFileName(file)!).Should().BeEquivalentTo("AccessOptionsValidator.cs", "ApiKeyTable.cs", "KeyRing.cs");
    }

    private static string Start(string statement) => statement.Length > 90 ? statement[..90].TrimEnd() : statement;

    private static string Whole(string text, ILookup<string, string> named, int depth) => depth == 0 ? text
        : text + string.Concat(Name().Matches(text).Select(name => name.Value).Distinct().SelectMany(name => named[name]).Select(part => " " + Whole(part, named, depth - 1)));

    /// <summary>The texts of a source file, those of one C# statement together, each with the code around them.</summary>
    private static IEnumerable<(string Code, string Text)> Parts(string source)
    {
        var (code, text, at) = (new StringBuilder(), new StringBuilder(), 0);
        foreach (Match literal in Literal().Matches(source))
        {
            foreach (var piece in source[at..literal.Index].Split(';') is var pieces ? pieces.Select((piece, i) => (Text: piece, Ends: i < pieces.Length - 1)) : [])
            {
                code.Append(piece.Text);
                if (!piece.Ends) continue;
                yield return (code.ToString(), text.ToString());
                code.Clear();
                text.Clear();
            }

            text.Append(literal.Groups[1].Value).Append(literal.Groups[2].Value);
            at = literal.Index + literal.Length;
        }

        yield return (code.ToString(), text.ToString());
    }

    private static string SourceFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "WorkflowGateway.sln"))) return Path.Combine(folder.FullName, "src", "WorkflowGateway");
        throw new InvalidOperationException("The sources are not here.");
    }

    [GeneratedRegex(@"CREATE TABLE (\w+)\s*\((.*?)\)\s*(?:\{w\})?;", RegexOptions.Singleline)]
    private static partial Regex Table();

    [GeneratedRegex(@"\btenant\b")]
    private static partial Regex Tenant();

    [GeneratedRegex(@"[\\/](?:bin|obj)[\\/]")]
    private static partial Regex Build();

    [GeneratedRegex("""
        \$*\"{3}(.*?)\"{3}|\$?@?"((?:\\.|[^"\\])*)"|//[^\n]*|'(?:\\.|[^\\'])+'
        """, RegexOptions.Singleline)]
    private static partial Regex Literal();

    [GeneratedRegex(@"(?:const|readonly|static|private) string (\w+)\s*(?:\([^)]*\))?\s*=>?|\b(_\w+)\s*=(?![=>])")]
    private static partial Regex Named();

    [GeneratedRegex(@"\{([A-Z]\w+)(?:\([^)]*\))?\}")]
    private static partial Regex Hole();

    [GeneratedRegex(@"\b[A-Z_]\w+\b")]
    private static partial Regex Name();

    [GeneratedRegex("SELECT|INSERT|UPDATE|DELETE")]
    private static partial Regex Verb();

    [GeneratedRegex(@"tenant\s*(?:\|\|\s*'')?\s*=\s*[@\w]")]
    private static partial Regex Condition();

    [GeneratedRegex(@"INSERT INTO \w+\([^)]*tenant")]
    private static partial Regex Insert();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
