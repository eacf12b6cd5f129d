using WorkflowGateway.Catalog;

namespace WorkflowGateway.Tests.Catalog;

/// <summary>Each broken file with the one thing that is said about it.</summary>
public sealed class BrokenWorkflowsTests
{
    private const string Route = """ "routes": [ { "name": "r", "connection": "a", "target": { "job": "j" } } ] """;
    private const string Hint = "Write ${input}, ${input.a.b}, ${labels.name}, ${subject}, ${correlationId} or ${runId}; $${ stands for the text itself.";

    [Theory]
    [InlineData("""{ }""", "/routes", "The member 'routes' is missing. Add it: who can do it.")]
    [InlineData("""{ "routes": [] }""", "/routes", "At least 1 item must stand here.")]
    [InlineData("""{ "descripton": "x",""" + Route + "}", "/descripton", "Unknown member 'descripton'. Did you mean 'description'?")]
    [InlineData("""{ "requires": [ "respnd" ],""" + Route + "}", "/requires/0", "This word is not known here. Did you mean 'respond'?")]
    [InlineData("""{ "requires": [ "pause" ],""" + Route + "}", "/routes/0/connection", "The workflow requires pause, and Acme has no pause. Take it out of requires, or route to a vendor that has it.")]
    [InlineData("""{ "tenants": [],""" + Route + "}", "/tenants", "No tenant could start this workflow. Name one, or leave tenants out for all.")]
    [InlineData("""{ "tenants": [ "t2" ], "routes": [ { "name": "r", "connection": "only-t1", "target": { "job": "j" } } ] }""", "/tenants", "None of these tenants may use the connection 'only-t1' of route 'r'. Name one that may.")]
    [InlineData("""{ "inputSchema": { "type": "object", "if": {} },""" + Route + "}", "/inputSchema/if", "The keyword 'if' is not supported. Known: additionalProperties,*")]
    [InlineData("""{ "inputSchema": { "properties": { "a": { "prefixItems": [] } } },""" + Route + "}", "/inputSchema/properties/a/prefixItems", "The keyword 'prefixItems' is not supported. Known: additionalProperties,*")]
    [InlineData("""{ "inputSchema": { "type": "strng" },""" + Route + "}", "/inputSchema/type", "'strng' is no JSON type. Did you mean 'string'?")]
    [InlineData("""{ "inputSchema": { "format": "ipv4" },""" + Route + "}", "/inputSchema/format", "This format is not checked here. Known: date, date-time, email, uri, uuid.")]
    [InlineData("""{ "inputSchema": { "pattern": "(" },""" + Route + "}", "/inputSchema/pattern", "This is no regular expression.")]
    [InlineData("""{ "inputSchema": { "minLength": -1 },""" + Route + "}", "/inputSchema/minLength", "'minLength' must be a whole number from 0 up.")]
    [InlineData("""{ "inputSchema": { "required": "a" },""" + Route + "}", "/inputSchema/required", "'required' must be a list of member names.")]
    [InlineData("""{ "inputSchema": { "items": [ true ] },""" + Route + "}", "/inputSchema/items", "'items' must be one schema; a list of schemas is not supported.")]
    [InlineData("""{ "inputSchema": { "required": [ "id" ] }, "example": {},""" + Route + "}", "/example/id", "The example does not fit inputSchema: The member 'id' is missing. Mend the example or the schema.")]
    [InlineData("""{ "routes": [ { "connection": "a", "target": { "job": "j" } } ] }""", "/routes/0/name", "The member 'name' is missing. Add it: its name, unique in the workflow.")]
    [InlineData("""{ "routes": [ { "name": "r", "connection": "a" } ] }""", "/routes/0/target", "The member 'target' is missing. Add it: what the vendor is to run.")]
    [InlineData("""{ "routes": [ { "name": "r", "connection": "a", "target": [] } ] }""", "/routes/0/target", "This must be an object.")]
    [InlineData("""{ "routes": [ { "name": "r", "connection": "only-t2", "target": { "job": "j" } } ] }""", "/routes/0/connection", "There is no connection 'only-t2'. Did you mean 'only-t1'?")]
    [InlineData("""{ "routes": [ { "name": "r", "connection": "a", "target": { "job": "j" } }, { "name": "r", "connection": "a", "target": { "job": "k" } } ] }""", "/routes/1/name", "There is a route 'r' before this one. Give each its own name.")]
    [InlineData("""{ "routes": [ { "name": "r", "connection": "a", "target": {} } ] }""", "/routes/0/target", "The target needs a job.")]
    [InlineData("""{ "routes": [ { "name": "r", "connection": "a", "target": { "job": "two words" } } ] }""", "/routes/0/target/job", "A job has no space in its name.")]
    [InlineData("""{ "routes": [ { "name": "r", "connection": "a", "target": { "job": "${inputs.a}" } } ] }""", "/routes/0/target/job", "Unknown placeholder 'inputs'. Did you mean 'input'?")]
    [InlineData("""{ "routes": [ { "name": "r", "connection": "a", "target": { "job": "${env:JOB}" } } ] }""", "/routes/0/target/job", "${env:…} stands only in connections. " + Hint)]
    [InlineData("""{ "routes": [ { "name": "r", "connection": "a", "target": { "job": "j-${input.a}" } } ] }""", "/routes/0/target/job", "A placeholder must be the whole text. " + Hint)]
    [InlineData("""{ "routes": [ { "name": "r", "connection": "a", "target": { "job": "j" }, "input": { "main": { "a": [ "${input..a}" ] } } } ] }""", "/routes/0/input/main/a/0", "Unknown placeholder. " + Hint)]
    [InlineData("""{ "routes": [ { "name": "r", "connection": "a", "target": { "job": "j" }, "input": { "mian": "${input}" } } ] }""", "/routes/0/input/mian", "Acme has no input part 'mian'. Did you mean 'main'?")]
    [InlineData("""{ "routes": [ { "name": "r", "connection": "n", "target": { "job": "j" }, "input": { "main": 1 } } ] }""", "/routes/0/input/main", "Bare takes no input. Use placeholders in target instead: \"${input.name}\".")]
    [InlineData("""{ "example": { "a": 1, "b": 2 }, "routes": [ { "name": "r", "connection": "n", "target": { "job": "${input.a}" } } ] }""", "/example/b", "Bare takes no input of its own, and no placeholder of the target of route 'r' uses this member of the example. Use it there, \"${input.b}\", or take it out.")]
    [InlineData("""{ "routes": [ { "name": "r", "connection": "a", "target": { "job": "j" }, "when": { "label.x": "y" } } ] }""", "/routes/0/when/label.x", "'label.x' cannot be tested. Did you mean 'labels.x'?")]
    [InlineData("""{ "routes": [ { "name": "r", "connection": "a", "target": { "job": "j" }, "when": { "labels.x": 1 } } ] }""", "/routes/0/when/labels.x", "Labels and tenants are texts: put the value in double quotes.")]
    [InlineData("""{ "routes": [ { "name": "r", "connection": "a", "target": { "job": "j" }, "when": { "input.x": {} } } ] }""", "/routes/0/when/input.x", "Write a text, a number, true or false, or a list of these.")]
    [InlineData("""{ "routes": [ { "name": "r", "connection": "a", "target": { "job": "j" }, "when": { "tenant": [] } } ] }""", "/routes/0/when/tenant", "An empty list never matches. Name a value, or leave the member out.")]
    [InlineData("""{ "routes": [ { "name": "r", "connection": "a", "target": { "job": "j" }, "weight": -1 } ] }""", "/routes/0/weight", "This must be at least 0.")]
    [InlineData("""{ "routes": [ null ] }""", "/routes/0", "This must be an object. It has the members name, connection, target.")]
    public void A_broken_workflow_is_refused_at_its_place(string workflow, string path, string message)
    {
        var problems = CatalogFixture.Problems($$"""
            {
              "connections": {
                "a": { "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" } },
                "only-t1": { "adapter": "acme", "baseUrl": "https://t.example", "credential": { "value": "x" }, "tenants": [ "t1" ] },
                "n": { "adapter": "bare", "baseUrl": "https://n.example", "credential": { "value": "x" } }
              },
              "workflows": {
                "w":
                  {{workflow}}
              }
            }
            """);

        var problem = problems.Should().ContainSingle().Subject;
        problem.Path.Should().Be("/workflows/w" + path);
        problem.Message.Should().Match(message.Replace("[", "?").Replace("]", "?"));
        problem.Line.Should().BeInRange(8, 9);
    }

    [Fact]
    public void Everything_is_said_at_once_in_the_order_of_the_file()
    {
        var said = CatalogFixture.Problems("""
            // A comment, and trailing commas are fine.
            {
              "connections": {
                "a": { "adapter": "acme", "baseUrl": "nowhere", "credential": { "value": "${env:NOPE}" }, "timeout": "soon", },
                "a": { "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" } },
                "Bad": { "adapter": "acne", },
              },
              "workflows": {
                "w": { "requires": [ "pause" ], "routes": [
                  { "name": "r", "connection": "b", "target": { "job": "${imput}" }, "wieght": 2 },
                ] },
              },
              "conections": {},
            }
            """).Select(problem => $"{problem.Line}:{problem.Column} {problem.Path}");

        said.Should().Equal(
            "4:31 /connections/a/baseUrl",
            "4:69 /connections/a/credential/value",
            "4:95 /connections/a/timeout",
            "5:5 /connections/a",
            "6:5 /connections/Bad",
            "6:5 /connections/Bad/baseUrl",
            "6:5 /connections/Bad/credential",
            "6:14 /connections/Bad/adapter",
            "10:22 /workflows/w/routes/0/connection",
            "10:53 /workflows/w/routes/0/target/job",
            "10:74 /workflows/w/routes/0/wieght",
            "13:3 /conections");
    }

    [Theory]
    [InlineData("{ \"connections\": {}, \"workflows\": {} ", 1)]
    [InlineData("{\n \"connections\": tok_abcdef }", 2)]
    [InlineData("{\n \"connections\": {}\n \"workflows\": {} }", 3)]
    [InlineData("", 1)]
    public void What_is_no_json_is_said_with_its_line_and_not_repeated(string json, int line)
    {
        var problem = CatalogFixture.Problems(json).Should().ContainSingle().Subject;
        problem.Line.Should().Be(line);
        problem.Message.Should().StartWith("This is not JSON: ").And.NotContain("tok_");
    }

    [Fact]
    public void A_missing_file_is_said()
    {
        var reading = () => CatalogReader.Load("/no/such/gateway.json", CatalogFixture.Fake);
        reading.Should().Throw<CatalogException>().WithMessage("/no/such/gateway.json:1:1: /: There is no such file. Set Gateway:ConfigPath*");
    }
}
