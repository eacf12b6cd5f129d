using System.Collections.Concurrent;
using WorkflowGateway.Catalog;
using WorkflowGateway.Runners;
using WorkflowGateway.Tests.Catalog;

namespace WorkflowGateway.Tests.Runners;

/// <summary>Every connection has its loop, and none is lost without a word.</summary>
public sealed class ConnectionLoopsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly LiveCatalog _catalog = new(Read("a", "b"));
    private readonly RunnerRegistry _runners;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, CancellationToken> _begun = new();

    public ConnectionLoopsTests() => _runners = new RunnerRegistry(_catalog, CatalogFixture.Vendors, new HandClock());

    [Fact]
    public async Task A_loop_that_fails_ends_them_all_with_its_exception()
    {
        var fails = new TaskCompletionSource();
        var running = ConnectionLoops.RunAsync(_runners, _ => true, (name, end) => name == "a" ? fails.Task : LastAsync(name, end), _stopping.Token);
        await CoreRig.UntilAsync(() => _begun.ContainsKey("b"));

        fails.SetException(new InvalidOperationException("broken"));

        var ending = () => running.WaitAsync(Patience);
        (await ending.Should().ThrowAsync<InvalidOperationException>()).WithMessage("broken");
        _begun["b"].IsCancellationRequested.Should().BeTrue();
    }

    [Fact]
    public async Task A_loop_that_fails_as_it_ends_is_told_too()
    {
        var running = ConnectionLoops.RunAsync(_runners, name => name.Config.Name == "a", async (name, end) =>
        {
            await LastAsync(name, end);
            throw new InvalidOperationException("broken");
        }, _stopping.Token);
        await CoreRig.UntilAsync(() => _begun.ContainsKey("a"));

        await _stopping.CancelAsync();

        var ending = () => running.WaitAsync(Patience);
        (await ending.Should().ThrowAsync<InvalidOperationException>()).WithMessage("broken");
    }

    [Fact]
    public async Task New_loops_do_not_wait_for_old_ones_which_end_together()
    {
        var held = new TaskCompletionSource();
        var running = ConnectionLoops.RunAsync(_runners, _ => true, async (name, end) =>
        {
            await LastAsync(name, end);
            if (name != "c") await held.Task;
        }, _stopping.Token);
        await CoreRig.UntilAsync(() => _begun.ContainsKey("a") && _begun.ContainsKey("b"));

        _catalog.Take(Read("c"));

        await CoreRig.UntilAsync(() => _begun.ContainsKey("c") && _begun["a"].IsCancellationRequested && _begun["b"].IsCancellationRequested);
        _begun["c"].IsCancellationRequested.Should().BeFalse();
        held.SetResult();
        await _stopping.CancelAsync();
        await running.WaitAsync(Patience);
    }

    public void Dispose()
    {
        _runners.Dispose();
        _stopping.Dispose();
    }

    private Task LastAsync(string name, CancellationToken end)
    {
        var last = new TaskCompletionSource();
        end.Register(last.SetResult);
        _begun[name] = end;
        return last.Task;
    }

    private static CatalogSnapshot Read(params string[] names) => CatalogFixture.Read(
        $$"""
        { "connections": { {{string.Join(", ", names.Select(name => $$"""
        "{{name}}": { "adapter": "interactly", "baseUrl": "https://vendor.example/{{name}}", "credential": { "value": "x" } }
        """))}} }, "workflows": {} }
        """, CatalogFixture.Real);
}
