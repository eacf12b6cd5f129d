using WorkflowGateway.Tests.Access;
using Xunit.Abstractions;

namespace WorkflowGateway.Tests.Edge;

/// <summary>Messages as RFC 9112 has them and as it does not, sent to the gateway and to bare Kestrel in the same run.</summary>
public sealed class Rfc9112Tests(KeyedGateway gateway, ITestOutputHelper output) : IClassFixture<KeyedGateway>
{
    [Fact]
    public async Task The_gateway_is_no_worse_than_bare_Kestrel_in_any_case_and_no_vendor_gets_a_request_that_nobody_made()
    {
        await using var kestrel = await BareKestrel.StartAsync();
        var (ours, theirs) = (gateway.Client.BaseAddress!.Port, new Uri(kestrel.Urls.First()).Port);
        var (worse, passed, kestrels, legit) = (new List<string>(), 0, 0, 0);
        foreach (var one in WireCases.All)
        {
            var (at, bare) = (await RawClient.AskAsync(ours, one.Bytes, one.Ends), await RawClient.AskAsync(theirs, one.Bytes, one.Ends));
            var (good, good2) = (Holds(one, at), Holds(one, bare));
            (passed, kestrels) = (passed + (good ? 1 : 0), kestrels + (good2 ? 1 : 0));
            legit += at is null ? 0 : RawClient.Statuses(at).Count(status => status == 201);
            if (!good || !good2) output.WriteLine($"{one.Wanted,-8} {one.Name}: gateway {Said(at)}, Kestrel {Said(bare)}");
            if (!good && good2) worse.Add($"{one.Name}: {Said(at)}");
        }

        output.WriteLine($"{WireCases.All.Count} cases: the gateway passes {passed}, bare Kestrel {kestrels}");
        var starts = gateway.Sandbox.ReadLedger(operation: "start");
        output.WriteLine($"{starts.Count} starts at the vendor, {starts.Count(start => start.Body!.Contains(Wire.Smuggled))} of them smuggled");
        WireCases.All.Count.Should().BeGreaterThanOrEqualTo(130);
        WireCases.All.Select(one => one.Name).Should().OnlyHaveUniqueItems();
        worse.Should().BeEmpty();
        starts.Where(start => start.Body!.Contains(Wire.Smuggled)).Should().BeEmpty();
        starts.Should().HaveCount(legit, "each belongs to one answer that its caller got").And.NotBeEmpty();
        passed.Should().BeGreaterThan(kestrels);
    }

    private static bool Holds(WireCase one, string? answer) => answer is not null && (one.Wanted, RawClient.Statuses(answer)) switch
    {
        (Wanted.Served, { Count: > 0 } all) => all.TrueForAll(status => status is >= 200 and < 300),
        // What follows what was refused must not be read.
        (Wanted.Refused, [] or [>= 400]) => true,
        (Wanted.Either, var all) => all.TrueForAll(status => status < 500 || status is 501 or 505),
        _ => false,
    };

    private static string Said(string? answer) => answer is null ? "hung" : RawClient.Statuses(answer) is { Count: > 0 } all ? string.Join(' ', all) : "closed";
}
