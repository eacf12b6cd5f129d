using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using WorkflowGateway.Api;

namespace WorkflowGateway.Tests.Api;

public sealed partial class ProblemTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Fact]
    public void Every_code_that_the_server_uses_is_in_the_table()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Here(), "../../../src/WorkflowGateway"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(path => Thrown().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value));
        sources.Distinct().Where(code => Problems.Find(code) is null).Should().BeEmpty();
    }

    [Fact]
    public void Codes_are_unique_and_every_bare_status_has_one()
    {
        Problems.All.Select(kind => kind.Code).Should().OnlyHaveUniqueItems();
        foreach (var status in Enumerable.Range(400, 200)) Problems.OfStatus(status).Should().NotBeNull();
    }

    [Fact]
    public async Task Each_problem_says_what_it_means_and_what_to_do()
    {
        foreach (var kind in Problems.All)
        {
            var page = await gateway.ReadAsync("/problems/" + kind.Code);
            page.GetProperty("status").GetInt32().Should().Be(kind.Status);
            page.GetProperty("meaning").GetString().Should().NotBeNullOrEmpty();
            page.GetProperty("whatToDo").GetString().Should().NotBeNullOrEmpty();
        }
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex("(?:new RefusedException\\(|Refuse\\([^;\"]+,)\\s*\"([a-z-]+)\"")]
    private static partial Regex Thrown();
}
