namespace WorkflowGateway.Tests.Catalog;

/// <summary>A run that is quiet, and therefore seldom read, is not stale.</summary>
public sealed class StaleAfterTests
{
    [Theory]
    [InlineData("", 30)]
    [InlineData(""", "poll": { "max": "1m" }""", 5)]
    [InlineData(""", "poll": { "max": "150s" }""", 5)]
    [InlineData(""", "poll": { "max": "10m" }""", 20)]
    [InlineData(""", "poll": { "max": "12h" }""", 1440)]
    [InlineData(""", "poll": { "max": "12h" }, "staleAfter": "1m" """, 1)]
    public void It_is_twice_the_longest_time_between_two_reads_but_five_minutes_at_least(string written, int minutes) =>
        CatalogFixture.Read($$"""{ "connections": { "a": { "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }{{written}} } }, "workflows": {} }""")
            .Connections["a"].StaleAfter.Should().Be(TimeSpan.FromMinutes(minutes));
}
