using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowGateway.Adapters.Juo;
using static WorkflowGateway.Adapters.Tests.Juo.JuoExamples;

namespace WorkflowGateway.Adapters.Tests.Juo;

/// <summary>Every field of every answer dropped, nulled and retyped: nothing throws, nothing ends that did not, no run is lost.</summary>
public sealed class JuoDriftTests
{
    private static readonly string[] Values = ["null", "true", "17", "-1.5e300", "\"odd\"", "[]", "[null,[[]]]", "{}", "{\"odd\":{}}"];

    public static TheoryData<string> Answers { get; } =
    [
        State("running"), State("waiting_interaction"), State("completed"), State("failed"), State("cancelled"), WithoutStatus, NoWorkflow, Silent,
    ];

    [Theory, MemberData(nameof(Answers))]
    public void No_single_odd_field_costs_more_than_itself(string answer)
    {
        var started = JuoMapping.ToStartAnswer(Json(answer), null) as StartAnswer.Started;
        var whole = JuoMapping.ToStartAnswer(Json(answer), null)!.Snapshot;
        foreach (var (path, odd) in Drifts(answer))
        {
            var start = JuoMapping.ToStartAnswer(odd, null);
            var read = JuoMapping.ToSnapshot(odd, Run());
            var responded = JuoMapping.ToRespondSnapshot(odd, Run());
            // A run whose own field is intact is never lost.
            if (started is not null && path != "$.runId")
            {
                start.Should().BeOfType<StartAnswer.Started>().Which.Run.VendorRunId.Should().Be(RunId, path);
                read!.Run!.VendorRunId.Should().Be(RunId, path);
            }

            // A status is the one that was meant, or unknown where its own field is the odd one; never another.
            var own = path == "$.status";
            if (start is not null) start.Snapshot.Status.Should().Be(own ? RunStatus.Unknown : whole.Status, path);
            if (read is not null) read.Status.Should().Be(own || started is null ? RunStatus.Unknown : whole.Status, path);
            if (responded is not null && own) responded.Status.IsFinal().Should().BeFalse(path);
            // What was understood can be written down again.
            if (read is not null) JsonSerializer.SerializeToUtf8Bytes(read.Native).Should().NotBeEmpty();
        }
    }

    [Fact]
    public void Every_field_was_tried() => Drifts(State("running")).Select(drift => drift.Path).Distinct().Should().HaveCountGreaterThan(35);

    private static IEnumerable<(string Path, JsonElement Answer)> Drifts(string answer)
    {
        foreach (var path in Paths(JsonNode.Parse(answer)!).ToList())
        {
            yield return (path, Changed(answer, path, null));
            foreach (var value in Values) yield return (path, Changed(answer, path, value));
        }
    }

    private static IEnumerable<string> Paths(JsonNode node) => node switch
    {
        JsonObject members => members.SelectMany(member => new[] { member.Value!.GetPath() }.Concat(Paths(member.Value))),
        JsonArray items => items.SelectMany(item => new[] { item!.GetPath() }.Concat(Paths(item))),
        _ => [],
    };

    private static JsonElement Changed(string answer, string path, string? value)
    {
        var root = JsonNode.Parse(answer)!;
        var target = Descendants(root).Single(node => node.GetPath() == path);
        switch (target.Parent)
        {
            case JsonObject members when value is null: members.Remove(target.GetPropertyName()); break;
            case JsonArray items when value is null: items.Remove(target); break;
            case { }: target.ReplaceWith(JsonNode.Parse(value!)); break;
        }

        return Json(root.ToJsonString());
    }

    private static IEnumerable<JsonNode> Descendants(JsonNode node) => new[] { node }.Concat(node switch
    {
        JsonObject members => members.SelectMany(member => Descendants(member.Value!)),
        JsonArray items => items.SelectMany(item => Descendants(item!)),
        _ => [],
    });
}
