using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using WorkflowGateway.Tests.Access;
using Xunit.Abstractions;

namespace WorkflowGateway.Tests.Edge;

/// <summary>Requests made of valid ones of every operation of the API description. CI sends 2,000; tests/fuzz.sh as many as it is told.</summary>
public sealed class FuzzTests(KeyedGateway gateway, ITestOutputHelper output) : IClassFixture<KeyedGateway>
{
    [Fact]
    public async Task Whatever_is_sent_nothing_fails_hangs_or_answers_otherwise_than_with_a_problem()
    {
        var (count, seed) = (Number("WFG_FUZZ", 2000), Number("WFG_FUZZ_SEED", 1));
        var (_, run) = await gateway.SendAsync("all", HttpMethod.Post, "/v1/runs", new { workflow = "ask" });
        using var description = JsonDocument.Parse(await gateway.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)));
        var seeds = FuzzSeed.Of(description.RootElement, run.GetProperty("id").GetString()!);
        var (wrong, statuses) = (new ConcurrentBag<string>(), new ConcurrentDictionary<int, int>());
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            var message = new FuzzMutator(new Random(unchecked((seed * 1_000_003) + i))).Spoil(seeds[i % seeds.Count]);
            var answer = await RawClient.AskAsync(gateway.Client.BaseAddress!.Port, message.Bytes, message.Ends);
            if (Fault(answer, message.Ends) is { } fault) wrong.Add($"{i}: {fault}\n{message.Bytes[..Math.Min(600, message.Bytes.Length)]}\n-> {answer?[..Math.Min(600, answer.Length)]}");
            foreach (var status in RawClient.Statuses(answer ?? "")) statuses.AddOrUpdate(status, 1, (_, n) => n + 1);
        });

        output.WriteLine($"{count} requests of {seeds.Count} operations, seed {seed}: {string.Join(", ", statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} x {pair.Key}"))}");
        wrong.Should().BeEmpty();
        statuses.Keys.Where(status => status is >= 200 and < 300).Should().NotBeEmpty("some stay valid");
        (await gateway.SendAsync("all", HttpMethod.Post, "/v1/runs", new { workflow = "ask" })).Status.Should().Be(201, "it serves on");
    }

    private static string? Fault(string? answer, bool ends)
    {
        if (answer is null) return "hung";
        var parts = answer.Split("HTTP/1.1 ")[1..];
        if (parts.Length == 0) return ends ? null : "closed without an answer";
        foreach (var part in parts)
        {
            var status = int.Parse(part.AsSpan(0, 3), CultureInfo.InvariantCulture);
            // The vendor's own answer, whatever it is.
            if (part.Contains("Gateway-Native: vendor", StringComparison.Ordinal)) continue;
            if (status == 500) return "500";
            var bare = part.Contains("Content-Length: 0", StringComparison.Ordinal) && status is 400 or 408 or 413 or 414 or 431 or 501 or 505;
            if (status >= 400 && !bare && !part.Contains("Content-Type: application/problem+json", StringComparison.Ordinal)) return "no problem";
        }

        return null;
    }

    private static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
