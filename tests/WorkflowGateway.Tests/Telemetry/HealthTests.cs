using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace WorkflowGateway.Tests.Telemetry;

/// <summary>Ready is whether this process can serve: never a vendor's matter. That it is not while the store is away, ReplicaTests of the Faults show.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task With_every_vendor_dead_it_is_ready_and_while_it_stops_it_is_not()
    {
        await using var rig = await TelemetryRig.StartAsync(null);
        await rig.Sandbox.DisposeAsync();
        foreach (var workflow in new[] { "ask", "intake", "train" }) (await rig.StartRunAsync(workflow)).Text("status").Should().NotBe("running");
        (await StatusAsync(rig, "ready"), await StatusAsync(rig, "live")).Should().Be((HttpStatusCode.OK, HttpStatusCode.OK));

        rig.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        (await StatusAsync(rig, "ready"), await StatusAsync(rig, "live")).Should().Be((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK));
        (await (await rig.Client.GetAsync(new Uri("/health/ready", UriKind.Relative))).Content.ReadAsStringAsync()).Should().Contain("\"code\":\"stopping\"");
    }

    private static async Task<HttpStatusCode> StatusAsync(TelemetryRig rig, string what)
    {
        using var answer = await rig.Client.GetAsync(new Uri("/health/" + what, UriKind.Relative));
        return answer.StatusCode;
    }
}
