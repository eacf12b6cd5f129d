using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Tests.Host;

public sealed class HostTests
{
    [Theory]
    [InlineData("http://*:8080", null, "http://127.0.0.1:8080")]
    [InlineData("http://[::]:8080;http://other:1", null, "http://127.0.0.1:8080")]
    [InlineData("http://localhost:5000", "9999", "http://localhost:5000")]
    [InlineData(null, "8085;8086", "http://127.0.0.1:8085")]
    [InlineData(null, null, "http://localhost:8080")]
    public void The_address_is_found_as_one_reaches_it_from_here(string? urls, string? ports, string expected)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("urls", urls), new("HTTP_PORTS", ports)]).Build();

        ListenAddress.FromHere(settings).Should().Be(expected);
        ListenAddress.IsLeftToUs(settings).Should().Be(urls is null && ports is null);
    }

    [Fact]
    public async Task A_bad_file_stops_the_start_with_everything_that_is_wrong_with_it()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, """{ "connections": { "x": { "adapter": "jou" } }, "workflows": { "w": { "routes": [] } }, "extra": 1 }""");
        var build = () => GatewayHost.BuildAsync(["--environment", "Production", "--Gateway:ConfigPath", file], builder => builder.Logging.ClearProviders());

        var problems = (await build.Should().ThrowAsync<CatalogException>()).Which.Problems;

        problems.Should().HaveCountGreaterThan(2).And.OnlyContain(problem => problem.Line > 0 && problem.File == file);
        problems.Should().Contain(problem => problem.Message.Contains("juo"));
        File.Delete(file);
    }

    [Fact]
    public async Task The_simulated_vendors_have_no_place_in_production()
    {
        var build = () => GatewayHost.BuildAsync(["--environment", "Production", "--Sandbox:Enabled", "true"]);

        await build.Should().ThrowAsync<SettingsException>().WithMessage("*Sandbox:Enabled*Production*");
    }

    // The registry serves no vulnerability data, so what was reviewed is written down: a newer one is looked at before it comes in.
    [Fact]
    public void The_database_library_is_the_one_that_was_reviewed()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");

        connection.ExecuteScalar<string>("SELECT sqlite_version()").Should().Be("3.50.4");
        FileVersionInfo.GetVersionInfo(typeof(SqliteConnection).Assembly.Location).ProductVersion.Should().StartWith("10.0.14");
    }
}
