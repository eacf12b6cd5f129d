using System.Text.Json;
using Microsoft.AspNetCore.Http;
using WorkflowGateway.Api;

namespace WorkflowGateway.Tests.Api;

public sealed class FingerprintTests
{
    [Theory]
    [InlineData("""{"a":1,"b":"é"}""", """ { "b" : "\u00e9", "a" : 1.0 } """)]
    [InlineData("""[100, 0.5, -0]""", """[1e2, 5E-1, 0.00]""")]
    [InlineData("""{"a":{"x":1,"y":[2]}}""", """{"a":{"y":[2],"x":1}}""")]
    public void The_same_request_written_otherwise_is_the_same(string one, string other) => Of(one).Should().Equal(Of(other));

    [Theory]
    [InlineData("""{"a":1}""", """{"a":"1"}""")]
    [InlineData("""[1,2]""", """[2,1]""")]
    [InlineData("""[[1],2]""", """[1,[2]]""")]
    [InlineData("""{"a":null}""", """{}""")]
    [InlineData("""[123456789012345678901234567890]""", """[123456789012345678901234567891]""")]
    [InlineData("""[1e400]""", """[1e401]""")]
    [InlineData("""{"a":"x\",\"b\":\"y"}""", """{"a":"x","b":"y"}""")]
    public void Another_request_is_another(string one, string other) => Of(one).Should().NotEqual(Of(other));

    [Fact]
    public void Method_path_and_query_count_but_not_the_order_of_parameters()
    {
        Of("{}", query: "?a=1&b=2").Should().Equal(Of("{}", query: "?b=2&a=1"));
        Of("{}", query: "?a=1").Should().NotEqual(Of("{}"));
        Of("{}", path: "/v1/runs/x/stop").Should().NotEqual(Of("{}"));
        Of("{}", method: "PUT").Should().NotEqual(Of("{}"));
    }

    private static byte[] Of(string body, string method = "POST", string path = "/v1/runs", string query = "")
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString(query);
        return Fingerprint.Of(method, path, http.Request.Query, JsonElement.Parse(body));
    }
}
