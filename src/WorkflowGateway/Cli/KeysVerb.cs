using System.CommandLine;
using System.Data.Common;
using System.Text.Json;
using WorkflowGateway.Access;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Cli;

/// <summary>Makes, lists and revokes API keys: in the store itself, or through a gateway that runs.</summary>
internal static class KeysVerb
{
    /// <summary>Who sits at the machine may do all.</summary>
    private static readonly Caller Operator = new(null, Role.Operator, Audit.AuditRow.Cli);

    private static readonly Option<string?> Url = new("--url")
    {
        Description = $"A gateway that runs, asked in place of the store, with an operator's key in the environment variable {RemoteKeys.KeyVariable}. SQLite needs it while a gateway runs, except to list.",
        HelpName = "http://localhost:8080",
    };

    private static readonly Option<string> RoleOption = new Option<string>("--role") { Description = "What the key may do.", HelpName = "viewer|caller|operator", Required = true }.AcceptOnlyFromAmong([.. RoleWords.All]);
    private static readonly Option<string> Tenant = new("--tenant") { Description = "The tenant whose rows it sees; '*' for all.", HelpName = "name", Required = true };
    private static readonly Option<string?> Name = new("--name") { Description = "For people: who has it, what for.", HelpName = "text" };
    private static readonly Option<string[]> Workflow = new("--workflow") { Description = "A workflow that it is for; may be repeated. Without it: all.", HelpName = "name" };
    private static readonly Option<string[]> Operation = new("--operation") { Description = "An operation that it is for, below its role; may be repeated. Without it: all that the role may.", HelpName = "word" };
    private static readonly Option<double?> Rate = new("--rate") { Description = "Requests per second, over all replicas; 0 is no limit. Without it: as the settings say.", HelpName = "n" };
    private static readonly Argument<string> Id = new("id") { Description = "The key's id: its middle part, as list shows it." };

    public static Command Make()
    {
        var keys = new Command("keys", "Makes, lists and revokes API keys. They are kept in the ledger, each as its hash.");
        keys.Subcommands.Add(Verb.Of("create", "Makes a key and shows it, this once.", CreateAsync, RoleOption, Tenant, Name, Workflow, Operation, Rate, Url));
        keys.Subcommands.Add(Verb.Of("list", "Lists the keys of the ledger, newest first.", ListAsync, Url));
        keys.Subcommands.Add(Verb.Of("revoke", "Revokes a key: within five seconds it opens nothing any more, at any replica.", RevokeAsync, Id, Url));
        return keys;
    }

    private static Task<int> CreateAsync(VerbCall call) => RunAsync(call, async (services, remote) =>
    {
        var asked = new NewKey(call.Parsed.GetRequiredValue(RoleOption), call.Parsed.GetRequiredValue(Tenant), call.Parsed.GetValue(Name))
        {
            Grants = new Grants(call.Parsed.GetValue(Workflow) is { Length: > 0 } workflows ? workflows : null, call.Parsed.GetValue(Operation) is { Length: > 0 } words ? words : null),
            Limits = call.Parsed.GetValue(Rate) is { } rate ? new CallLimits { Rate = rate } : null,
        };
        var made = remote is not null ? await remote.CreateAsync(asked) : await Open(services!).CreateAsync(Operator, asked) is var here ? KeyView.Of(here.Row) with { Key = here.Text } : null;
        if (call.Json) return Print(call, made);
        // The key alone on standard output, for $(…).
        await call.Out.WriteLineAsync(made!.Key);
        await call.Error.WriteLineAsync($"{made.Id}: {made.Role} of {TenantOf(made)}. Keep the key now: it is not shown again. Send it as Authorization: Bearer wfg_…; where it is the first, a gateway that served without keys asks for it within five seconds.");
        return ExitCode.Ok;
    });

    private static Task<int> ListAsync(VerbCall call) => RunAsync(call, async (services, remote) =>
    {
        var keys = remote is not null ? await remote.ListAsync() : await ReadAsync(services!);
        if (call.Json) return Print(call, new { keys });
        await call.Out.WriteLineAsync($"{"ID",-18}{"ROLE",-10}{"TENANT",-18}{"CREATED",-22}{"REVOKED",-22}NAME");
        foreach (var key in keys) await call.Out.WriteLineAsync($"{key.Id,-18}{key.Role,-10}{key.Tenant,-18}{key.CreatedAt,-22:u}{key.RevokedAt?.ToString("u") ?? "-",-22}{key.Name}".TrimEnd());
        return ExitCode.Ok;
    });

    private static Task<int> RevokeAsync(VerbCall call) => RunAsync(call, async (services, remote) =>
    {
        var id = call.Parsed.GetRequiredValue(Id);
        if (remote is not null) await remote.RevokeAsync(id);
        else await Open(services!).RevokeAsync(Operator, id);
        if (call.Json) return Print(call, new { id, revoked = true });
        await call.Out.WriteLineAsync($"{id}: revoked. Within five seconds it opens nothing any more.");
        return ExitCode.Ok;
    });

    private static async Task<int> RunAsync(VerbCall call, Func<ServiceProvider?, RemoteKeys?, Task<int>> run)
    {
        try
        {
            if (call.Parsed.GetValue(Url) is { } url)
            {
                using var remote = new RemoteKeys(url);
                return await run(null, remote);
            }

            // Before the first key is made, settings that ask for one would be wrong.
            await using var services = (call with { Settings = [.. call.Settings, "--Access:Mode=keys"] }).BuildServices();
            return await run(services, null);
        }
        catch (RefusedException refused)
        {
            await call.Error.WriteLineAsync(refused.Message);
            return refused.Code switch { "forbidden" or "unauthenticated" => ExitCode.Forbidden, "storage-unavailable" => ExitCode.Unavailable, _ => ExitCode.BadUsage };
        }
        catch (HttpRequestException exception)
        {
            await call.Error.WriteLineAsync($"{call.Parsed.GetValue(Url)}: {exception.Message}");
            return ExitCode.Unavailable;
        }
    }

    // As a plan does: who only looks takes no lock and migrates nothing.
    private static async Task<List<KeyView>> ReadAsync(ServiceProvider services)
    {
        using var dialect = LedgerToRead.Open(services);
        using var pool = new ReaderPool(dialect);
        await LedgerToRead.CheckAsync(dialect);
        var rows = await new LedgerReader(pool, dialect, services.GetRequiredService<Sealer>(), null).ListApiKeysAsync(null, null, int.MaxValue);
        if (dialect is SqliteDialect { WasDisturbed: true })
            throw new StorageUnavailableException("A gateway began to write the ledger while it was read. Ask again.", new IOException("The ledger changed."));
        return [.. rows.Select(KeyView.Of)];
    }

    private static KeyEditor Open(ServiceProvider services)
    {
        try
        {
            return services.GetRequiredService<KeyEditor>();
        }
        catch (LedgerInUseException inUse)
        {
            throw new SettingsException(
                $"{inUse.Message} A gateway that runs can be asked instead: --url http://localhost:8080, with an operator's key in {RemoteKeys.KeyVariable}.", inUse);
        }
        catch (DbException exception)
        {
            throw Failures.Opening(services.GetRequiredService<Dialect>(), exception);
        }
    }

    private static string TenantOf(KeyView key) => key.Tenant == ApiKeyRow.AllTenants ? "all tenants" : $"tenant {key.Tenant}";

    private static int Print(VerbCall call, object? what)
    {
        call.Out.WriteLine(JsonSerializer.Serialize(what, Readable));
        return ExitCode.Ok;
    }

    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
