using System.Runtime.CompilerServices;
using System.Text.Json;

namespace WorkflowGateway.Tests.Api;

public sealed class OpenApiTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task The_checked_in_description_is_the_one_served()
    {
        var served = JsonSerializer.Serialize(await ReadAsync(), Indented) + "\n";
        var file = Path.Combine(Here(), "../../../src/WorkflowGateway/openapi.v1.json");
        if (Environment.GetEnvironmentVariable("UPDATE_OPENAPI") == "1") await File.WriteAllTextAsync(file, served);
        (await File.ReadAllTextAsync(file)).Should().Be(served, "run the test once with UPDATE_OPENAPI=1 and look at the difference");
    }

    [Fact]
    public async Task Every_operation_is_named_secured_or_public_and_says_how_it_fails()
    {
        foreach (var path in (await ReadAsync()).GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                operation.Value.GetProperty("operationId").GetString().Should().NotBeNullOrEmpty(path.Name);
                operation.Value.GetProperty("summary").GetString().Should().NotBeNullOrEmpty(path.Name);
                var open = operation.Value.TryGetProperty("security", out var security) && security.GetArrayLength() == 0;
                // A vendor's webhook brings a signature in place of a key.
                open.Should().Be((!path.Name.StartsWith("/v1/", StringComparison.Ordinal) && path.Name != "/metrics") || path.Name == "/v1/vendor-events/{connection}", path.Name);
                if (open) continue;
                operation.Value.GetProperty("responses").GetProperty("401").GetProperty("content").TryGetProperty("application/problem+json", out _).Should().BeTrue();
            }
        }
    }

    [Fact]
    public async Task Members_that_are_left_out_when_null_are_not_required()
    {
        var schemas = (await ReadAsync()).GetProperty("components").GetProperty("schemas");
        Required("Action").Should().BeEquivalentTo("name", "enabled");
        Required("RunList").Should().BeEquivalentTo("runs");
        Required("Problem").Should().BeEquivalentTo("type", "title", "status", "detail", "instance", "code", "traceId", "retryable");
        Required("StartBody").Should().BeEquivalentTo("workflow");
        Required("Run").Should().Contain("nativeStatus").And.NotContain("native");

        IEnumerable<string?> Required(string schema) => schemas.GetProperty(schema).GetProperty("required").EnumerateArray().Select(name => name.GetString());
    }

    [Fact]
    public async Task Numbers_are_numbers_and_anything_may_be_null()
    {
        var run = (await ReadAsync()).GetProperty("components").GetProperty("schemas").GetProperty("Run").GetProperty("properties");
        run.GetProperty("version").GetProperty("type").GetString().Should().Be("integer");
        run.GetProperty("result").TryGetProperty("oneOf", out _).Should().BeFalse();
        run.GetProperty("status").GetProperty("x-extensible-enum").GetArrayLength().Should().Be(12);
    }

    private Task<JsonElement> ReadAsync() => gateway.ReadAsync("/openapi/v1.json");

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
