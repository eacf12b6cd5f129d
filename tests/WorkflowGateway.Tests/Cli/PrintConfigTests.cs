using System.Text.Json;
using WorkflowGateway.Cli;

namespace WorkflowGateway.Tests.Cli;

/// <summary>Whatever is secret is not printed, in whichever words it was written.</summary>
public sealed class PrintConfigTests : IDisposable
{
    private const string Secret = "geheim-4711";

    private readonly string _folder = Directory.CreateTempSubdirectory("wfg-print-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Host=db;Username=u;Password=" + Secret, "Host=db;Username=u;Password=***")]
    [InlineData("Host=db;PSW=" + Secret, "Host=db;Password=***")]
    [InlineData("Host=db;pwd=" + Secret, "Host=db;Password=***")]
    [InlineData("Host=db;SSL Password=" + Secret, "Host=db;SSL Password=***")]
    [InlineData("Host=db;Port=" + Secret, "***")]
    [InlineData("postgres://u:" + Secret + "@h/db", "***")]
    [InlineData("postgres://u:" + Secret + "@h/db?sslmode=require", "***")]
    public async Task A_password_of_the_store(string connection, string shown)
    {
        var printed = await PrintAsync("{}", "--Storage:ConnectionString=" + connection);

        printed.GetProperty("settings").EnumerateArray().Single(setting => setting.Text("name") == "Storage:ConnectionString").Text("value").Should().Be(shown);
        printed.ToString().Should().NotContain(Secret);
    }

    [Fact]
    public async Task Every_header_that_is_not_references_only()
    {
        var printed = await PrintAsync($$"""{ "X-Signature": "{{Secret}}", "teamid": "red", "X-Api-Key": "${env:PATH}", "X-Mixed": "{{Secret}}${env:PATH}" }""");

        printed.GetProperty("gateway").GetProperty("connections").GetProperty("juo").GetProperty("headers").EnumerateObject()
            .Select(header => (header.Name, header.Value.GetString())).Should().Equal(("X-Signature", "***"), ("teamid", "***"), ("X-Api-Key", "${env:PATH}"), ("X-Mixed", "***"));
    }

    private async Task<JsonElement> PrintAsync(string headers, params string[] settings)
    {
        var file = Path.Combine(_folder, "gateway.json");
        await File.WriteAllTextAsync(file, $$"""
            {
              "connections": { "juo": { "adapter": "juo", "baseUrl": "https://juo.example", "tenantId": "shop", "credential": { "value": "x" }, "headers": {{headers}} } },
              "workflows": { "ask": { "routes": [ { "name": "juo", "connection": "juo", "target": { "flowType": "cancellation" } } ] } }
            }
            """);
        var printed = await Typed.RunAsync(["print-config", "-o", "json", "--environment", "Development", "--Gateway:ConfigPath", file, .. settings]);
        printed.Code.Should().Be(ExitCode.Ok, printed.Error);
        return JsonElement.Parse(printed.Out);
    }
}
