using System.Text.Json;
using WorkflowGateway.Client;

namespace WorkflowGateway.Tests.Client;

public sealed class GatewayClientTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private readonly GatewayClient _client = new(gateway.Client);

    [Fact]
    public async Task A_run_is_started_waited_for_and_answered()
    {
        var started = await StartWaitingAsync(new StartOptions { Wait = TimeSpan.FromSeconds(5), CorrelationId = "order-7", Labels = Label("suite", "client") });
        started.CorrelationId.Should().Be("order-7");
        started.Labels.Should().Contain("suite", "client");
        var waiting = await _client.WaitAsync(started.Id);
        waiting.Status.Should().Be(RunStatuses.Waiting);
        waiting.Vendor.Should().Be("juo");

        var interaction = waiting.Interactions.Should().ContainSingle().Subject;
        interaction.Responses.Select(response => response.Type).Should().Contain("accept");
        (await _client.ListInteractionsAsync().ToListAsync()).Should().Contain(open => open.RunId == started.Id && open.Interaction.Id == interaction.Id);

        await _client.RespondAsync(started.Id, interaction.Id, "accept", options: new CommandOptions { IfVersion = waiting.Version });
        var ended = await _client.WaitAsync(started.Id, answered: interaction.Id);
        ended.Status.Should().Be(RunStatuses.Succeeded);
        ended.Final.Should().BeTrue();
        ended.Version.Should().BeGreaterThan(waiting.Version);
    }

    [Fact]
    public async Task Waiting_goes_on_past_what_was_seen_and_ends_with_the_run()
    {
        var run = await StartWaitingAsync();
        var waiting = _client.WaitAsync(run.Id, answered: run.Interactions[0].Id);
        await _client.RespondAsync(run.Id, run.Interactions[0].Id, "accept");
        var ended = await waiting.WaitAsync(TimeSpan.FromSeconds(20));
        ended.Final.Should().BeTrue();
        (await _client.WaitAsync(run.Id, answered: run.Interactions[0].Id)).Version.Should().Be(ended.Version);
    }

    [Fact]
    public async Task A_run_is_paused_resumed_and_stopped()
    {
        var run = await _client.StartAsync("patient-intake");
        run.Vendor.Should().Be("interactly");
        (await _client.PauseAsync(run.Id)).Status.Should().Be(RunStatuses.Paused);
        (await _client.ResumeAsync(run.Id)).Status.Should().Be(RunStatuses.Running);
        (await _client.StopAsync(run.Id)).Status.Should().BeOneOf(RunStatuses.Stopping, RunStatuses.Canceled);
    }

    [Fact]
    public async Task A_run_is_sent_data()
    {
        var run = await _client.StartAsync("patient-intake");
        gateway.Sandbox.Controls.Present("interactly", run.VendorRunId!).Should().BeTrue();
        (await _client.GetAsync(run.Id, new ReadOptions { MaxAge = TimeSpan.Zero })).Status.Should().Be(RunStatuses.Waiting);
        (await _client.SendDataAsync(run.Id, new { dynamicVariables = new { name = "Ada" } })).Status.Should().NotBe(RunStatuses.Waiting);
    }

    [Fact]
    public async Task A_list_is_read_page_by_page()
    {
        var started = new List<string>();
        for (var i = 0; i < 5; i++) started.Insert(0, (await StartWaitingAsync(new StartOptions { Labels = Label("suite", "pages") })).Id);
        var filter = new RunFilter
        {
            Labels = Label("suite", "pages"),
            Statuses = ["open", "succeeded"],
            Workflow = "cancel-subscription",
            Vendor = "juo",
            CreatedAfter = TimeProvider.System.GetUtcNow().AddHours(-1),
            PageSize = 2,
        };
        (await _client.ListAsync(filter).Select(run => run.Id).ToListAsync()).Should().Equal(started);
        (await _client.ListAsync(filter with { CreatedBefore = filter.CreatedAfter }).ToListAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_history_is_read_and_gone_on_with()
    {
        var run = await StartWaitingAsync();
        var events = await _client.ListEventsAsync(run.Id).ToListAsync();
        var change = events[^1].ReadChange()!;
        change.Run.Id.Should().Be(run.Id);
        change.Run.Status.Should().Be(RunStatuses.Waiting);
        change.PreviousStatus.Should().Be(RunStatuses.Starting);
        (await _client.ListEventsAsync(run.Id, after: events[^1].Id).ToListAsync()).Should().BeEmpty();
        (await _client.ListEventsAsync(after: events[0].Id).Select(one => one.Id).ToListAsync()).Should().Contain(events[^1].Id);
    }

    [Fact]
    public async Task What_is_asked_for_is_included()
    {
        var run = await StartWaitingAsync();
        run.Native.Should().BeNull();
        var options = new ReadOptions { IncludeNative = true, IncludeInput = true, MaxAge = TimeSpan.Zero };
        var whole = await _client.GetAsync(run.Id, options);

        // The gateway keeps the vendor's answer just after it has told of the run.
        for (var i = 0; i < 50 && whole.Native is null; i++) whole = await _client.GetAsync(run.Id, options);
        whole.Native!.Value.ValueKind.Should().Be(JsonValueKind.Object);
        whole.Input!.Value.GetProperty("subscriptionId").GetString().Should().Be("sub_1");
    }

    [Fact]
    public async Task A_problem_is_an_exception_that_says_what_is_wrong()
    {
        var wrong = await Refused(() => _client.StartAsync("cancel-subscription", new { }));
        (wrong.Code, wrong.Status, wrong.Retryable).Should().Be(("validation-failed", 400, false));
        wrong.Errors.Should().ContainSingle().Which.Pointer.Should().Contain("subscriptionId");
        wrong.Message.Should().Contain(wrong.Detail);

        var run = await StartWaitingAsync();
        var lacking = await Refused(() => _client.PauseAsync(run.Id));
        (lacking.Code, lacking.Status, lacking.Problem.Vendor).Should().Be(("capability-unsupported", 422, "juo"));

        var stale = await Refused(() => _client.RespondAsync(run.Id, run.Interactions[0].Id, "accept", options: new CommandOptions { IfVersion = 0 }));
        (stale.Code, stale.Status).Should().Be(("precondition-failed", 412));
        stale.Run!.Version.Should().Be(run.Version);

        (await Refused(() => _client.GetAsync("run_../x"))).Code.Should().Be("run-not-found");
    }

    private static async Task<GatewayProblemException> Refused(Func<Task> call) => (await call.Should().ThrowAsync<GatewayProblemException>()).Which;

    private static Dictionary<string, string> Label(string key, string value) => new() { [key] = value };

    private Task<Run> StartWaitingAsync(StartOptions? options = null) => _client.StartAsync("cancel-subscription", new { subscriptionId = "sub_1" }, options);
}
