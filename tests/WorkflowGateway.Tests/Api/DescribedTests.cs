using System.Text.Json;

namespace WorkflowGateway.Tests.Api;

public sealed class DescribedTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task Every_operation_parameter_answer_and_header_is_described()
    {
        var silent = new List<string>();
        foreach (var (path, operation) in from path in (await ReadAsync()).GetProperty("paths").EnumerateObject()
                                          from operation in path.Value.EnumerateObject()
                                          select (path.Name, operation))
        {
            var name = operation.Name + " " + path;
            Ask(silent, name, operation.Value);
            if (operation.Value.TryGetProperty("parameters", out var parameters))
                foreach (var parameter in parameters.EnumerateArray()) Ask(silent, $"{name} {parameter.GetProperty("name")}", parameter);
            foreach (var answer in operation.Value.GetProperty("responses").EnumerateObject())
            {
                Ask(silent, $"{name} {answer.Name}", answer.Value);
                if (!answer.Value.TryGetProperty("headers", out var headers)) continue;
                foreach (var header in headers.EnumerateObject()) Ask(silent, $"{name} {answer.Name} {header.Name}", header.Value);
            }
        }

        silent.Should().BeEmpty();
    }

    [Fact]
    public async Task Every_schema_and_every_member_of_one_is_described()
    {
        var silent = new List<string>();
        foreach (var schema in (await ReadAsync()).GetProperty("components").GetProperty("schemas").EnumerateObject().Where(schema => schema.Name != nameof(JsonElement)))
        {
            Ask(silent, schema.Name, schema.Value);
            if (!schema.Value.TryGetProperty("properties", out var members)) continue;
            foreach (var member in members.EnumerateObject()) Ask(silent, $"{schema.Name}.{member.Name}", member.Value);
        }

        silent.Should().BeEmpty();
    }

    [Fact]
    public async Task The_data_of_an_event_is_described()
    {
        var schemas = (await ReadAsync()).GetProperty("components").GetProperty("schemas");
        schemas.GetProperty("Event").GetProperty("properties").GetProperty("data").GetProperty("$ref").GetString().Should().EndWith("/RunChange");
        var change = schemas.GetProperty("RunChange");
        change.GetProperty("required").EnumerateArray().Select(name => name.GetString()).Should().BeEquivalentTo("run", "previousStatus", "cause");
        change.GetProperty("properties").GetProperty("run").GetProperty("$ref").GetString().Should().EndWith("/Run");
    }

    private Task<JsonElement> ReadAsync() => gateway.ReadAsync("/openapi/v1.json");

    private static void Ask(List<string> silent, string name, JsonElement one)
    {
        if (!one.TryGetProperty("description", out var text) || string.IsNullOrWhiteSpace(text.GetString())) silent.Add(name);
    }
}
