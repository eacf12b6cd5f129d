using WorkflowGateway.Adapters.Juo;
using static WorkflowGateway.Adapters.Tests.Juo.JuoExamples;

namespace WorkflowGateway.Adapters.Tests.Juo;

public sealed class JuoConfigurationTests
{
    private static readonly JuoAdapter Adapter = new();
    private static readonly Uri Url = new("http://127.0.0.1/customer/v1");

    [Fact]
    public void A_complete_connection_has_no_problem_and_an_account()
    {
        Adapter.CheckConnection(Connection(Url)).Should().BeEmpty();
        Adapter.AccountOf(Connection(Url)).Should().Be("my-store.myshopify.com");
    }

    [Theory]
    [InlineData("{}", "/tenantId", "required")]
    [InlineData("""{"tenantId":""}""", "/tenantId", "required")]
    [InlineData("""{"tenantId":5}""", "/tenantId", "required")]
    [InlineData("""{"tenantId":"a\r\nb"}""", "/tenantId", "header")]
    [InlineData("""{"tenantId":"a","tenantid":"b"}""", "/tenantid", "tenantId")]
    [InlineData("""{"tenantId":"a","pathPrefix":"b"}""", "/pathPrefix", "tenantId")]
    public void What_is_wrong_with_a_connection_is_said_with_its_place(string settings, string pointer, string words) =>
        Adapter.CheckConnection(Connection(Url, settings)).Should().ContainSingle()
            .Which.Should().Match<ConfigurationProblem>(problem => problem.Pointer == pointer && problem.Message.Contains(words));

    [Fact]
    public void The_tenant_has_one_source() =>
        Adapter.CheckConnection(Connection(Url) with { Headers = new Dictionary<string, string> { ["x-tenant-id"] = "other" } })
            .Should().ContainSingle().Which.Message.Should().Contain("tenantId");

    [Fact]
    public void A_connection_without_settings_is_a_problem_and_no_exception() =>
        Adapter.CheckConnection(Connection(Url) with { Settings = default }).Should().ContainSingle().Which.Pointer.Should().Be("/tenantId");

    [Theory]
    [InlineData("""{"flowType":"cancellation"}""")]
    [InlineData("""{"flowType":"${labels.flow}","workflowId":"${input.workflow}"}""")]
    public void A_good_target_has_no_problem(string target) => Adapter.CheckTarget(Json(target)).Should().BeEmpty();

    [Theory]
    [InlineData("5", "")]
    [InlineData("{}", "/flowType")]
    [InlineData("""{"flowType":"a","flowtype":"b"}""", "/flowtype")]
    [InlineData("""{"flowType":"a","workflowId":{}}""", "/workflowId")]
    public void What_is_wrong_with_a_target_is_said_with_its_place(string target, string pointer) =>
        Adapter.CheckTarget(Json(target)).Should().ContainSingle().Which.Pointer.Should().Be(pointer);

    [Fact]
    public void All_problems_come_at_once() => Adapter.CheckTarget(Json("""{"flow_type":"a","workflowId":1}""")).Should().HaveCount(3);
}
