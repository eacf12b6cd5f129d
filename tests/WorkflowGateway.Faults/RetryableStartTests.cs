using System.Net;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults;

/// <summary>Where certainly nothing was done, a start is tried again: by the gateway for a while, then by the caller with the same key.</summary>
public sealed class RetryableStartTests
{
    public static TheoryData<string> Vendors { get; } = ["juo", "interactly", "fortanix"];

    /// <summary>Those that are known to throttle before any work.</summary>
    public static TheoryData<string> Throttlers { get; } = ["juo", "interactly"];

    [Theory, MemberData(nameof(Vendors))]
    public async Task A_vendor_that_cannot_be_reached_leaves_the_key_free(string vendor)
    {
        var port = Ports.Free();
        using var closed = Ports.Reserve(port);
        await using var bench = await Bench.StartAsync(new Uri($"http://127.0.0.1:{port}"));

        var failed = await bench.StartRunAsync(vendor, "later");
        (failed.RunStatus, failed.ErrorCode, failed.Retryable).Should().Be(("failed", "vendor-unreachable", true), failed.Body.ToString());

        closed.Dispose();
        await bench.OpenVendorsAsync();
        var made = await bench.StartRunAsync(vendor, "later");

        made.RunId.Should().NotBe(failed.RunId);
        bench.Starts("later").Should().ContainSingle().Which.VendorRunId.Should().Be(made.VendorRunId);
        var again = await bench.Client.StartAsync(vendor, "later");
        (again.RunId, again.Replayed).Should().Be((made.RunId, true));
        (await bench.Client.GetRunAsync(failed.RunId!)).RunStatus.Should().Be("failed");
        bench.Starts("later").Should().ContainSingle();
    }

    [Theory, MemberData(nameof(Throttlers))]
    public async Task A_throttled_start_is_sent_again_under_another_attempt(string vendor)
    {
        await using var bench = await Bench.StartAsync();
        bench.Sandbox!.Controls.Add(new Fault { Vendor = vendor, Operation = "start", Kind = "status", Status = 429, RetryAfter = "1", Count = 1 });

        var run = await bench.StartRunAsync(vendor, "twice");

        run.VendorRunId.Should().NotBeNull(run.Body.ToString());
        var starts = bench.Starts("twice");
        starts.Select(start => (start.Status, start.Processed)).Should().Equal((429, false), (200, true));
        if (starts[0].Marker is { } first)
        {
            starts[1].Marker!.RunId.Should().Be(first.RunId);
            starts[1].Marker!.AttemptId.Should().NotBe(first.AttemptId);
        }
    }

    [Theory, MemberData(nameof(Throttlers))]
    public async Task A_vendor_that_throttles_for_long_leaves_the_key_free(string vendor)
    {
        await using var bench = await Bench.StartAsync();
        bench.Sandbox!.Controls.Add(new Fault { Vendor = vendor, Operation = "start", Kind = "status", Status = 429, RetryAfter = "60", Count = 1 });

        var failed = await bench.StartRunAsync(vendor, "busy");
        (failed.RunStatus, failed.ErrorCode, failed.Retryable).Should().Be(("failed", "vendor-throttled", true), failed.Body.ToString());
        var refused = await bench.Client.StartAsync(vendor, "busy");
        (refused.Status, refused.Retryable).Should().Be((HttpStatusCode.TooManyRequests, true));
        bench.Starts("busy").Should().ContainSingle("a vendor that asked to be left alone is left alone").Which.Processed.Should().BeFalse();

        bench.Advance(TimeSpan.FromSeconds(61));
        var made = await bench.StartRunAsync(vendor, "busy");

        made.RunId.Should().NotBe(failed.RunId);
        bench.Starts("busy").Where(start => start.Processed).Should().ContainSingle().Which.VendorRunId.Should().Be(made.VendorRunId);
    }

    [Fact]
    public async Task Where_nobody_knows_when_a_vendor_throttles_the_start_is_unknown()
    {
        await using var bench = await Bench.StartAsync();
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "fortanix", Operation = "start", Kind = "status", Status = 429, When = "after", Count = 1 });

        var run = await bench.StartRunAsync("fortanix", "perhaps");

        (run.RunStatus, run.Reason).Should().Be(("unknown", "start-unconfirmed"), run.Body.ToString());
        await bench.PassAsync("fortanix");
        (await bench.Client.StartAsync("fortanix", "perhaps")).RunId.Should().Be(run.RunId);
        bench.Starts("perhaps").Should().ContainSingle();
    }
}
