using WorkflowGateway.Api;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Api;

public sealed class PageTokenTests
{
    [Fact]
    public void A_token_leads_back_to_its_place() =>
        PageToken.Read(PageToken.Make("run_1", "status=open"), "status=open").Should().Be("run_1");

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("!!!!")]
    [InlineData("AAAAAAAAAAA")]
    public void Anything_else_is_refused(string token) =>
        FluentActions.Invoking(() => PageToken.Read(token, "")).Should().Throw<RefusedException>().Which.Code.Should().Be("page-token-invalid");

    [Fact]
    public void A_token_of_other_filters_is_refused() =>
        FluentActions.Invoking(() => PageToken.Read(PageToken.Make("run_1", "a"), "b")).Should().Throw<RefusedException>();
}
