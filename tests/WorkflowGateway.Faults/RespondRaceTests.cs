using System.Net;
using WorkflowGateway.Faults.Rig;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>Eight people answer one question at once: one answer reaches the vendor. <c>tests/respond.sh</c> asks 500 questions.</summary>
public sealed class RespondRaceTests(ITestOutputHelper output)
{
    private const int Answers = 8;
    private static readonly int Questions = Form.Count("WFG_QUESTIONS", 25);

    public static TheoryData<string> Stores { get; } = [.. Store.Names];

    [Theory, MemberData(nameof(Stores))]
    public async Task Of_eight_simultaneous_answers_one_is_accepted(string store)
    {
        var (accepted, refused, sent) = await AskAsync(store, null);
        (accepted, refused, sent).Should().Be((Questions, Questions * (Answers - 1), Questions));
    }

    [FullFact]
    public async Task A_gateway_that_lets_two_answers_through_is_caught()
    {
        var (accepted, refused, sent) = await AskAsync("sqlite", "two-winners");
        Form.Say(output, $"two-winners: {accepted} accepted, {refused} refused, {sent} sent");
        sent.Should().BeGreaterThan(Questions);
    }

    private async Task<(int Accepted, int Refused, int Sent)> AskAsync(string store, string? mutant)
    {
        var replicas = store == "postgres" ? 2 : 1;
        await using var cluster = await Cluster.StartAsync(new GatewayFolder("30s", store), replicas, mutant);
        var replies = new List<Reply>();
        for (var n = 0; n < Questions; n++)
        {
            var run = await cluster.Clients[0].StartAsync("juo-asks", $"question-{n}");
            var asked = run.Body.GetProperty("interactions")[0];
            var body = new { interactionId = asked.GetProperty("id").GetString(), type = asked.GetProperty("responses")[n % 2].GetProperty("type").GetString() };
            replies.AddRange(await Task.WhenAll(Enumerable.Range(0, Answers).Select(i => cluster.Clients[i % replicas].CommandAsync(run.RunId!, "respond", body, $"answer-{n}-{i}"))));
        }

        var sent = cluster.Sandbox.ReadLedger("juo", "respond");
        var refused = replies.Count(reply => reply.Status is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed);
        Form.Say(output, $"{store}: {Questions} questions, {replies.Count} answers: {replies.Count(reply => reply.Ok)} accepted, {refused} refused; the vendor heard {sent.Count} and took {sent.Count(entry => entry.Processed)}");
        if (mutant is null) sent.Should().OnlyContain(entry => entry.Processed);
        return (replies.Count(reply => reply.Ok), refused, sent.Count);
    }
}
