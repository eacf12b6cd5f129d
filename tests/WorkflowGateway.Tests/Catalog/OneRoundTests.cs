namespace WorkflowGateway.Tests.Catalog;

/// <summary>Whoever mends a file reads its problems once: none waits behind another.</summary>
public sealed class OneRoundTests
{
    [Fact]
    public void Mistakes_of_every_stage_are_said_in_one_round()
    {
        var said = Said("""
            {
              "connections": {
                "j": { "adapter": "juoo", "baseUrl": "ftp://x", "credential": { "value": "${env:NOPE_X}" }, "timeout": "5 parsecs" }
              },
              "workflows": {
                "w": {
                  "requires": [ "fly" ],
                  "inputSchema": { "type": "strng" },
                  "routes": [ { "name": "r", "connection": "j", "target": { "flowTyp": "cancellation" } } ]
                }
              }
            }
            """, CatalogFixture.Real);

        said.Should().BeEquivalentTo(
            "3 /connections/j/adapter",
            "3 /connections/j/baseUrl",
            "3 /connections/j/credential/value",
            "3 /connections/j/timeout",
            "3 /connections/j/tenantId",
            "7 /workflows/w/requires/0",
            "8 /workflows/w/inputSchema/type",
            "9 /workflows/w/routes/0/target/flowTyp",
            "9 /workflows/w/routes/0/target/flowType");
    }

    [Fact]
    public void An_unknown_adapter_hides_only_what_it_alone_could_say()
    {
        var said = Said("""
            {
              "connections": { "a": { "adapter": "zzz", "baseUrl": 7, "own": 1, "credential": { "value": "${env:NOPE}" }, "timeout": "soon" } },
              "workflows": { "w": { "routes": [ { "connection": "b", "target": { "job": "${imput}" }, "when": { "x": "1" } } ] } }
            }
            """);

        said.Should().BeEquivalentTo(
            "2 /connections/a/adapter",
            "2 /connections/a/baseUrl",
            "2 /connections/a/credential/value",
            "2 /connections/a/timeout",
            "3 /workflows/w/routes/0/name",
            "3 /workflows/w/routes/0/connection",
            "3 /workflows/w/routes/0/target/job",
            "3 /workflows/w/routes/0/when/x");
    }

    [Fact]
    public void Every_copy_of_a_name_is_judged_at_its_own_place()
    {
        var said = Said("""
            {
              "connections": {
                "a": { "adapter": "acme", "baseUrl": "nowhere", "credential": { "value": "x" } },
                "a": { "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "${env:NOPE}" } },
                "a": { "adapter": "bare", "baseUrl": "https://a.example", "credential": { "value": "x" }, "timeout": "soon" }
              },
              "workflows": { "w": { "requires": [ "pause" ], "requires": [ "stop" ], "routes": [ { "name": "r", "connection": "a", "target": { "job": "j" } } ] } }
            }
            """);

        said.Should().BeEquivalentTo(
            "3 /connections/a/baseUrl",
            "4 /connections/a",
            "4 /connections/a/credential/value",
            "5 /connections/a",
            "5 /connections/a/timeout",
            "7 /workflows/w/requires");
    }

    [Fact]
    public void Connections_of_the_wrong_kind_do_not_hide_the_workflows() =>
        Said("""{ "connections": [], "workflows": { "w": { "requires": "stop", "routes": [ 1, { "name": "r", "connection": "a", "target": { "job": "${imput}" } } ] } } }""")
            .Should().BeEquivalentTo("1 /connections", "1 /workflows/w/requires", "1 /workflows/w/routes/0", "1 /workflows/w/routes/1/target/job");

    private static IEnumerable<string> Said(string json, WorkflowGateway.Catalog.CatalogContext? context = null) =>
        CatalogFixture.Problems(json, context).Select(problem => $"{problem.Line} {problem.Path}");
}
