using System.Text.Json;

namespace WorkflowGateway.Tests.Api;

internal static class ProblemAssert
{
    private static readonly string[] Always = ["title", "detail", "instance", "traceId", "retryable"];

    /// <summary>The answer is this problem, whole.</summary>
    public static async Task<JsonElement> ShouldBeProblemAsync(this Task<HttpResponseMessage> sending, int status, string code)
    {
        using var answer = await sending;
        var body = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).Should().Be(status, body);
        answer.Content.Headers.ContentType!.ToString().Should().Be("application/problem+json");
        var problem = JsonElement.Parse(body);
        problem.GetProperty("code").GetString().Should().Be(code);
        problem.GetProperty("type").GetString().Should().Be("/problems/" + code);
        problem.GetProperty("status").GetInt32().Should().Be(status);
        foreach (var member in Always) problem.TryGetProperty(member, out _).Should().BeTrue(member);
        return problem;
    }

    public static string? Detail(this JsonElement problem) => problem.GetProperty("detail").GetString();

    public static IEnumerable<string?> Pointers(this JsonElement problem) =>
        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString());
}
