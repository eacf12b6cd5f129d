using System.Globalization;

namespace WorkflowGateway.Tests.Catalog;

/// <summary>Whatever a file holds, judging it ends, and what is said of it is for people. Without the bounds these take hours, gigabytes or the process.</summary>
public sealed class BoundsTests
{
    private const string Account = """{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" } }""";

    [Theory]
    [InlineData("""{ "connections": {*}, "workflows": {} }""", "\"a\":1,")]
    [InlineData("""{ "workflows": {}, "connections": { "a": {*} } }""", "\"a\":1,")]
    [InlineData("""{ "connections": {}, "workflows": {}, * }""", "\"a\":{},")]
    public void A_name_that_is_repeated_without_end_is_judged_twice_and_once_more(string file, string member) =>
        Said(file.Replace("*", string.Concat(Enumerable.Repeat(member, 170_000)), StringComparison.Ordinal)).Should().HaveCount(201).And.HaveElementAt(200, "There is more that is wrong than these 200. Mend them, and see what is left.");

    [Fact]
    public void Many_names_that_stand_twice_each_are_looked_up_and_not_searched_for() =>
        Said($$"""{ "connections": { {{Many(40_000, i => $"\"a{i % 20_000}\": {{ \"x\": 1 }}")}} }, "workflows": {} }""").Should().HaveCount(201);

    [Fact]
    public void Five_thousand_routes_to_nowhere_beside_five_thousand_connections_are_said_two_hundred_times_with_ten_names_each()
    {
        var said = Said($$"""
            {
              "connections": { {{Many(5_000, i => $"\"c{i:D5}\": {Account}")}} },
              "workflows": { {{Many(5_000, i => $$"""
                "w{{i}}": { "routes": [ { "name": "r", "connection": "nowhere-at-all", "target": { "job": "j" } } ] }
                """)}} }
            }
            """);

        said.Should().HaveCount(201);
        said[0].Should().Be("There is no connection 'nowhere-at-all'. Known: c00000, c00001, c00002, c00003, c00004, c00005, c00006, c00007, c00008, c00009 and 4990 more.");
        said.Sum(message => message.Length).Should().BeLessThan(200 * 200);
    }

    [Fact]
    public void Members_that_nothing_knows_are_said_two_hundred_times() =>
        Said($$"""{ "connections": {}, "workflows": {}, {{Many(150_000, i => $"\"m{i}\":1")}} }""").Should().HaveCount(201);

    [Theory]
    [InlineData("{ \"a\": 1", "")]
    [InlineData("{ \"a\": 1", "}")]
    [InlineData("{ \"a\": 1", "\"b\": 2 }")]
    public void Commas_without_end_do_not_end_the_process(string before, string after) =>
        Said(before + new string(',', 500_000) + after).Should().ContainSingle().Which.Should().StartWith("This is not JSON");

    [Fact]
    public void A_long_name_over_many_members_is_refused_before_it_is_held_for_each_of_them() =>
        Said($$"""{ "connections": {}, "workflows": {}, "{{new string('n', 500_000)}}": { {{Many(60_000, i => $"\"{i}\":1")}} } }""").Should().ContainSingle().Which.Should().Contain("too long");

    [Fact]
    public void Two_hundred_problems_are_said_as_they_are()
    {
        var said = Said($$"""{ "connections": {}, "workflows": {}, {{Many(200, i => $"\"m{i}\":1")}} }""");
        said.Should().HaveCount(200).And.NotContain(message => message.Contains("more", StringComparison.Ordinal));
    }

    [Fact]
    public void What_stood_in_another_copy_is_not_where_a_problem_is()
    {
        var problems = CatalogFixture.Problems("""
            {
              "connections": {
                "a": { "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" } },
                "a": { "adapter": "acme", "credential": { "value": "x" } }
              },
              "workflows": {}
            }
            """);
        problems.Select(problem => $"{problem.Line} {problem.Path}").Should().Equal("4 /connections/a", "4 /connections/a/baseUrl");
    }

    private static List<string> Said(string json) => [.. CatalogFixture.Problems(json).Select(problem => problem.Message)];

    private static string Many(int count, Func<int, string> member) => string.Join(',', Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{member(i)}")));
}
