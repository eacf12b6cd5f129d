using System.Net;
using WorkflowGateway.Faults.Rig;
using static WorkflowGateway.Faults.Fallback.FallbackConfig;

namespace WorkflowGateway.Faults;

/// <summary>What else there is to falling back than the outcome: who admits, what moves with the run, and who may not be called instead.</summary>
public sealed class FallbackTests
{
    [Fact]
    public async Task A_start_that_the_first_does_not_admit_goes_to_the_next_and_is_refused_only_where_none_admits()
    {
        await using var bench = await Bench.StartAsync(_ => Join(
            [
                Connection("paused", "juo"), Connection("broken", "juo"), Connection("full", "juo", more: ", \"rateLimit\": 0.01"), Connection("second", "interactly"),
                Connection("third", "fortanix"),
            ],
            [
                .. ((string[])["paused", "broken", "full"]).Select(name => Workflow(
                    name, Route("first", name, "juo", "\"fallback\": [ \"second\", \"third\" ], "), Route("second", "second", "interactly", "\"weight\": 0, "), Route("third", "third", "fortanix", "\"weight\": 0, "))),
                Workflow("pause-second", Route("only", "second", "interactly")),
                Workflow("break-broken", Route("only", "broken", "juo")),
            ]));
        await FailAsync(bench, "juo", new Fault { Kind = "status", Status = 429, RetryAfter = "3600" }, "paused", 1);
        await FailAsync(bench, "juo", new Fault { Kind = "status", Status = 503 }, "break-broken", 5);
        (await bench.StartRunAsync("full", "takes-the-place")).VendorRunId.Should().NotBeNull();
        var (juo, interactly) = (bench.Count("start", "juo"), bench.Count("start", "interactly"));

        foreach (var workflow in (string[])["paused", "broken", "full"]) Over(await bench.StartRunAsync(workflow, $"{workflow}-1"), "second", "interactly");

        (bench.Count("start", "juo"), bench.Count("start", "interactly")).Should().Be((juo, interactly + 3));
        // Stored where it was admitted: there was no other attempt.
        bench.Query("SELECT COUNT(*) FROM runs WHERE route='second' AND attempts=1").Should().Be(3);

        await FailAsync(bench, "interactly", new Fault { Kind = "status", Status = 429, RetryAfter = "3600" }, "pause-second", 1);
        Over(await bench.StartRunAsync("paused", "paused-2"), "third", "fortanix");
        var runs = bench.Query("SELECT COUNT(*) FROM runs");
        var refused = await bench.StartRunAsync("pause-second", "refused");
        (refused.Status, refused.Code).Should().Be((HttpStatusCode.TooManyRequests, "rate-limited"));
        bench.Query("SELECT COUNT(*) FROM runs").Should().Be(runs);
    }

    [Fact]
    public async Task A_stand_in_that_is_busy_is_waited_for_like_any_other()
    {
        await using var bench = await Bench.StartAsync(_ => Join(
            [Connection("paused", "juo"), Connection("second", "interactly", more: ", \"concurrency\": 1")],
            [Workflow("w", Route("first", "paused", "juo", "\"fallback\": [ \"second\" ], "), Route("second", "second", "interactly", "\"weight\": 0, "))]));
        await FailAsync(bench, "juo", new Fault { Kind = "status", Status = 429, RetryAfter = "3600" }, "w", 1);

        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => bench.StartRunAsync("w", $"busy-{i}")));

        foreach (var run in runs) Over(run, "second", "interactly");
    }

    public static TheoryData<string> Stores { get; } = [.. Store.Names];

    [Theory, MemberData(nameof(Stores))]
    public async Task A_run_that_moves_takes_its_counts_and_its_place_in_lists_along_and_every_step_is_told(string store)
    {
        await using var bench = await Bench.StartAsync(_ => Pair("juo", "interactly"), store);
        Throttle(bench, "juo");
        var first = await bench.StartRunAsync("w", "moves");
        Over(first, "second", "interactly");

        (await bench.Client.ListRunsAsync("&connection=first")).Should().BeEmpty();
        (await bench.Client.ListRunsAsync("&vendor=juo")).Should().BeEmpty();
        (await bench.Client.ListRunsAsync("&connection=second&vendor=interactly")).Should().ContainSingle();
        bench.Query("SELECT COUNT(*) FROM run_counts WHERE n<>0").Should().Be(1);
        bench.Query("SELECT n FROM run_counts WHERE connection='second' AND vendor='interactly' AND status='running'").Should().Be(1);
        bench.Query("SELECT COUNT(*) FROM run_bodies WHERE kind='start'").Should().Be(0, "what was kept to be sent is gone once it was");
        var told = (await bench.Client.ListEventsAsync()).Select(change => change.GetProperty("data").GetProperty("run")).ToList();
        told.Select(run => $"{run.GetProperty("status").GetString()} {run.GetProperty("statusReason").GetString()} {run.GetProperty("connection").GetString()} {run.GetProperty("route").GetProperty("name").GetString()}")
            .Should().Equal("starting  first first", "starting falling-back second second", "running  second second");
        told.Select(run => run.GetProperty("route").GetProperty("revision").GetString()).Distinct().Should().ContainSingle();
        told[1].GetProperty("error").GetProperty("code").GetString().Should().Be("vendor-throttled");

        var again = await bench.Client.StartAsync("w", "moves");
        (again.Replayed, again.RunId, bench.Starts("moves").Length).Should().Be((true, first.RunId, 2));
        (await bench.Client.CommandAsync(first.RunId!, "pause", new { }, "pause-1")).RunStatus.Should().Be("paused");
        (bench.Count("pause", "interactly"), bench.Count("pause", "juo")).Should().Be((1, 0));
    }

    [Fact]
    public async Task Where_all_were_tried_the_run_fails_retryable_and_the_same_key_begins_anew()
    {
        await using var bench = await Bench.StartAsync(_ => Pair("juo", "interactly"));
        Throttle(bench, "juo");
        Throttle(bench, "interactly", 2);
        var failed = await bench.StartRunAsync("w", "all-tried");
        (failed.RunStatus, failed.ErrorCode, failed.Retryable, bench.Starts("all-tried").Length).Should().Be(("failed", "vendor-throttled", true, 3));
        bench.Starts("all-tried").Select(start => start.Vendor).Should().Equal("juo", "interactly", "interactly");
        bench.Query("SELECT COUNT(*) FROM run_counts WHERE n<>0").Should().Be(1);

        var again = await bench.StartRunAsync("w", "all-tried");
        again.RunId.Should().NotBe(failed.RunId);
        Over(again, "first", "juo");
    }

    [Fact]
    public async Task What_cannot_take_the_start_is_left_out_and_without_any_the_first_is_tried_again()
    {
        await using var bench = await Bench.StartAsync(_ => Join(
            [
                Connection("first", "juo"), Connection("second", "interactly"), Connection("off", "interactly", more: ", \"enabled\": false"), Connection("third", "fortanix"),
                Connection("theirs", "interactly").Replace("\"value\": \"sandbox\"", "\"from\": \"caller\"", StringComparison.Ordinal),
            ],
            [
                Workflow("w", Route("first", "first", "juo", "\"fallback\": [ \"second\" ], "), Route("second", "second", "interactly", "\"weight\": 0, ")),
                Workflow("none", Route("first", "first", "juo", "\"fallback\": [ \"off\", \"when\", \"input\", \"token\" ], "), Route("off", "off", "interactly"),
                    Route("when", "second", "interactly", "\"when\": { \"labels.region\": \"eu\" }, "), Route("input", "third", "fortanix", "\"weight\": 0, ").Replace("${input.key}", "fixed", StringComparison.Ordinal), Route("token", "theirs", "interactly", "\"weight\": 0, ")),
            ]));
        foreach (var (path, body, workflow) in new (string, object, string)[]
        {
            // Whoever names a connection wants that one.
            ("v1/runs", new { workflow = "w", input = new { key = "named" }, connection = "first" }, "named"),
            ("v1/runs", new { workflow = "none", input = new { key = "left-out" } }, "left-out"),
            // Interactly has no dry run.
            ("v1/runs?dryRun=true", new { workflow = "w", input = new { key = "dry" } }, "dry"),
        })
        {
            Throttle(bench, "juo", 2);
            var reply = await bench.Client.PostAsync(path, body);
            await Until.HoldsAsync(async () => (reply = await bench.Client.GetRunAsync(reply.RunId!)).RunStatus != "starting", "it is settled");
            Over(reply, "first", "juo");
            bench.Starts(workflow).Select(start => start.Vendor).Should().Equal("juo", "juo", "juo");
        }

        (bench.Count("start", "interactly"), bench.Count("start", "fortanix")).Should().Be((0, 0));
    }

    [Fact]
    public async Task A_start_that_is_to_be_stopped_is_not_begun_elsewhere()
    {
        // A TLS handshake that nobody answers belongs to connecting: nothing is sent until the deadline.
        using var silent = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var bench = await Bench.StartAsync(_ => Join(
            [Connection("first", "interactly", $"https://{silent.LocalEndpoint}", "4s"), Connection("second", "fortanix")],
            [Workflow("w", Route("first", "first", "interactly", "\"fallback\": [ \"second\" ], "), Route("second", "second", "fortanix", "\"weight\": 0, "))]));
        var starting = await bench.Client.StartAsync("w", "stopped", "respond-async");

        var stop = await bench.Client.CommandAsync(starting.RunId!, "stop", new { }, "stop-1");

        stop.Status.Should().Be(HttpStatusCode.Accepted);
        var run = await bench.StatusAsync(starting.RunId!, "failed");
        (run.ErrorCode, run.Retryable, bench.Count("start", "fortanix")).Should().Be(("vendor-unreachable", true, 0));
    }

    [Fact]
    public async Task A_start_that_waits_for_a_place_elsewhere_is_not_begun_there_once_it_is_to_be_stopped()
    {
        await using var bench = await Bench.StartAsync(_ => Join(
            [Connection("first", "interactly"), Connection("second", "fortanix", more: ", \"rateLimit\": 0.01")],
            [
                Workflow("w", Route("first", "first", "interactly", "\"fallback\": [ \"second\" ], "), Route("second", "second", "fortanix", "\"weight\": 0, ")),
                Workflow("full", Route("second", "second", "fortanix")),
            ]));
        await bench.StartRunAsync("full", "takes-the-place");
        Throttle(bench, "interactly");
        var starting = await bench.Client.StartAsync("w", "waits", "respond-async");
        await Until.HoldsAsync(async () => (await bench.Client.GetRunAsync(starting.RunId!)).Reason == "falling-back", "it waits at the second");

        (await bench.Client.CommandAsync(starting.RunId!, "stop", new { }, "stop-1")).Status.Should().Be(HttpStatusCode.Accepted);
        bench.Advance(TimeSpan.FromMinutes(3));

        (await bench.StatusAsync(starting.RunId!, "failed")).Retryable.Should().BeTrue();
        bench.Starts("waits").Select(start => start.Vendor).Should().Equal("interactly");
    }

    [Fact]
    public async Task An_end_users_token_goes_to_the_vendor_that_asks_for_it_and_to_no_other()
    {
        await using var bench = await Bench.StartAsync(_ => Pair("juo", "interactly").Replace(
            "\"demo.myshopify.com\", \"credential\": { \"value\": \"sandbox\" }", "\"demo.myshopify.com\", \"credential\": { \"from\": \"caller\" }", StringComparison.Ordinal));
        using var http = new HttpClient { BaseAddress = bench.Address };
        http.DefaultRequestHeaders.Add("Vendor-Authorization", "token-of-ada");
        Throttle(bench, "juo");

        using var answer = await http.PostAsync(new Uri("v1/runs", UriKind.Relative), System.Net.Http.Json.JsonContent.Create(new { workflow = "w", input = new { key = "adas" } }));

        var run = System.Text.Json.JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        (await bench.StatusAsync(run.GetProperty("id").GetString()!, "running")).Body.GetProperty("connection").GetString().Should().Be("second");
        bench.Query("SELECT COUNT(*) FROM work WHERE credential IS NOT NULL").Should().Be(0);
        using var stop = await http.PostAsync(new Uri($"v1/runs/{run.GetProperty("id").GetString()}/pause", UriKind.Relative), System.Net.Http.Json.JsonContent.Create(new { }));
        stop.StatusCode.Should().Be(HttpStatusCode.OK);
        var seen = bench.Sandbox!.ReadLedger().Where(entry => entry.Credentials is not null).Select(entry => (entry.Vendor, entry.Operation, Known: entry.Credentials!.Values.Distinct().Single())).ToList();
        var theirs = seen.Where(one => one.Vendor == "interactly").Select(one => one.Known).Distinct().Should().ContainSingle().Subject;
        seen.Where(one => one.Vendor == "juo").Should().ContainSingle().Which.Known.Should().NotBe(theirs);
        theirs.Should().StartWith(Hash("sandbox", theirs.Length));
    }

    private static string Hash(string text, int length) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)))[..length];

    private static string Pair(string first, string second) => Join(
        [Connection("first", first), Connection("second", second)],
        [Workflow("w", Route("first", "first", first, "\"fallback\": [ \"second\" ], "), Route("second", "second", second, "\"weight\": 0, "))]);

    private static void Throttle(Bench bench, string vendor, int count = 1) =>
        bench.Sandbox!.Controls.Add(new Fault { Vendor = vendor, Operation = "start", Kind = "status", Status = 429, RetryAfter = "0", Count = count });

    private static async Task FailAsync(Bench bench, string vendor, Fault fault, string workflow, int times)
    {
        if (times > 0) bench.Sandbox!.Controls.Add(fault with { Vendor = vendor, Operation = "start", Count = times });
        for (var i = 0; i < times; i++) await bench.StartRunAsync(workflow, $"{workflow}-fails-{i}");
    }

    private static void Over(Reply reply, string route, string vendor) =>
        (reply.Body.GetProperty("route").GetProperty("name").GetString(), reply.Body.GetProperty("vendor").GetString()).Should().Be((route, vendor), "{0}", reply.Body);
}
