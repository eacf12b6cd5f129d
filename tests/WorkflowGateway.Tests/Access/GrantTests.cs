using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WorkflowGateway.Runs;
using WorkflowGateway.Tests.Events;

namespace WorkflowGateway.Tests.Access;

/// <summary>Keys that are for some workflows, or for some operations, only.</summary>
public sealed class GrantTests(KeyedGateway gateway) : IClassFixture<KeyedGateway>
{
    public static TheoryData<string> Stores => EventRig.Stores;

    [Theory, MemberData(nameof(Stores))]
    public async Task Lists_counts_and_events_are_as_if_runs_of_other_workflows_were_not_there(string store)
    {
        await using var rig = await EventRig.StartAsync(store, null, [.. KeyArgs(3, "part", "a", "w1", "w3"), .. KeyArgs(4, "none", "a", "nothing"), .. KeyArgs(5, "of-all", "*", "w1", "w3")]);
        var runs = new List<RunRow>();
        for (var i = 0; i < 40; i++)
        {
            var run = await rig.StartRunAsync(i % 5 == 4 ? "b" : "a", run => run with
            {
                Workflow = "w" + (1 + (i % 3)),
                Status = i % 2 == 0 ? RunStatus.Waiting : RunStatus.Running,
                Labels = i % 4 < 2 ? new Dictionary<string, string> { ["region"] = "eu" } : RunRow.NoLabels,
                Detail = i % 2 == 0 ? new RunDetail { Interactions = [Sample.Interaction("i", null)] } : run.Detail,
            });
            runs.Add(run);
        }

        bool Sees(RunRow run, string key) => run.Workflow is "w1" or "w3" && (key == "of-all" || run.Tenant == "a");
        foreach (var key in (string[])["part", "of-all"])
        {
            var seen = runs.Where(run => Sees(run, key)).OrderByDescending(run => run.Id.ToString(), StringComparer.Ordinal).ToList();
            (await PagesAsync(rig, key, "/v1/runs?pageSize=3", "runs", "id")).Should().Equal(seen.Select(run => run.Id.ToString()));
            (await PagesAsync(rig, key, "/v1/runs?pageSize=3&status=waiting&status=paused", "runs", "id")).Should().Equal(seen.Where(run => run.Status == RunStatus.Waiting).Select(run => run.Id.ToString()));
            (await PagesAsync(rig, key, "/v1/runs?pageSize=3&label.region=eu", "runs", "id")).Should().Equal(seen.Where(run => run.Labels.Count > 0).Select(run => run.Id.ToString()));
            (await PagesAsync(rig, key, "/v1/runs?pageSize=3&workflow=w3", "runs", "id")).Should().Equal(seen.Where(run => run.Workflow == "w3").Select(run => run.Id.ToString()));
            (await PagesAsync(rig, key, "/v1/runs?pageSize=3&workflow=w2", "runs", "id")).Should().BeEmpty();
            (await PagesAsync(rig, key, "/v1/interactions?pageSize=3", "interactions", "runId")).Should().BeEquivalentTo(seen.Where(run => run.Status == RunStatus.Waiting).Select(run => run.Id.ToString()));
            (await rig.GetAsync("/v1/counts", key)).GetProperty("counts").EnumerateArray().Sum(count => count.GetProperty("count").GetInt64()).Should().Be(seen.Count);
            (await EventsAsync(rig, key)).Should().Equal(runs.Where(run => Sees(run, key)).Select(run => run.Id.ToString()));
            (await rig.GetAsync("/v1/events?after=0&workflow=w2&pageSize=500", key)).GetProperty("events").GetArrayLength().Should().Be(0);
        }

        (await rig.GetAsync("/v1/runs", "none")).GetProperty("runs").GetArrayLength().Should().Be(0);
        (await rig.GetAsync("/v1/events?after=0&pageSize=500", "none")).GetProperty("events").GetArrayLength().Should().Be(0);
        (await rig.GetAsync("/v1/workflows", "part")).GetProperty("workflows").GetArrayLength().Should().Be(0, "w is the only one, and not among them");
        await StreamedAsync(rig, runs);
    }

    [Fact]
    public async Task A_start_outside_is_refused_without_effect_whether_there_is_such_a_workflow_or_not()
    {
        var key = await MakeAsync("a-operator", new { role = "caller", workflows = new[] { "ask" }, operations = new[] { "start", "get" } });
        var sent = gateway.Sandbox.Ledger.Count(entry => entry.Method == "POST");
        foreach (var workflow in (string[])["routed", "no-such-workflow"])
            foreach (var query in (string[])["", "?dryRun=true", "?validateOnly=true"])
                (await AskAsync(key, HttpMethod.Post, "/v1/runs" + query, $$"""{"workflow":"{{workflow}}"}""")).Should().StartWith("403 ").And.Contain($"is not for the workflow '{workflow}'");
        (await gateway.SendAsync("a-viewer", HttpMethod.Get, "/v1/counts")).Body.GetRawText().Should().NotContain("routed");
        gateway.Sandbox.Ledger.Count(entry => entry.Method == "POST").Should().Be(sent);

        var started = await AskAsync(key, HttpMethod.Post, "/v1/runs", """{"workflow":"ask"}""");
        started.Should().StartWith("201 ");
        var run = JsonElement.Parse(started[4..]).Text("id");
        (await AskAsync(key, HttpMethod.Get, "/v1/runs/" + run)).Should().StartWith("200 ");
        (await AskAsync(key, HttpMethod.Post, $"/v1/runs/{run}/stop", "{}")).Should().StartWith("403 ").And.Contain("is not for stop; it is for start, get");
        (await AskAsync(key, HttpMethod.Get, "/v1/runs")).Should().StartWith("403 ").And.Contain("is not for list");
    }

    [Fact]
    public async Task An_idempotency_key_shows_no_run_to_a_key_that_may_not_read_it()
    {
        async Task<string> StartAsync(string key, string labels)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/runs") { Content = new StringContent($$$"""{"workflow":"ask","labels":{"try":"{{{labels}}}"}}""", Encoding.UTF8, "application/json") };
            request.Headers.Authorization = new("Bearer", key);
            request.Headers.Add("Idempotency-Key", "shown-to-nobody");
            using var answer = await gateway.Client.SendAsync(request);
            return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
        }

        var reads = await MakeAsync("a-operator", new { role = "caller", operations = new[] { "start", "get" } });
        (await StartAsync(reads, "one")).Should().StartWith("201 ");

        (await StartAsync(await MakeAsync("a-operator", new { role = "caller", operations = new[] { "start" } }), "two")).Should().StartWith("422 ").And.NotContain("\"run\":");
        (await StartAsync(reads, "two")).Should().StartWith("422 ").And.Contain("\"run\":");
    }

    [Theory]
    [InlineData("""{"role":"viewer"}""", 201, """["keys","get"]""")]
    [InlineData("""{"role":"viewer","operations":["get"]}""", 201, """["get"]""")]
    [InlineData("""{"role":"viewer","operations":[]}""", 201, "[]")]
    [InlineData("""{"role":"viewer","operations":["get","stop"]}""", 403, null)]
    [InlineData("""{"role":"viewer","operations":["gett"]}""", 400, null)]
    [InlineData("""{"role":"viewer","operations":"get"}""", 400, null)]
    [InlineData("""{"role":"viewer","workflows":[7]}""", 400, null)]
    [InlineData("""{"role":"viewer","limits":{"rate":-1}}""", 400, null)]
    [InlineData("""{"role":"viewer","limits":{"rat":1}}""", 400, null)]
    [InlineData("""{"role":"viewer","limits":{"burst":1.5}}""", 400, null)]
    public async Task Nobody_gives_away_more_than_its_key_is_for(string body, int status, string? operations)
    {
        var key = await MakeAsync("a-operator", new { role = "operator", operations = new[] { "keys", "get" } });
        var answer = await AskAsync(key, HttpMethod.Post, "/v1/keys", body);
        answer.Should().StartWith($"{status} ");
        if (operations is not null) JsonElement.Parse(answer[4..]).GetProperty("operations").GetRawText().Should().Be(operations);
    }

    [Theory]
    [InlineData("""{"role":"viewer"}""", 201, """{"rate":50,"concurrency":5}""")]
    [InlineData("""{"role":"viewer","limits":{"rate":20}}""", 201, """{"rate":20,"concurrency":5}""")]
    [InlineData("""{"role":"viewer","limits":{"burst":100,"watchers":7}}""", 201, """{"rate":50,"burst":100,"concurrency":5,"watchers":7}""")]
    [InlineData("""{"role":"viewer","limits":{"rate":0}}""", 403, null)]
    [InlineData("""{"role":"viewer","limits":{"rate":51}}""", 403, null)]
    [InlineData("""{"role":"viewer","limits":{"rate":20,"burst":101}}""", 403, null)]
    [InlineData("""{"role":"viewer","limits":{"concurrency":0}}""", 403, null)]
    [InlineData("""{"role":"viewer","limits":{"concurrency":6}}""", 403, null)]
    [InlineData("""{"role":"viewer","limits":{"rate":0.000000001}}""", 400, null)]
    [InlineData("""{"role":"viewer","limits":{"burst":0}}""", 400, null)]
    public async Task Nobody_gives_away_more_than_its_key_may_ask_for(string body, int status, string? limits)
    {
        var key = await MakeAsync("a-operator", new { role = "operator", limits = new { rate = 50, concurrency = 5 } });
        var answer = await AskAsync(key, HttpMethod.Post, "/v1/keys", body);
        answer.Should().StartWith($"{status} ");
        if (limits is not null) JsonElement.Parse(answer[4..]).GetProperty("limits").GetRawText().Should().Be(limits);
    }

    [Fact]
    public async Task A_key_is_nowhere_in_the_store_but_as_its_hash()
    {
        var key = await MakeAsync("a-operator", new { role = "viewer" });
        (await AskAsync(key, HttpMethod.Get, "/v1/runs")).Should().StartWith("200 ");
        var (id, secret) = (key.Split('_')[1], key.Split('_')[2]);
        var stored = Directory.EnumerateFiles(Path.GetDirectoryName(gateway.LedgerFile)!, "gateway.db*").Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).Select(Read).ToList();
        var text = string.Concat(stored.Select(Encoding.Latin1.GetString));

        text.Should().Contain(id, "it was looked at in the right place").And.Contain(Encoding.Latin1.GetString(SHA256.HashData(Encoding.ASCII.GetBytes(key))));
        foreach (var form in (string[])[secret, Convert.ToHexString(Encoding.ASCII.GetBytes(secret)), Convert.ToHexStringLower(Encoding.ASCII.GetBytes(secret)), .. Base64Forms(secret)])
            text.Should().NotContain(form);

        static byte[] Read(string file)
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }

        // Wherever it begins in what was encoded.
        static IEnumerable<string> Base64Forms(string secret) => Enumerable.Range(0, 3).Select(skip => Convert.ToBase64String(Encoding.ASCII.GetBytes(secret[skip..(skip + 30)])));
    }

    private static async Task StreamedAsync(EventRig rig, List<RunRow> runs)
    {
        var cursor = (await rig.IdsAsync())[19];
        using var stream = await rig.OpenAsync(key: "part", lastEventId: cursor.ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (var run in runs.Skip(20).Where(run => run.Tenant == "a" && run.Workflow != "w2"))
            (await stream.NextEventAsync())!.Data.Should().Contain(run.Id.ToString());
        await rig.ChangeAsync(runs[1], runs[1].Status);
        await rig.ChangeAsync(runs[0], runs[0].Status);
        (runs[0].Workflow, runs[1].Workflow).Should().Be(("w1", "w2"));
        (await stream.NextEventAsync())!.Data.Should().Contain(runs[0].Id.ToString(), "the change of a run of w2 came before");
    }

    private static async Task<List<string>> PagesAsync(EventRig rig, string key, string path, string list, string id)
    {
        var found = new List<string>();
        for (string? token = ""; token is not null;)
        {
            var page = await rig.GetAsync(path + (token.Length == 0 ? "" : "&pageToken=" + token), key);
            found.AddRange(page.GetProperty(list).EnumerateArray().Select(one => one.Text(id)!));
            token = page.Text("nextPageToken");
        }

        return found;
    }

    private static async Task<List<string>> EventsAsync(EventRig rig, string key)
    {
        var (found, after, page) = (new List<string>(), "0", default(JsonElement));
        do
        {
            page = await rig.GetAsync($"/v1/events?pageSize=4&after={after}", key);
            found.AddRange(page.GetProperty("events").EnumerateArray().Select(one => one.Text("subject")!));
            after = page.Text("next")!;
        }
        while (page.GetProperty("events").GetArrayLength() > 0);
        return found;
    }

    private static IEnumerable<string> KeyArgs(int i, string key, string tenant, params string[] workflows)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"wfg_{key}_secret")));
        return [$"--Access:Keys:{i}:Id", key, $"--Access:Keys:{i}:Sha256", hash, $"--Access:Keys:{i}:Role", "viewer", $"--Access:Keys:{i}:Tenant", tenant, .. workflows.SelectMany((name, n) => (string[])[$"--Access:Keys:{i}:Workflows:{n}", name])];
    }

    private async Task<string> MakeAsync(string by, object body)
    {
        var (status, made) = await gateway.SendAsync(by, HttpMethod.Post, "/v1/keys", body);
        status.Should().Be(201);
        return made.Text("key")!;
    }

    private async Task<string> AskAsync(string key, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", key);
        using var answer = await gateway.Client.SendAsync(request);
        return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
    }
}
