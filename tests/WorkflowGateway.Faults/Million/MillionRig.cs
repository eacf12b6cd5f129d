using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Faults.Million;

/// <summary>A gateway over a real SQLite file full of open runs, half at a vendor that lists and half at one that does not.</summary>
internal sealed class MillionRig : IAsyncDisposable
{
    public const int Rate = 100;

    private readonly string _folder = Directory.CreateTempSubdirectory("wfg-million-").FullName;
    private WebApplication? _app;

    private MillionRig(int runs) => (Runs, Listing, Single) = (runs / 2, new MemoryVendor("listing", true, runs / 2), new MemoryVendor("single", false, runs / 2));

    /// <summary>At each of the two.</summary>
    public int Runs { get; }

    public MemoryVendor Listing { get; }

    public MemoryVendor Single { get; }

    public LedgerWriter Writer => _app!.Services.GetRequiredService<LedgerWriter>();

    public LedgerReader Reader => _app!.Services.GetRequiredService<LedgerReader>();

    private string File => Path.Combine(_folder, "gateway.db");

    public static async Task<MillionRig> FillAsync(int runs)
    {
        var rig = new MillionRig(runs);
        await System.IO.File.WriteAllTextAsync(Path.Combine(rig._folder, "gateway.json"), $$"""
            { "connections": { {{Connection("listing")}}, {{Connection("single")}} },
              "workflows": { "w": { "routes": [ { "name": "r", "connection": "single", "target": {} } ] } } }
            """);
        await using (var empty = await rig.BuildAsync())
        {
            var connections = empty.Services.GetRequiredService<LiveCatalog>().Current.Connections;
            rig.Fill(connections.Values.Select(connection => (connection.Name, connection.Identity)));
        }

        rig._app = await rig.BuildAsync();
        return rig;
    }

    public Task StartAsync() => _app!.StartAsync();

    public long Count(string sql, params (string Name, object Value)[] parameters)
    {
        using var db = Open();
        using var command = db.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>How SQLite would run a statement of the gateway's.</summary>
    public string Plan(Statement statement)
    {
        using var db = Open();
        using var command = db.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + _app!.Services.GetRequiredService<Dialect>().Translate(statement.Sql);
        foreach (var name in System.Text.RegularExpressions.Regex.Matches(statement.Sql, "@[a-z_]+").Select(match => match.Value).Distinct()) command.Parameters.AddWithValue(name, 1);
        using var rows = command.ExecuteReader();
        var plan = new List<string>();
        while (rows.Read()) plan.Add(rows.GetString(3));
        return string.Join('\n', plan);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static string Connection(string name) => $$"""
        "{{name}}": { "adapter": "{{name}}", "baseUrl": "http://localhost/", "credential": { "value": "none" }, "rateLimit": {{Rate}}, "concurrency": 64, "poll": { "min": "1s", "max": "15m" } }
        """;

    private Task<WebApplication> BuildAsync() => GatewayHost.BuildAsync(
        [
            "--environment", "Development", "--urls", "http://127.0.0.1:0", "--Sandbox:Enabled=false",
            "--Gateway:ConfigPath", Path.Combine(_folder, "gateway.json"), "--Storage:Path", File,
        ],
        builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<IVendorAdapter>(Listing).AddSingleton<IVendorAdapter>(Single);
        });

    // A day old, quiet for long, read last within the longest interval; all of them due. Every hundredth is due in the first lane.
    private void Fill(IEnumerable<(string Name, string Identity)> connections)
    {
        using var db = Open();
        using var transaction = db.BeginTransaction();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var ((name, identity), number) in connections.Select((connection, number) => (connection, number)))
        {
            using var runs = db.CreateCommand();
            runs.CommandText = """
                WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < @runs - 1)
                INSERT INTO runs(tenant, id, workflow, status, native_status, vendor, connection, connection_identity, vendor_run_id, attempt, attempts, version, route, revision, detail, updated_at, observed_at)
                SELECT 'default', unhex(printf('%012x7%03x8%015x', @now - 86400000 + i, @number, i)), 'w', 'running', 'running', @name, @name, @identity,
                    printf('%09d', i), unhex(printf('%032x', i)), 1, 2, 'r', 'sha256:0', @detail, @now - 86400000, @now - 900000 FROM n;
                INSERT INTO work(run_id, tenant, connection, kind, lane, due_at, fence, quiet)
                SELECT id, tenant, connection, 'poll', CASE WHEN CAST(vendor_run_id AS INTEGER) % 100 = 0 THEN 0 ELSE 1 END, @now - 900000 + CAST(vendor_run_id AS INTEGER) % 900000, 1, 20
                FROM runs WHERE connection = @name;
                """;
            foreach (var (parameter, value) in ((string, object)[])[("@runs", Runs), ("@now", now), ("@number", number), ("@name", name), ("@identity", identity), ("@detail", RunColumns.DetailText(new RunDetail()))])
                runs.Parameters.AddWithValue(parameter, value);
            runs.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private SqliteConnection Open()
    {
        var db = new SqliteConnection($"Data Source={File};Pooling=False");
        db.Open();
        return db;
    }
}
