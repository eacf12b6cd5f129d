using WorkflowGateway.Catalog;

namespace WorkflowGateway.Tests.Catalog;

public sealed class SecretsTests
{
    [Theory]
    [InlineData("\"baseUrl\": \"${env:TOKEN}\"")]
    [InlineData("\"baseUrl\": \"https://a.example\", \"account\": \"${env:TOKEN} x\"")]
    [InlineData("\"baseUrl\": \"https://a.example\", \"headers\": { \"x y\": \"${env:TOKEN}\" }")]
    [InlineData("\"baseUrl\": \"https://a.example\", \"timeout\": \"${env:TOKEN}\"")]
    [InlineData("\"baseUrl\": \"https://a.example\", \"timeout\": \"s3cret-t0ken\"")]
    public void A_secret_is_in_no_message(string members)
    {
        var reading = () => CatalogFixture.Read($$$"""{ "connections": { "a": { "adapter": "acme", "credential": { "value": "${env:TOKEN}" }, {{{members}}} } }, "workflows": {} }""");

        reading.Should().Throw<CatalogException>().Which.ToString().Should().NotContain(CatalogFixture.Token);
    }

    [Fact]
    public void A_snapshot_does_not_print_secrets()
    {
        var catalog = CatalogFixture.Read("""
            { "connections": { "a": { "adapter": "acme", "baseUrl": "https://a.example", "account": "${env:TOKEN}", "headers": { "k": "${env:TOKEN}" },
              "credential": { "value": "${env:TOKEN}" } } }, "workflows": {} }
            """);

        $"{catalog} {catalog.Connections["a"]}".Should().NotContain(CatalogFixture.Token);
        catalog.Connections["a"].Vendor.Headers["k"].Should().Be(CatalogFixture.Token);
    }

    [Fact]
    public async Task A_token_file_is_read_anew_for_each_call()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, "first\n");
            var connection = CatalogFixture.Read($$$"""
                { "connections": { "a": { "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "${file:{{{path}}}}" } } }, "workflows": {} }
                """).Connections["a"];

            (await connection.Vendor.Token!(default)).Reveal().Should().Be("first");
            await File.WriteAllTextAsync(path, "second\n");
            (await connection.Vendor.Token!(default)).Reveal().Should().Be("second");
            File.Delete(path);
            var call = async () => await connection.Vendor.Token!(default);
            (await call.Should().ThrowAsync<RunnerException>()).Which.Error.Kind.Should().Be(RunnerErrorKind.Unauthorized);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_callers_credential_needs_the_master_key_and_is_no_token_of_the_connection()
    {
        const string Json = """{ "connections": { "a": { "adapter": "acme", "baseUrl": "https://a.example", "credential": { "from": "caller", "header": "X-Token" } } }, "workflows": {} }""";

        var connection = CatalogFixture.Read(Json, CatalogFixture.Fake with { HasMasterKey = true }).Connections["a"];

        connection.CallerCredential.Should().BeTrue();
        connection.Vendor.Token.Should().BeNull();
        connection.Vendor.CredentialHeader.Should().Be("X-Token");
    }

    [Fact]
    public async Task An_escaped_placeholder_is_the_text_itself()
    {
        var connection = CatalogFixture.Read("""
            { "connections": { "a": { "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "$${env:TOKEN}" } } }, "workflows": {} }
            """).Connections["a"];

        (await connection.Vendor.Token!(default)).Reveal().Should().Be("${env:TOKEN}");
    }
}
