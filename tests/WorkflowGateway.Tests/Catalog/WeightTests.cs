using System.Security.Cryptography;
using System.Text;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Tests.Catalog;

/// <summary>Ten thousand idempotency keys over routes with weights.</summary>
public sealed class WeightTests
{
    private const int Keys = 10_000;

    private static readonly (string Name, double Weight)[] Three = [("r1", 5), ("r2", 3), ("r3", 2)];

    [Theory]
    [InlineData("*")]
    [InlineData("t")]
    public void The_keys_spread_as_the_weights_say(string tenant)
    {
        var taken = Taken(Three, tenant);

        // Of 1,000 fair draws one is above 13.8 with two degrees of freedom.
        ChiSquare(taken, Three).Should().BeLessThan(13.8);
        ChiSquare(taken, [("r1", 4.5), ("r2", 3.5), ("r3", 2)]).Should().BeGreaterThan(13.8, "a bound that anything passes proves nothing");
    }

    [Fact]
    public void A_key_takes_the_same_route_in_every_process_for_as_long_as_the_weights_are_the_same()
    {
        var taken = Taken(Three, "*");

        Taken(Three, "*").Should().Equal(taken, "another snapshot of the same file");
        // Drawn by another process, on another day: whatever a process makes up for itself would change it.
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(taken))))[..16].Should().Be("fe9c851f67e14749");
        Taken(Three, "t").Should().NotEqual(taken, "another tenant's equal key is another key");
    }

    [Fact]
    public void A_change_moves_only_what_it_must()
    {
        var before = Taken(Three, "*");

        var added = Taken([.. Three, ("r4", 10)], "*");
        var heavier = Taken([("r1", 5), ("r2", 6), ("r3", 2)], "*");
        var without = Taken([("r1", 5), ("r2", 0), ("r3", 2)], "*");

        Moves(before, added).Should().OnlyContain(move => move.To == "r4").And.HaveCountGreaterThan(4700).And.HaveCountLessThan(5300);
        Moves(before, heavier).Should().OnlyContain(move => move.To == "r2").And.HaveCountGreaterThan(1400).And.HaveCountLessThan(1900);
        Moves(before, without).Should().OnlyContain(move => move.From == "r2").And.HaveCount(before.Count(name => name == "r2"));
    }

    [Fact]
    public void A_start_without_a_key_draws_by_its_run_id()
    {
        var catalog = Catalog(Three);
        var taken = Enumerable.Range(0, Keys).Select(_ => Take(catalog, Sample.Random().ToByteArray(), null)).ToList();

        ChiSquare(taken, Three).Should().BeLessThan(24, "one of 160,000 fair draws is above that, and here they are made up anew each time");
    }

    private static List<string> Taken((string Name, double Weight)[] routes, string tenant)
    {
        var catalog = Catalog(routes);
        return [.. Enumerable.Range(0, Keys).Select(key => Take(catalog, SHA256.HashData(Encoding.ASCII.GetBytes($"order-{key}")), tenant == "*" ? null : tenant))];
    }

    private static string Take(CatalogSnapshot catalog, byte[] key, string? tenant) =>
        StartPlanner.Plan(catalog, CatalogFixture.Start() with { Tenant = tenant, StickyKey = key }).Route.Name;

    private static CatalogSnapshot Catalog((string Name, double Weight)[] routes) => CatalogFixture.WithRoutes(
        string.Join(", ", routes.Select(route => $$"""{ "name": "{{route.Name}}", "connection": "a", "target": { "job": "j" }, "weight": {{route.Weight}} }""")));

    private static double ChiSquare(List<string> taken, (string Name, double Weight)[] routes) => routes.Sum(route =>
    {
        var expected = taken.Count * route.Weight / routes.Sum(other => other.Weight);
        return Math.Pow(taken.Count(name => name == route.Name) - expected, 2) / expected;
    });

    private static List<(string From, string To)> Moves(List<string> before, List<string> after) => [.. before.Zip(after).Where(pair => pair.First != pair.Second)];
}
