using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using WorkflowGateway.Catalog;
using WorkflowGateway.Plans;
using WorkflowGateway.Runs;
using WorkflowGateway.Sandbox;
using WorkflowGateway.Testing;
using Xunit.Abstractions;

namespace WorkflowGateway.Tests.Plans;

/// <summary>
/// Whether plans are right: starts are made at a gateway, a plan is made for a changed configuration, and then the same starts are made at a fresh gateway on that
/// configuration. Where they went, what the vendors got and how they were refused is compared with each verdict.
/// </summary>
public sealed class PlanTruthTests(ITestOutputHelper output)
{
    private static readonly int Worlds = Setting("WFG_PLAN_WORLDS", 1);
    private static readonly int Starts = Setting("WFG_PLAN_STARTS", 60);
    private static readonly int Changes = Setting("WFG_PLAN_CHANGES", 3);
    private static readonly int First = Setting("WFG_PLAN_SEED", 0);

    private static readonly bool OnPostgres = Environment.GetEnvironmentVariable("WFG_STORE") == "postgres";

    private readonly SortedDictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly List<string> _wrong = [];

    [Fact]
    public async Task What_a_plan_says_is_what_happens()
    {
        await using var sandbox = await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None);
        for (var seed = First; seed < First + Worlds; seed++)
        {
            await LiveAsync(new PlanWorld(seed), sandbox, seed);
            Say(string.Create(CultureInfo.InvariantCulture, $"worlds up to seed {seed}: {string.Join(", ", _seen.Select(one => $"{one.Value} {one.Key}"))}; {_wrong.Count} wrong"));
        }

        _wrong.Should().BeEmpty();
        foreach (var kind in (string[])["Same", "Rerouted", "WouldFail", "CannotTell"]) _seen.Keys.Should().Contain(key => key.StartsWith(kind, StringComparison.Ordinal), "else nothing is shown of it");
    }

    private async Task LiveAsync(PlanWorld world, SandboxServer sandbox, int seed)
    {
        var before = Usable(world.Configuration);
        await using var recorder = await PlanRig.StartAsync(sandbox, before, OnPostgres ? PostgresServer.Shared.CreateDatabase() : null);
        var made = new List<(PlanStart Start, Fact Fact)>();
        for (var number = 0; made.Count < Starts; number++)
        {
            var start = world.Start(number);
            if (await recorder.MakeAsync(start, null) is { Code: null } fact) made.Add((start, fact));
        }

        for (var change = 0; change < Changes; change++)
        {
            var after = Usable(() => world.Changed(before));
            var verdicts = new Dictionary<RunId, Verdict>();
            var context = recorder.Services.GetRequiredService<CatalogContext>();
            var snapshot = CatalogReader.Read("after.json", Encoding.UTF8.GetBytes(after.ToJsonString()), context);
            var plan = await recorder.Services.GetRequiredService<Planner>().PlanAsync(
                recorder.Catalog, snapshot, new PlanScope(null, TimeSpan.FromHours(24), null), verdict => verdicts.Add(verdict.Start.Id, verdict), CancellationToken.None);

            verdicts.Keys.Should().BeEquivalentTo(made.Select(one => one.Fact.Run));
            await using var switched = await PlanRig.StartAsync(sandbox, after);
            foreach (var (start, was) in made)
            {
                var now = await switched.MakeAsync(start, was.Run);
                Compare(verdicts[was.Run], start, was, now, $"seed {seed}, change {change}, {start}");
            }

            // Over HTTP nothing is read of this machine, and the answer is the same all the same.
            var answer = await recorder.PlanAsync(after);
            answer.ToString().Should().NotContain("secret-wf-value", "a plan tells nothing of what callers sent");
            var told = answer.GetProperty("starts");
            var counts = verdicts.Values.CountBy(verdict => verdict.Kind).ToDictionary();
            foreach (var kind in Enum.GetValues<VerdictKind>())
                told.GetProperty(JsonNamingPolicy.CamelCase.ConvertName(kind.ToString())).GetInt64().Should().Be(counts.GetValueOrDefault(kind), kind.ToString());
            plan.Starts.Total.Should().Be(made.Count);
        }
    }

    private void Compare(Verdict verdict, PlanStart start, Fact was, Fact now, string where)
    {
        var really = now.Code is not null ? VerdictKind.WouldFail
            : (was.Route, was.Connection, was.Account, was.Request) == (now.Route, now.Connection, now.Account, now.Request) ? VerdictKind.Same : VerdictKind.Rerouted;
        var key = verdict.Kind == VerdictKind.CannotTell ? $"CannotTell ({verdict.Code})" : really == VerdictKind.WouldFail ? $"WouldFail ({now.Code})" : really.ToString();
        _seen[key] = _seen.GetValueOrDefault(key) + 1;
        var wrong = verdict.Kind == VerdictKind.CannotTell ? WrongSilence(verdict, start)
            : verdict.Kind != really ? $"it really is {really}"
            : really == VerdictKind.WouldFail ? WrongProblem(verdict, now)
            : verdict.After is { } after ? WrongWay(after, verdict, was, now) : null;
        if (wrong is not null) _wrong.Add($"{where}: said {verdict.Kind} {verdict.Code} {verdict.Detail}, but {wrong}\n was {was}\n now {now}");
    }

    // Who says nothing is never wrong, so it must have a reason.
    private static string? WrongSilence(Verdict verdict, PlanStart start) => verdict.Code switch
    {
        "input-not-kept" => start is { Workflow: "dropped", Input: not null } ? null : "the input was kept",
        "end-user-credential" => start.Token is not null ? null : "no token came with it",
        _ => "there is no such reason",
    };

    private static string? WrongProblem(Verdict verdict, Fact now)
    {
        if (verdict.Code != now.Code) return $"the code is {now.Code}";
        var places = now.Places.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Discretion.Place).Where(place => place != "Idempotency-Key").Distinct().Take(3);
        return verdict.Code != "validation-failed" || places.All(place => verdict.Detail!.Contains(place, StringComparison.Ordinal)) ? null : "it names other places";
    }

    private static string? WrongWay(Outcome after, Verdict verdict, Fact was, Fact now)
    {
        if ((after.Route!.Name, after.Connection!.Name) != (now.Route, now.Connection)) return "it goes elsewhere";
        var request = PlanRig.Plain($"{after.Request!.Method} ", after.Request.Body is { } body ? JsonNode.Parse(body.GetRawText()) : null);
        if (request.Split('\n')[1] != now.Request!.Split('\n')[1]) return $"the request is another than {request}";
        if (!now.Request.Split('\n')[0].EndsWith(after.Request.Path, StringComparison.Ordinal)) return $"the path is another than {after.Request.Path}";
        return verdict.Changes.Contains("account") == (was.Account != now.Account) ? null : "the account says otherwise";
    }

    private static JsonObject Usable(Func<JsonObject> make)
    {
        while (true)
        {
            var file = make();
            try
            {
                CatalogReader.Read("x", Encoding.UTF8.GetBytes(file.ToJsonString()), Tests.Catalog.CatalogFixture.Real with { HasMasterKey = true });
                return file;
            }
            catch (CatalogException)
            {
                // What nobody could load nobody can switch to.
            }
        }
    }

    private void Say(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("WFG_LOG") is { } log) File.AppendAllText(log, line + Environment.NewLine);
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
