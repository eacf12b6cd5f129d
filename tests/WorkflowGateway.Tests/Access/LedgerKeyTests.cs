using System.Net;
using WorkflowGateway.Access;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;
using WorkflowGateway.Tests.Cli;
using WorkflowGateway.Tests.Events;

namespace WorkflowGateway.Tests.Access;

/// <summary>Keys that are kept in the ledger, through the API of gateways that run.</summary>
public sealed class LedgerKeyTests(KeyedGateway gateway) : IClassFixture<KeyedGateway>
{
    public static TheoryData<string> Stores => EventRig.Stores;

    [Fact]
    public async Task A_key_is_shown_once_opens_what_it_may_and_nothing_once_it_is_revoked()
    {
        var (status, made) = await gateway.SendAsync("a-operator", HttpMethod.Post, "/v1/keys", new { role = "caller", name = "billing" });
        status.Should().Be(201);
        var (id, text) = (made.Text("id")!, made.Text("key")!);
        (made.Text("tenant"), made.Text("role"), made.Text("name")).Should().Be(("a", "caller", "billing"));

        (await AskAsync(text, HttpMethod.Get, "/v1/runs")).Should().Be(200);
        (await AskAsync(text, HttpMethod.Get, "/v1/keys")).Should().Be(403);
        (await AskAsync(text[..^1] + "!", HttpMethod.Get, "/v1/runs")).Should().Be(401);
        (await gateway.SendAsync("a-operator", HttpMethod.Get, "/v1/keys")).Body.GetRawText().Should().Contain(id).And.NotContain(text.Split('_')[2]);
        (await gateway.SendAsync("b-operator", HttpMethod.Get, "/v1/keys")).Body.GetRawText().Should().NotContain(id);
        (await gateway.SendAsync("b-operator", HttpMethod.Delete, "/v1/keys/" + id)).Status.Should().Be(404);
        (await AskAsync(text, HttpMethod.Get, "/v1/runs")).Should().Be(200);

        (await gateway.SendAsync("a-operator", HttpMethod.Delete, "/v1/keys/" + id)).Status.Should().Be(204);
        (await AskAsync(text, HttpMethod.Get, "/v1/runs")).Should().Be(401);
        (await gateway.SendAsync("a-operator", HttpMethod.Delete, "/v1/keys/" + id)).Status.Should().Be(204, "it stays revoked");
        (await gateway.SendAsync("all", HttpMethod.Get, "/v1/keys")).Body.GetProperty("keys").EnumerateArray().Single(key => key.Text("id") == id).Text("revokedAt").Should().NotBeNull();
    }

    [Theory]
    [InlineData("a-operator", "operator", "a", 201)]
    [InlineData("a-operator", "operator", "b", 403)]
    [InlineData("a-operator", "viewer", "*", 403)]
    [InlineData("a-caller", "viewer", "a", 403)]
    [InlineData("all", "operator", "*", 201)]
    [InlineData("all", "viewer", "b", 201)]
    [InlineData("all", "viewer", null, 400)]
    [InlineData("all", "viewr", "b", 400)]
    [InlineData("all", "viewer", "no such name", 400)]
    public async Task Nobody_gives_away_more_than_it_has(string key, string role, string? tenant, int expected) =>
        (await gateway.SendAsync(key, HttpMethod.Post, "/v1/keys", new { role, tenant })).Status.Should().Be(expected);

    [Fact]
    public async Task The_same_request_makes_one_key()
    {
        var once = ("Idempotency-Key", "make-one");
        var first = (await gateway.SendAsync("b-operator", HttpMethod.Post, "/v1/keys", new { role = "viewer" }, once)).Body;
        var (status, again) = await gateway.SendAsync("b-operator", HttpMethod.Post, "/v1/keys", new { role = "viewer" }, once);

        (status, again.Text("id"), again.TryGetProperty("key", out _)).Should().Be((201, first.Text("id"), false), "only its hash is kept");
        (await gateway.SendAsync("b-operator", HttpMethod.Post, "/v1/keys", new { role = "caller" }, once)).Body.Text("code").Should().Be("idempotency-key-reused");
    }

    [Fact]
    public async Task A_key_of_the_settings_is_revoked_in_the_settings()
    {
        var (status, problem) = await gateway.SendAsync("all", HttpMethod.Delete, "/v1/keys/a-viewer");

        (status, problem.Text("detail")).Should().Be((404, "There is no key 'a-viewer' in the ledger. It stands in the settings: take it out of Access:Keys and start the gateway again."));
    }

    // Made and revoked behind the gateways' backs, as another replica or the command line does it.
    [Theory, MemberData(nameof(Stores))]
    public async Task Every_replica_learns_of_a_new_key_and_of_its_end_and_ends_what_it_streams(string store)
    {
        await using var rig = await EventRig.StartAsync(store, new QuickTime(10));
        var replicas = store == "postgres" ? 2 : 1;
        if (replicas > 1) await rig.AddAsync();
        var made = await rig.Get<KeyEditor>().CreateAsync(new Caller(null, Role.Operator, "test"), new NewKey("viewer", "*", null));
        for (var i = 0; i < replicas; i++) await UntilAsync(rig, made.Text!, i, HttpStatusCode.OK);
        using var stream = await rig.OpenAsync(key: made.Text!, gateway: replicas - 1);

        await rig.ExecuteAsync($"UPDATE api_keys SET revoked_at=1 WHERE id='{made.Row.Id}'");

        for (var i = 0; i < replicas; i++) await UntilAsync(rig, made.Text!, i, HttpStatusCode.Unauthorized);
        await stream.ToEndAsync().WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System);
        (await rig.SendAsync("/v1/events", "all", replicas - 1)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task On_PostgreSQL_the_command_line_makes_and_revokes_keys_while_gateways_run()
    {
        await using var rig = await EventRig.StartAsync("postgres", new QuickTime(10));
        await rig.AddAsync();
        var made = await Typed.RunAsync(["keys", "create", "--role", "viewer", "--tenant", "*", .. rig.Storage]);
        made.Code.Should().Be(0, made.Error);
        var key = made.Out.Trim();
        for (var i = 0; i < 2; i++) await UntilAsync(rig, key, i, HttpStatusCode.OK);

        (await Typed.RunAsync(["keys", "revoke", key.Split('_')[1], .. rig.Storage])).Code.Should().Be(0);

        for (var i = 0; i < 2; i++) await UntilAsync(rig, key, i, HttpStatusCode.Unauthorized);
        (await rig.Get<LedgerReader>().ListAuditAsync(new AuditFilter { Actor = "cli" }, null, 10)).Rows.Select(row => row.Action).Should().Equal("revokeKey", "createKey");
    }

    // What it waits for may have been begun by itself: it is not to look as if nothing had been.
    [Fact]
    public async Task Whoever_waits_with_a_key_that_is_revoked_is_told_so()
    {
        await using var rig = await EventRig.StartAsync();
        var (run, caller) = (await rig.StartRunAsync(), new Caller(null, Role.Operator, "test"));
        var made = await rig.Get<KeyEditor>().CreateAsync(caller, new NewKey("viewer", "*", null));
        var waits = rig.SendAsync("/v1/runs/" + run.Id, made.Text!, 0, ("Prefer", "wait=50"));
        await CoreRig.UntilAsync(() => rig.Get<RunWatch>().IsUsed);

        await rig.Get<KeyEditor>().RevokeAsync(caller, made.Row.Id);

        using var answer = await waits;
        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("unauthenticated").And.Contain("What was begun goes on");
    }

    private static async Task UntilAsync(EventRig rig, string key, int replica, HttpStatusCode expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            using var answer = await rig.SendAsync("/v1/counts", key, replica);
            if (answer.StatusCode == expected) return;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }

    private async Task<int> AskAsync(string key, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        using var answer = await gateway.Client.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
