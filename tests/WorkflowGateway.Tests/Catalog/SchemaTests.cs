using WorkflowGateway.Catalog;

namespace WorkflowGateway.Tests.Catalog;

public sealed class SchemaTests
{
    [Theory]
    [InlineData("""{ "type": "integer" }""", "3.0", "3.5")]
    [InlineData("""{ "type": "integer", "maximum": 3 }""", "-99999999999999999999999999999999999999", "99999999999999999999999999999999999999")]
    [InlineData("""{ "type": "number" }""", "1e400", "\"1\"")]
    [InlineData("""{ "type": [ "string", "null" ] }""", "null", "3")]
    [InlineData("""{ "type": "boolean" }""", "true", "\"true\"")]
    [InlineData("""{ "exclusiveMinimum": 3 }""", "3.1", "3")]
    [InlineData("""{ "exclusiveMaximum": 3 }""", "2", "3")]
    [InlineData("""{ "minimum": 3 }""", "3", "2")]
    [InlineData("""{ "multipleOf": 0.1 }""", "0.3", "0.35")]
    [InlineData("""{ "minLength": 2 }""", "\"ab\"", "\"a\"")]
    [InlineData("""{ "maxLength": 1 }""", "\"😀\"", "\"ab\"")]
    [InlineData("""{ "type": "string" }""", "\"x\"", "\"\\ud800\"")]
    [InlineData("""{ "pattern": "^a" }""", "\"ab\"", "\"ba\"")]
    [InlineData("""{ "pattern": "^(?!b)" }""", "\"ab\"", "\"ba\"")]
    [InlineData("""{ "pattern": "^(a+)+(?!c)$" }""", "\"aa\"", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"")]
    [InlineData("""{ "format": "date-time" }""", "\"2026-01-01T00:00:00Z\"", "\"2026-01-01\"")]
    [InlineData("""{ "format": "date" }""", "\"2026-01-31\"", "\"2026-02-31\"")]
    [InlineData("""{ "format": "uuid" }""", "\"7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a11\"", "\"7c0f\"")]
    [InlineData("""{ "format": "email" }""", "\"a@b.example\"", "\"A <a@b.example>\"")]
    [InlineData("""{ "format": "uri" }""", "\"https://a.example/b\"", "\"/b\"")]
    [InlineData("""{ "minItems": 1 }""", "[ 1 ]", "[]")]
    [InlineData("""{ "maxItems": 1 }""", "[ 1 ]", "[ 1, 2 ]")]
    [InlineData("""{ "uniqueItems": true }""", "[ { \"a\": 1 }, { \"a\": 2 } ]", "[ { \"a\": 1, \"b\": 1 }, { \"b\": 1, \"a\": 1 } ]")]
    [InlineData("""{ "items": { "type": "string" } }""", "[ \"a\" ]", "[ 1 ]")]
    [InlineData("""{ "minProperties": 1 }""", "{ \"a\": 1 }", "{}")]
    [InlineData("""{ "maxProperties": 0 }""", "{}", "{ \"a\": 1 }")]
    [InlineData("""{ "properties": { "a": false } }""", "{ \"b\": 1 }", "{ \"a\": 1 }")]
    [InlineData("""{ "additionalProperties": { "type": "string" } }""", "{ \"a\": \"x\" }", "{ \"a\": 1 }")]
    [InlineData("""{ "enum": [ "a", 1, null ] }""", "1.0", "2")]
    [InlineData("""{ "enum": [ { "a": 1 } ] }""", "{ \"a\": 1 }", "{ \"a\": 2 }")]
    [InlineData("""{ "const": 1 }""", "1", "2")]
    [InlineData("""{ "allOf": [ { "type": "object" }, { "required": [ "a" ] } ] }""", "{ \"a\": 1 }", "{}")]
    [InlineData("""{ "anyOf": [ { "type": "string" }, { "type": "object", "required": [ "a" ] } ] }""", "\"x\"", "{}")]
    [InlineData("""{ "oneOf": [ { "minimum": 1 }, { "type": "number" } ] }""", "0", "1")]
    [InlineData("""{ "not": { "type": "string" } }""", "1", "\"a\"")]
    [InlineData("false", null, "1")]
    [InlineData("true", "1", null)]
    public void Every_keyword_is_honoured(string schema, string? good, string? bad)
    {
        var problems = new List<ConfigurationProblem>();
        var node = SchemaReader.Read(CatalogFixture.Json(schema), "", problems);
        problems.Should().BeEmpty();

        if (good is not null) node.Check(CatalogFixture.Json(good), "/input").Should().BeEmpty();
        if (bad is not null) node.Check(CatalogFixture.Json(bad), "/input").Should().NotBeEmpty().And.OnlyContain(problem => problem.Pointer.StartsWith("/input", StringComparison.Ordinal));
    }

    [Fact]
    public void The_description_lists_every_keyword() =>
        SchemaKeywords.All.Except(["$schema", "$comment"]).Should().OnlyContain(keyword => SchemaKeywords.SupportedText.Contains(keyword));

    [Fact]
    public void The_revision_changes_with_the_content_only()
    {
        const string Connection = """{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" } }""";
        var first = CatalogFixture.Read($$"""{ "connections": { "a": {{Connection}}, "b": {{Connection}} }, "workflows": {} }""").Revision;

        CatalogFixture.Read($$"""{ "$schema": "x", "workflows": {}, /* moved */ "connections": { "b": {{Connection}}, "a": {{Connection}}, } }""").Revision.Should().Be(first);
        CatalogFixture.Read($$"""{ "connections": { "a": {{Connection}} }, "workflows": {} }""").Revision.Should().NotBe(first);
    }

    [Fact]
    public void Defaults_are_those_of_the_settings()
    {
        var context = CatalogFixture.Fake with { PollMin = TimeSpan.FromSeconds(2), PollMax = TimeSpan.FromMinutes(3) };
        const string Json = """
            { "connections": {
              "a": { "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" } },
              "b": { "adapter": "acme", "baseUrl": "https://b.example", "credential": { "value": "x" }, "timeout": "500ms", "poll": { "max": "1h" } }
            }, "workflows": {} }
            """;

        var (a, b) = (CatalogFixture.Read(Json, context).Connections["a"], CatalogFixture.Read(Json, context with { DispatchTimeout = TimeSpan.FromSeconds(9) }).Connections);

        (a.Timeout, a.Concurrency, a.PollMin, a.PollMax, a.StaleAfter, a.Enabled).Should()
            .Be((TimeSpan.FromSeconds(45), 16, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(6), true));
        b["a"].Timeout.Should().Be(TimeSpan.FromSeconds(9));
        (b["b"].Timeout, b["b"].PollMax).Should().Be((TimeSpan.FromMilliseconds(500), TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Everything_wrong_with_the_settings_is_said_at_once()
    {
        var validator = new CatalogOptionsValidator();

        validator.Validate(null, new SyncOptions { MinInterval = "1", MaxInterval = "60d" }).Failures.Should().Equal(
            $"Sync:MinInterval is '1'. {Durations.Hint}", "Sync:MaxInterval is longer than 30d, the longest that can be.");
        validator.Validate(null, new SyncOptions { MinInterval = "1h", MaxInterval = "1m" }).Failures.Should().Equal("Sync:MinInterval is longer than Sync:MaxInterval.");
        validator.Validate(null, new DispatchOptions { Timeout = "soon" }).Failed.Should().BeTrue();
        validator.Validate(null, new GatewayOptions { ConfigPath = "" }).Failed.Should().BeTrue();
        validator.Validate(null, new SyncOptions()).Succeeded.Should().BeTrue();
    }

    [Fact]
    public void The_sandbox_is_the_same_account_on_another_port()
    {
        const string Json = """{ "connections": { "a": { "adapter": "acme", "baseUrl": "${sandbox:juo}", "credential": { "value": "x" } } }, "workflows": {} }""";

        string Identity(string url) => CatalogFixture.Read(Json, CatalogFixture.Fake with { Sandbox = new Dictionary<string, string> { ["juo"] = url } }).Connections["a"].Identity;

        Identity("http://127.0.0.1:1").Should().Be(Identity("http://127.0.0.1:2"));
    }
}
