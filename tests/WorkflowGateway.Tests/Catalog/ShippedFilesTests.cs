using WorkflowGateway.Catalog;

namespace WorkflowGateway.Tests.Catalog;

public sealed class ShippedFilesTests
{
    private static readonly HomeFolder Home = HomeFolder.Find();

    [Fact]
    public void The_shipped_file_loads()
    {
        var catalog = CatalogReader.Load(Home.Resolve("config/gateway.json"), CatalogFixture.Real);

        catalog.Revision.Should().MatchRegex("^sha256:[0-9a-f]{64}$");
        catalog.Connections.Keys.Should().BeEquivalentTo("juo", "interactly", "fortanix");
        catalog.Workflows.Keys.Should().BeEquivalentTo("cancel-subscription", "patient-intake", "train-model");
        catalog.Connections["juo"].Vendor.BaseUrl.Should().Be(new Uri("http://127.0.0.1:4711/juo/customer/v1"));
        catalog.Connections["fortanix"].Exclusive.Should().BeTrue();
        catalog.Connections["interactly"].Timeout.Should().Be(TimeSpan.FromSeconds(90));
    }

    [Theory]
    [InlineData("juo", "JUO_TOKEN")]
    [InlineData("interactly", "INTERACTLY_API_KEY", "INTERACTLY_BASE_URL", "INTERACTLY_WEBHOOK_SECRET")]
    [InlineData("fortanix", "FORTANIX_TOKEN")]
    public void A_sample_loads_with_its_variables_and_names_them_without(string vendor, params string[] variables)
    {
        var path = Home.Resolve($"config/samples/{vendor}.json");
        var production = CatalogFixture.Real with { Production = true, Sandbox = null };

        CatalogReader.Load(path, production with { Variable = name => name.EndsWith("URL", StringComparison.Ordinal) ? "https://vendor.example/workflows" : "token" })
            .Connections.Should().ContainKey(vendor);

        var reading = () => CatalogReader.Load(path, production);
        reading.Should().Throw<CatalogException>().Which.Problems.Select(problem => problem.Message)
            .Should().BeEquivalentTo(variables.Select(name => $"The environment variable {name} is not set. Set it before the gateway starts."));
    }

    [Fact]
    public void In_production_nothing_points_at_the_sandbox()
    {
        var reading = () => CatalogReader.Load(Home.Resolve("config/gateway.json"), CatalogFixture.Real with { Production = true });
        reading.Should().Throw<CatalogException>().Which.Problems.Should().HaveCount(3)
            .And.OnlyContain(problem => problem.Message == "The sandbox does not exist in Production. Write the vendor's own URL.");
    }

    /// <summary>To make it anew: UPDATE_SCHEMA=1 dotnet test tests/WorkflowGateway.Tests --filter The_schema_file_is_up_to_date</summary>
    [Fact]
    public void The_schema_file_is_up_to_date()
    {
        var path = Home.Resolve("config/gateway.schema.json");
        var generated = GatewaySchema.Generate(CatalogFixture.Vendors);
        if (Environment.GetEnvironmentVariable("UPDATE_SCHEMA") == "1") File.WriteAllText(path, generated);

        File.ReadAllText(path).Should().Be(generated, "the file is generated: run this test with UPDATE_SCHEMA=1");
    }

    [Fact]
    public void The_home_folder_is_never_a_build_output()
    {
        var root = Directory.CreateTempSubdirectory();
        try
        {
            var output = root.CreateSubdirectory("src/App/bin/Debug/net10.0");
            Write(root);
            Write(output);

            HomeFolder.Find(output.FullName, output.FullName).Path.Should().Be(root.FullName);
            HomeFolder.Find(Path.GetTempPath(), output.FullName).Path.Should().Be(root.FullName);
            HomeFolder.Find(root.FullName, "/").Resolve("data/gateway.db").Should().Be(Path.Combine(root.FullName, "data", "gateway.db"));
        }
        finally
        {
            root.Delete(recursive: true);
        }

        static void Write(DirectoryInfo folder) => File.WriteAllText(Path.Combine(folder.CreateSubdirectory("config").FullName, "gateway.json"), "{}");
    }
}
