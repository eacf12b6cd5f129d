namespace WorkflowGateway.Tests.Catalog;

/// <summary>Each broken file with the one thing that is said about it.</summary>
public sealed class BrokenConnectionsTests
{
    private const string Durations = "Write a whole number and a unit: 500ms, 30s, 5m, 12h or 7d.";

    [Theory]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "timout": "3s" }""", "/timout", "Unknown member 'timout'. Did you mean 'timeout'?")]
    [InlineData("""{ "adapter": "acmee", "baseUrl": "https://a.example", "credential": { "value": "x" } }""", "/adapter", "There is no adapter 'acmee'. Did you mean 'acme'?")]
    [InlineData("""{ "adapter": "zzz", "baseUrl": "https://a.example", "credential": { "value": "x" } }""", "/adapter", "There is no adapter 'zzz'. Known: acme, bare, hooked.")]
    [InlineData("""{ "baseUrl": "https://a.example", "credential": { "value": "x" } }""", "/adapter", "The member 'adapter' is missing. Known: acme, bare, hooked.")]
    [InlineData("""{ "adapter": "acme", "credential": { "value": "x" } }""", "/baseUrl", "The member 'baseUrl' is missing. Add it: absolute http or https URL below which all calls go.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example" }""", "/credential", "The member 'credential' is missing. Add it: what proves to the vendor who is calling: a value, or that it comes from the caller.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "a.example", "credential": { "value": "x" } }""", "/baseUrl", "The base URL must be absolute, http or https, and without credentials, query or fragment: https://api.example.com/v1.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "ftp://a.example", "credential": { "value": "x" } }""", "/baseUrl", "The base URL must be absolute, http or https, and without credentials, query or fragment: https://api.example.com/v1.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://u:p@a.example", "credential": { "value": "x" } }""", "/baseUrl", "The base URL must be absolute, http or https, and without credentials, query or fragment: https://api.example.com/v1.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": 7, "credential": { "value": "x" } }""", "/baseUrl", "This must be a text. Put it into double quotes.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "${sandbox:acmee}", "credential": { "value": "x" } }""", "/baseUrl", "The sandbox has no vendor 'acmee'. Known: fortanix, interactly, juo.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": {} }""", "/credential", "Write what to send, \"value\": \"${env:NAME}\", or \"from\": \"caller\".")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x", "from": "caller" } }""", "/credential", "Write either value or from, not both.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "from": "callr" } }""", "/credential/from", "This word is not known here. Did you mean 'caller'?")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "from": "caller" } }""", "/credential/from", "A caller's token is kept encrypted while its run is open, which needs Security:MasterKey. Set it (a file: ${file:/run/secrets/master-key}), or write a value.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "${env:NOPE}" } }""", "/credential/value", "The environment variable NOPE is not set. Set it before the gateway starts.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "${file:/no/such/file}" } }""", "/credential/value", "The file /no/such/file cannot be read: it does not exist. Put it there for who runs the gateway, or name another.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "${enw:TOKEN}" } }""", "/credential/value", "Unknown placeholder. Did you mean '${env:…}'?")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "${input.token}" } }""", "/credential/value", "Unknown placeholder. A connection may hold ${env:NAME}, ${file:/path} and ${sandbox:vendor}; $${ stands for the text itself.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "${env:TOKEN" } }""", "/credential/value", "A '${' is not closed. Write ${env:NAME}, or $${ for the text itself.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "" } }""", "/credential/value", "The credential is empty.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "a\nb" } }""", "/credential/value", "The credential holds a line break or another control character.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x", "header": "X Token" } }""", "/credential/header", "This is no name of a request header.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "headers": { "Host": "b" } }""", "/headers/Host", "The header Host is made for each call and cannot be fixed here. Remove it.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "headers": { "a": "1", "A": "2" } }""", "/headers/A", "This header stands here twice; capitals make no difference.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "timeout": "30" }""", "/timeout", "This is no duration. " + Durations)]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "timeout": 30 }""", "/timeout", "This must be a text. " + Durations)]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "timeout": "50d" }""", "/timeout", "This is longer than 30d, the longest that can be.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "staleAfter": "0s" }""", "/staleAfter", "This is no duration. " + Durations)]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "poll": { "min": "5m", "max": "1m" } }""", "/poll", "The shortest time between two reads (min) is longer than the longest (max). Swap or mend them.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "poll": { "mim": "5m" } }""", "/poll/mim", "Unknown member 'mim'. Did you mean 'min'?")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "rateLimit": 0 }""", "/rateLimit", "This must be at least 0.001.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "concurrency": 1.5 }""", "/concurrency", "This must be a whole number.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "enabled": "yes" }""", "/enabled", "This must be true or false.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "tenants": [] }""", "/tenants", "No tenant could use this connection. Name one, or leave tenants out for all.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "account": "a b" }""", "/account", "The account 'a b' holds a space.")]
    [InlineData("""{ "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" }, "webhookSecrets": [ "s" ] }""", "/webhookSecrets", "The gateway takes no webhooks of Acme: its runs are polled. Remove webhookSecrets.")]
    [InlineData("""{ "adapter": "hooked", "baseUrl": "https://a.example", "credential": { "value": "x" }, "webhookSecrets": [] }""", "/webhookSecrets", "Write one secret, two while they are changed, 8 at most; or leave webhookSecrets out.")]
    [InlineData("""{ "adapter": "hooked", "baseUrl": "https://a.example", "credential": { "value": "x" }, "webhookSecrets": [ "1", "2", "3", "4", "5", "6", "7", "8", "9" ] }""", "/webhookSecrets", "Write one secret, two while they are changed, 8 at most; or leave webhookSecrets out.")]
    [InlineData("""{ "adapter": "hooked", "baseUrl": "https://a.example", "credential": { "value": "x" }, "webhookSecrets": "s" }""", "/webhookSecrets", "This must be a list. Put it into [ and ].")]
    [InlineData("""{ "adapter": "hooked", "baseUrl": "https://a.example", "credential": { "value": "x" }, "webhookSecrets": [ "s", "" ] }""", "/webhookSecrets/1", "The credential is empty.")]
    [InlineData("""{ "adapter": "hooked", "baseUrl": "https://a.example", "credential": { "value": "x" }, "webhookSecrets": [ "${env:NOPE}" ] }""", "/webhookSecrets/0", "The environment variable NOPE is not set. Set it before the gateway starts.")]
    [InlineData("""{ "adapter": "hooked", "baseUrl": "https://a.example", "credential": { "value": "x" }, "webhookSecrets": [ 7 ] }""", "/webhookSecrets/0", "This must be a text. Put it into double quotes.")]
    [InlineData("""[]""", "", "This must be an object.")]
    public void A_broken_connection_is_refused_at_its_place(string connection, string path, string message)
    {
        var problems = CatalogFixture.Problems($"{{\n  \"connections\": {{\n    \"c\":\n{connection}\n  }},\n  \"workflows\": {{}}\n}}");

        var problem = problems.Should().ContainSingle().Subject;
        problem.Path.Should().Be("/connections/c" + path);
        problem.Message.Should().Be(message);
        problem.File.Should().Be("gateway.json");
        problem.Line.Should().Be(connection.Contains($"\"{path.Split('/')[^1]}\"", StringComparison.Ordinal) ? 4 : problem.Line);
    }

    [Theory]
    [InlineData("Juo")]
    [InlineData("ju o")]
    [InlineData("")]
    [InlineData("-juo")]
    public void A_name_has_small_letters_digits_and_hyphens(string name)
    {
        var json = $$"""{ "connections": { "{{name}}": { "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" } } }, "workflows": {} }""";

        CatalogFixture.Problems(json).Should().ContainSingle().Which.Message.Should().StartWith("A connection's name has small letters");
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("\"exclusive\": true,", "", 1)]
    [InlineData("\"exclusive\": true, \"account\": \"1\",", "\"exclusive\": true, \"account\": \"1\",", 1)]
    [InlineData("\"exclusive\": true, \"account\": \"1\",", "\"exclusive\": true, \"account\": \"2\",", 0)]
    public void An_exclusive_account_has_one_connection(string a, string b, int problems)
    {
        var json = $$"""
            { "connections": {
              "a": { {{a}} "adapter": "acme", "baseUrl": "https://a.example/", "credential": { "value": "x" } },
              "b": { {{b}} "adapter": "acme", "baseUrl": "https://A.example", "credential": { "value": "x" } }
            }, "workflows": {} }
            """;

        if (problems == 0) CatalogFixture.Read(json).Connections.Should().HaveCount(2);
        else CatalogFixture.Problems(json).Should().ContainSingle(problem => problem.Path == "/connections/b" && problem.Message.StartsWith("This reaches the same account as 'a'"));
    }

    [Fact]
    public void Where_the_account_is_unknown_another_credential_may_be_another_account()
    {
        const string Json = """
            { "connections": {
              "a": { "exclusive": true, "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" } },
              "b": { "exclusive": true, "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "y" } }
            }, "workflows": {} }
            """;

        CatalogFixture.Read(Json).Connections.Should().HaveCount(2);
    }

    [Fact]
    public void Without_the_sandbox_its_placeholder_is_refused()
    {
        const string Json = """{ "connections": { "a": { "adapter": "acme", "baseUrl": "${sandbox:juo}", "credential": { "value": "x" } } }, "workflows": {} }""";

        CatalogFixture.Problems(Json, CatalogFixture.Fake with { Sandbox = null }).Should().ContainSingle()
            .Which.ToString().Should().Be("gateway.json:1:46: /connections/a/baseUrl: The sandbox is off. Set Sandbox:Enabled to true, or write the vendor's own URL.");
    }
}
