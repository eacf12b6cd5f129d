using Microsoft.Extensions.Logging.Abstractions;
using WorkflowGateway.Catalog;
using WorkflowGateway.Runners;
using WorkflowGateway.Tests.Catalog;

namespace WorkflowGateway.Tests.Runners;

/// <summary>What a connection's runner takes along, and when it ends, as the configuration changes.</summary>
public sealed class RunnerRegistryTests : IDisposable
{
    private readonly HandClock _clock = new();
    private readonly LiveCatalog _catalog = new(Read(Connection("a") + ", " + Connection("b")), NullLogger<LiveCatalog>.Instance);
    private readonly RunnerRegistry _runners;

    public RunnerRegistryTests() => _runners = new RunnerRegistry(_catalog, CatalogFixture.Vendors, _clock);

    [Fact]
    public void A_connection_that_is_as_it_was_keeps_its_runner()
    {
        var (a, b) = (_runners.Find("a"), _runners.Find("b"));

        _catalog.Take(Read("  " + Connection("b", "\"timeout\": \"7s\"") + "," + Connection("a")));

        _runners.Find("a").Should().BeSameAs(a);
        _runners.Find("b").Should().NotBeSameAs(b);
        _runners.Find("b")!.Config.Timeout.Should().Be(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public void What_is_meant_by_what_is_written_counts_too()
    {
        var before = _runners.Find("a");
        var header = "\"headers\": { \"teamid\": \"${env:TEAM}\" }";
        _catalog.Take(Read(Connection("a", header), team: "one"));
        var first = _runners.Find("a");

        _catalog.Take(Read(Connection("a", header), team: "one")).Should().BeFalse("it is the same in every respect");
        _catalog.Take(Read(Connection("a", header), team: "two")).Should().BeTrue();

        first.Should().NotBeSameAs(before);
        _runners.Find("a").Should().NotBeSameAs(first);
        _runners.Find("a")!.Config.Vendor.Headers["teamid"].Should().Be("two");
    }

    [Fact]
    public async Task A_changed_connection_goes_on_with_what_is_known_of_its_vendor()
    {
        var before = _runners.Find("a")!;
        using var under = await before.EnterAsync(CancellationToken.None);
        before.PauseFor(TimeSpan.FromMinutes(5));
        await FailAsync(before, times: 5);
        before.Circuit.Closed.Should().BeFalse();

        _catalog.Take(Read(Connection("a", "\"concurrency\": 3, \"timeout\": \"7s\"")));

        var after = _runners.Find("a")!;
        after.Circuit.Closed.Should().BeFalse();
        after.Health.Failures.Should().Be(5);
        after.PausedUntil.Should().Be(before.PausedUntil).And.NotBeNull();
        after.Limits.InFlight.Should().Be(1, "a call of the old configuration is under way");
        under.Dispose();
        after.Limits.InFlight.Should().Be(0);
    }

    [Fact]
    public async Task Of_another_account_nothing_is_known()
    {
        var before = _runners.Find("a")!;
        before.PauseFor(TimeSpan.FromMinutes(5));
        await FailAsync(before, times: 5);

        _catalog.Take(Read(Connection("a", host: "elsewhere.example")));

        var after = _runners.Find("a")!;
        (after.Circuit.Closed, after.PausedUntil, after.Health.Failures).Should().Be((true, null, 0));
    }

    [Fact]
    public async Task A_connection_that_is_put_back_goes_on_with_what_is_known_of_its_vendor()
    {
        _catalog.Take(Read(Connection("a", "\"rateLimit\": 2")));
        var before = _runners.Find("a")!;
        _clock.Pass(TimeSpan.FromSeconds(2));
        using var under = await before.EnterAsync(CancellationToken.None);
        before.TryEnter(read: false).Should().NotBeNull();
        await FailAsync(before, times: 5);

        _catalog.Take(Read(Connection("b")));
        _runners.Find("a").Should().BeNull();
        _catalog.Take(Read(Connection("a", "\"rateLimit\": 2")));

        var after = _runners.Find("a")!;
        after.Should().NotBeSameAs(before, "that one is about to end");
        (after.Circuit.Closed, after.Health.Failures, after.Limits.InFlight).Should().Be((false, 5, 2));
        after.Limits.TryEnter().Should().BeNull("the vendor was called twice just now");
    }

    [Fact]
    public void Where_a_connection_cannot_be_made_those_made_before_it_end()
    {
        var adapter = new PartlyBroken();
        CatalogSnapshot Of(params string[] names) => CatalogFixture.Read(
            $$"""{ "connections": { {{string.Join(", ", names.Select(name => $"\"{name}\": {{ \"adapter\": \"partly\", \"baseUrl\": \"https://{name}.example\", \"credential\": {{ \"value\": \"x\" }} }}"))}} }, "workflows": {} }""",
            CatalogFixture.Fake with { Adapters = [adapter] });
        var catalog = new LiveCatalog(Of("kept"));
        using var runners = new RunnerRegistry(catalog, [adapter], _clock);
        var kept = runners.Current;

        var taking = () => catalog.Take(Of("kept", "m1", "m2", "m3", "m4"));
        taking.Should().Throw<InvalidOperationException>();

        (adapter.Made, adapter.Ended).Should().Be((4, 3), "the one that serves goes on");
        runners.Current.Should().BeSameAs(kept);
    }

    [Fact]
    public void What_was_called_in_the_last_window_counts_with_another_rate_too()
    {
        _catalog.Take(Read(Connection("a", "\"rateLimit\": 10")));
        _clock.Pass(TimeSpan.FromSeconds(2));
        Enumerable.Range(0, 20).Count(_ => _runners.Find("a")!.TryEnter(read: false) is not null).Should().Be(10);

        _catalog.Take(Read(Connection("a", "\"rateLimit\": 5")));

        _runners.Find("a")!.TryEnter(read: false).Should().BeNull("the vendor was called ten times just now");
        _clock.Pass(TimeSpan.FromSeconds(1));
        _runners.Find("a")!.TryEnter(read: false).Should().NotBeNull();
    }

    [Fact]
    public void Fewer_places_are_kept_once_those_taken_are_given_back()
    {
        _catalog.Take(Read(Connection("a", "\"concurrency\": 3")));
        var taken = Enumerable.Range(0, 3).Select(_ => _runners.Find("a")!.TryEnter(read: false)!).ToList();

        _catalog.Take(Read(Connection("a", "\"concurrency\": 1")));
        var now = _runners.Find("a")!;
        now.TryEnter(read: false).Should().BeNull();
        taken[0].Dispose();
        taken[1].Dispose();
        now.TryEnter(read: false).Should().BeNull("one is still under way");
        taken[2].Dispose();

        using var next = now.TryEnter(read: false);
        next.Should().NotBeNull();
        now.TryEnter(read: false).Should().BeNull();
        _catalog.Take(Read(Connection("a", "\"concurrency\": 2")));
        _runners.Find("a")!.TryEnter(read: false).Should().NotBeNull();
    }

    [Fact]
    public async Task A_runner_ends_when_its_last_call_has_and_nobody_may_be_about_to_use_it()
    {
        var before = _runners.Find("a")!;
        var call = new TaskCompletionSource<string>();
        var calling = before.CallAsync((_, _) => call.Task, CancellationToken.None);
        _catalog.Take(Read(Connection("a", "\"timeout\": \"7s\"")));

        _clock.Pass(ConnectionRunner.Rest * 2);
        before.TryEnd().Should().BeFalse("a call is under way");
        call.SetResult("answer");
        (await calling).Should().Be("answer");
        before.TryEnd().Should().BeFalse("somebody may have found it just before it was changed");
        _clock.Pass(ConnectionRunner.Rest);
        before.TryEnd().Should().BeTrue();

        var late = await before.TryCallAsync((_, _) => Task.FromResult("sent"), CancellationToken.None);
        late.Error!.Kind.Should().Be(RunnerErrorKind.Unavailable, "nothing was sent");
    }

    public void Dispose() => _runners.Dispose();

    private static async Task FailAsync(ConnectionRunner runner, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await runner.TryCallAsync<string>((_, _) => throw new RunnerException(new RunnerError { Kind = RunnerErrorKind.Unavailable, Message = "away", Outage = true }), CancellationToken.None);
        }
    }

    /// <summary>Its fifth connection fails.</summary>
    private sealed class PartlyBroken() : FakeAdapter("partly"), IVendorAdapter
    {
        public int Made { get; private set; }
        public int Ended { get; private set; }

        IWorkflowRunner IVendorAdapter.Connect(VendorConnection connection, TimeProvider time)
        {
            if (Made == 4) throw new InvalidOperationException("This one cannot be made.");
            Made++;
            var runner = System.Reflection.DispatchProxy.Create<IEndingRunner, Ending>();
            ((Ending)(object)runner).Told = () => Ended++;
            return runner;
        }
    }

    public interface IEndingRunner : IWorkflowRunner, IDisposable;

    public class Ending : System.Reflection.DispatchProxy
    {
        public Action Told { get; set; } = () => { };

        protected override object? Invoke(System.Reflection.MethodInfo? targetMethod, object?[]? args)
        {
            targetMethod!.Name.Should().Be(nameof(IDisposable.Dispose));
            Told();
            return null;
        }
    }

    private static string Connection(string name, string more = "", string host = "vendor.example") =>
        $$"""
        "{{name}}": { "adapter": "interactly", "baseUrl": "https://{{host}}/{{name}}", "credential": { "value": "x" }{{(more.Length > 0 ? ", " + more : "")}} }
        """;

    private static CatalogSnapshot Read(string connections, string team = "") => CatalogFixture.Read(
        $$"""{ "connections": { {{connections}} }, "workflows": {} }""", CatalogFixture.Real with { Variable = name => name == "TEAM" ? team : null });
}
