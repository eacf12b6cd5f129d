using System.Text.Json;
using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

using Route = WorkflowGateway.Catalog.Route;

namespace WorkflowGateway.Plans;

/// <summary>Judges recorded starts: what each came to before, what it would come to after. Pure.</summary>
internal sealed class StartReplay(PlanSide before, PlanSide after)
{
    // Under which the runs of keys of all tenants are kept, too.
    private const string DefaultTenant = "default";

    private readonly Dictionary<Route, MappingUse> _uses = new(ReferenceEqualityComparer.Instance);

    public Verdict Judge(RecordedStart start)
    {
        if (!TryReadInput(start, out var input))
        {
            // Whatever the input is, nobody starts a workflow that is not there.
            if (!after.Catalog.Workflows.ContainsKey(start.Workflow))
            {
                var gone = Judge(start, TenantsOf(start)[0], null);
                // Where it is there today, it may be refused only for want of the input.
                return before.Catalog.Workflows.ContainsKey(start.Workflow) && gone.Before?.Refusal is not null ? gone with { Before = null } : gone;
            }

            if (start.Revision == before.Catalog.Revision && IsUntouched(start.Workflow)) return new Verdict(start, VerdictKind.Same);
            return CannotTell(start, "input-not-kept", "The input was not kept, or cannot be opened: what is checked of it and what of it is sent is not known.");
        }

        var verdicts = TenantsOf(start).Select(tenant => Judge(start, tenant, input)).ToList();
        return verdicts.All(verdict => (verdict.Kind, verdict.Code, verdict.After?.Route?.Name) == (verdicts[0].Kind, verdicts[0].Code, verdicts[0].After?.Route?.Name))
            ? verdicts[0]
            : CannotTell(start, "caller-not-recorded", "It was recorded before the gateway kept whether its key saw all tenants, which decides where it goes.");
    }

    private Verdict Judge(RecordedStart start, string? tenant, JsonElement? input)
    {
        var token = start.Asked?.VendorToken ?? true;
        var (old, now) = (before.Replay(start, tenant, input, token), after.Replay(start, tenant, input, token));
        if (now.Refusal is { } refusal)
        {
            return new Verdict(start, VerdictKind.WouldFail)
            {
                Before = old,
                After = now,
                Code = refusal.Code,
                Detail = Discretion.WordsOf(refusal, start, input),
            };
        }

        if (now.Connection!.CallerCredential && (start.Asked is null || old.Connection?.Identity != now.Connection.Identity))
            return CannotTell(start, "end-user-credential", "The connection takes the end user's own token, and whether that is good there is not known.");
        var changes = Changes(old, now);
        return new Verdict(start, changes.Count == 0 ? VerdictKind.Same : VerdictKind.Rerouted)
        {
            Before = old,
            After = now,
            Changes = changes,
            LostStandIn = LostStandIn(start, old, now),
            Drops = old.Route is null ? [] : MappingUse.Dropped(Use(old), Use(now), now.Wanted),
            Lacks = old.Route is null ? [] : MappingUse.Lacking(Use(old), Use(now), now.Wanted),
        };
    }

    private MappingUse Use(Outcome outcome)
    {
        if (!_uses.TryGetValue(outcome.Route!, out var use)) _uses[outcome.Route!] = use = MappingUse.Of(outcome.Route!, outcome.Connection!.Adapter);
        return use;
    }

    private static List<string> Changes(Outcome old, Outcome now)
    {
        if (old.Route is null) return ["accepted"];
        var changes = new List<string>();
        if (old.Route.Name != now.Route!.Name) changes.Add("route");
        if (old.Connection!.Name != now.Connection!.Name) changes.Add("connection");
        if (old.Connection.Identity != now.Connection.Identity) changes.Add("account");
        if (!IsSame(old.Request!, now.Request!)) changes.Add("request");
        if (!old.StandIns.Select(AccountOf).SequenceEqual(now.StandIns.Select(AccountOf))) changes.Add("fallback");
        return changes;
    }

    // Who started it was not the first: should the first be as it was then, nobody would.
    private static string? LostStandIn(RecordedStart start, Outcome old, Outcome now) =>
        old.Route is not null && old.Route.Name != start.Route && old.StandIns.FirstOrDefault(plan => plan.Route.Name == start.Route) is { } stoodIn && !now.Reaches(stoodIn.Connection)
            ? start.Route : null;

    private static (string, string, string) AccountOf(PlannedStart plan) => (plan.Route.Name, plan.Connection.Name, plan.Connection.Identity);

    private static bool IsSame(VendorRequest a, VendorRequest b) => a.Method == b.Method && a.Path == b.Path
        && (a.Body, b.Body) switch
        {
            ({ } one, { } other) => JsonElement.DeepEquals(one, other),
            (null, null) => true,
            _ => false,
        };

    /// <summary>Whether nothing that a start of the workflow depends on differs.</summary>
    private bool IsUntouched(string workflow) =>
        before.Catalog.Workflows.TryGetValue(workflow, out var old) && after.Catalog.Workflows.TryGetValue(workflow, out var now)
        && CatalogChanges.Between(old.Written, now.Written).Count == 0
        && old.Routes.Select(route => route.Connection).Distinct().All(name =>
            before.Catalog.Connections[name] is var was && after.Catalog.Connections[name] is var next
            && was.Identity == next.Identity && CatalogChanges.Between(was.Written, next.Written).Count == 0);

    private static bool TryReadInput(RecordedStart start, out JsonElement? input)
    {
        input = start.Input is { } text ? JsonElement.Parse(text) : null;
        return input is not null || start.Asked?.Input == AskedInput.Absent;
    }

    private static string?[] TenantsOf(RecordedStart start) => start.Asked switch
    {
        { AllTenants: true } => [null],
        { } => [start.Tenant],
        null => start.Tenant == DefaultTenant ? [null, start.Tenant] : [start.Tenant],
    };

    private static Verdict CannotTell(RecordedStart start, string code, string detail) => new(start, VerdictKind.CannotTell) { Code = code, Detail = detail };
}
