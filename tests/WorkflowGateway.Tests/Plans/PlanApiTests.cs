using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;
using WorkflowGateway.Plans;
using WorkflowGateway.Sandbox;
using WorkflowGateway.Tests.Access;

namespace WorkflowGateway.Tests.Plans;

public sealed class PlanApiTests(KeyedGateway gateway) : IClassFixture<KeyedGateway>
{
    private const string Secret = "canary-of-a-credential";

    [Theory]
    [InlineData("a-viewer", 403)]
    [InlineData("a-caller", 403)]
    [InlineData("a-operator", 403)]
    [InlineData("all", 200)]
    public async Task Accounts_that_others_use_too_are_planned_by_who_sees_all(string key, int status)
    {
        var (answered, body) = await gateway.SendAsync(key, HttpMethod.Post, "/v1/routes/plan", new { configuration = Now() });

        answered.Should().Be(status, body.ToString());
    }

    [Fact]
    public async Task A_workflow_that_neither_configuration_has_is_refused()
    {
        var (status, problem) = await gateway.SendAsync("all", HttpMethod.Post, "/v1/routes/plan", new { configuration = Now(), workflows = new[] { "aks" } });

        (status, problem.GetProperty("errors")[0].GetProperty("pointer").GetString()).Should().Be((400, "/workflows"));
    }

    [Fact]
    public async Task The_only_tenant_of_its_connections_plans_its_own_starts_and_sees_nothing_of_others()
    {
        await using var sandbox = await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None);
        var file = (JsonObject)JsonNode.Parse("""
            {
              "connections": {
                "mine": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "one.myshopify.com", "credential": { "value": "sandbox" }, "tenants": [ "a" ] },
                "theirs": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "two.myshopify.com", "credential": { "value": "sandbox" }, "tenants": [ "b" ] }
              },
              "workflows": {
                "ask": { "tenants": [ "a" ], "routes": [ { "name": "r", "connection": "mine", "target": { "flowType": "cancellation" } } ] },
                "ask-them": { "tenants": [ "b" ], "routes": [ { "name": "r", "connection": "theirs", "target": { "flowType": "cancellation" } } ] }
              }
            }
            """)!;
        await using var rig = await PlanRig.StartAsync(sandbox, file);
        await rig.MakeAsync(new PlanStart { Caller = "a", Workflow = "ask" }, null);
        await rig.MakeAsync(new PlanStart { Caller = "b", Workflow = "ask-them" }, null);
        file["connections"]!["mine"]!["timeout"] = "9s";
        file["connections"]!["theirs"]!["timeout"] = "9s";

        var plan = await rig.PlanAsync(file, "a");

        (plan.GetProperty("starts").GetProperty("total").GetInt64(), plan.GetProperty("workflows").EnumerateArray().Select(one => one.GetProperty("name").GetString()).Single()).Should().Be((1, "ask"));
        plan.GetProperty("connections").EnumerateArray().Select(one => one.GetProperty("name").GetString()).Should().Equal("mine");
        plan.ToString().Should().NotContain("theirs").And.NotContain("ask-them");
        // Nor may it take what is its own today to an account of everybody's, to see what goes on there.
        ((JsonObject)file["connections"]!["mine"]!).Remove("tenants");
        (await rig.Invoking(one => one.PlanAsync(file, "a")).Should().ThrowAsync<Exception>()).WithMessage("*forbidden*");
    }

    [Fact]
    public async Task Nothing_of_the_machine_is_read_for_a_configuration_that_somebody_sends()
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, Secret);
        var answers = new List<string>();
        foreach (var reference in (string[])["${env:PATH}", "${env:WFG_NOT_SET}", $"${{file:{path}}}", "${file:/does/not/exist}"])
        {
            var file = Now();
            file["connections"]!["juo"]!["baseUrl"] = reference;
            file["connections"]!["juo"]!["tenantId"] = reference;
            file["connections"]!["juo"]!["credential"] = new JsonObject { ["value"] = reference };
            file["connections"]!["hooked"]!["headers"] = new JsonObject { ["teamid"] = reference };
            file["connections"]!["hooked"]!["webhookSecrets"] = new JsonArray(reference);
            file["webhooks"] = new JsonObject { ["crm"] = new JsonObject { ["url"] = "https://hooks.example.com/x", ["secret"] = reference } };
            var (status, body) = await gateway.SendAsync("all", HttpMethod.Post, "/v1/routes/plan", new { configuration = file });
            status.Should().Be(200, body.ToString());
            answers.Add(string.Join(' ', ((string[])["workflows", "connections", "warnings"]).Select(member => body.GetProperty(member).ToString())));
        }

        answers.Distinct().Should().ContainSingle("whoever asks could else find out what there is").Which.Should().NotContain(Secret);
        File.Delete(path);
    }

    [Fact]
    public async Task A_credential_that_is_sent_is_neither_told_nor_kept()
    {
        var file = Now();
        file["connections"]!["juo"]!["credential"] = new JsonObject { ["value"] = Secret };
        var (status, good) = await gateway.SendAsync("all", HttpMethod.Post, "/v1/routes/plan", new { configuration = file });
        file["connections"]!["juo"]!["adapter"] = "jou";
        file["connections"]!["juo"]!["credential"] = new JsonObject { ["value"] = Secret + "\n" };
        var (bad, problem) = await gateway.SendAsync("all", HttpMethod.Post, "/v1/routes/plan", new { configuration = file });

        (status, bad).Should().Be((200, 400));
        good.GetProperty("connections").EnumerateArray().Single().GetProperty("members").ToString().Should().Be("[\"credential\"]");
        (good.ToString() + problem).Should().NotContain(Secret);
        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()).Should().Contain("/configuration/connections/juo/adapter");
        foreach (var ledger in Directory.GetFiles(Path.GetDirectoryName(gateway.LedgerFile)!, "gateway.db*").Where(name => !name.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(ledger, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var text = new StreamReader(stream, System.Text.Encoding.Latin1);
            (await text.ReadToEndAsync()).Should().NotContain(Secret);
        }
    }

    [Fact]
    public async Task Only_so_many_starts_are_replayed_the_newest_and_the_rest_is_told()
    {
        for (var i = 0; i < 5; i++) (await gateway.SendAsync("all", HttpMethod.Post, "/v1/runs", new { workflow = "ask" })).Status.Should().Be(201);
        var catalog = gateway.Services.GetRequiredService<LiveCatalog>().Current;
        using var planner = new Planner(gateway.Services.GetRequiredService<LedgerReader>(), TimeProvider.System) { MostReplayed = 3 };
        var seen = new List<Verdict>();

        var plan = await planner.PlanAsync(catalog, catalog, new PlanScope(null, TimeSpan.FromHours(1), null), seen.Add, CancellationToken.None);

        (plan.Replayed, plan.Starts.Same, plan.NotReplayed).Should().Be((3, 3, await gateway.Services.GetRequiredService<LedgerReader>().CountStartsAsync(null, default, Sample.Id(), 1000) - 3));
        seen.Select(verdict => verdict.Start.Id).Should().BeInDescendingOrder();
        plan.Warnings.Should().ContainSingle(warning => warning.Code == "not-all-replayed");
        plan.Breaks.Should().BeFalse();
    }

    [Theory]
    [InlineData("""{}""", "/configuration")]
    [InlineData("""{ "configuration": 1 }""", "/configuration")]
    [InlineData("""{ "configuration": "{ not JSON" }""", "/configuration")]
    [InlineData("""{ "configuration": {}, "hours": 0 }""", "/hours")]
    [InlineData("""{ "configuration": {}, "hours": 9000 }""", "/hours")]
    [InlineData("""{ "configuration": {}, "workflows": [] }""", "/workflows")]
    [InlineData("""{ "configuration": {}, "workflow": "x" }""", "/workflow")]
    public async Task What_cannot_be_planned_is_refused_with_its_place(string body, string pointer)
    {
        var (status, problem) = await gateway.SendAsync("all", HttpMethod.Post, "/v1/routes/plan", JsonElement.Parse(body));

        (status, problem.GetProperty("code").GetString()).Should().Be((400, "validation-failed"), problem.ToString());
        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()).Should().Contain(pointer, problem.ToString());
    }

    private static JsonObject Now() => (JsonObject)JsonNode.Parse(KeyedGateway.Config)!;
}
