using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults;

/// <summary>What a gateway that cannot start tells whoever started it: whether to try again, or to mend something first.</summary>
public sealed class ExitCodeTests
{
    [Fact]
    public async Task A_store_that_is_away_is_no_fault_of_the_configuration()
    {
        var (code, errors) = await EndAsync("away", text => text);

        (code, errors).Should().Be((69, errors));
        errors.Should().Contain("cannot be opened");
    }

    [Theory]
    [InlineData("\"adapter\": \"juo\"", "\"adapter\": \"jou\"", "Did you mean 'juo'?")]
    [InlineData("\"connections\"", "\"conections\"", "Did you mean 'connections'?")]
    [InlineData("\"value\": \"sandbox\"", "\"value\": \"${env:NOBODY_SET_THIS}\"", "NOBODY_SET_THIS is not set")]
    public async Task A_configuration_that_cannot_be_used_is_one(string good, string bad, string says)
    {
        var (code, errors) = await EndAsync("sqlite", text => text.Replace(good, bad, StringComparison.Ordinal));

        (code, errors).Should().Be((78, errors));
        errors.Should().Contain(says);
    }

    private static async Task<(int Code, string Errors)> EndAsync(string store, Func<string, string> configure)
    {
        using var folder = new GatewayFolder(store: store);
        folder.Edit(configure);
        await using var gateway = GatewayProcess.Launch(folder, new Uri("http://127.0.0.1:1/"), Ports.Free());
        await gateway.ListeningOrEndedAsync();
        gateway.HasEnded.Should().BeTrue("it has nothing to serve with");
        return (await gateway.WaitAsync(), gateway.Errors);
    }
}
