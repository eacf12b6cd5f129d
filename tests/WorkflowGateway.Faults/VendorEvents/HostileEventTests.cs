using System.IO.Compression;
using System.Net;
using System.Text;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.VendorEvents;

/// <summary>Bodies may be anything, also those that the vendor signed.</summary>
public sealed class HostileEventTests
{
    [Fact]
    public async Task A_body_is_bounded_and_not_compressed()
    {
        await using var bench = await Bench.StartAsync(configure: EventSource.OnlyEvents);
        using var vendor = new EventSource(bench);
        var largest = Encoding.UTF8.GetBytes($"{{\"event_id\":\"{new string('x', (1024 * 1024) - 51)}\",\"run_id\":\"{new string('a', 24)}\"}}");
        (await vendor.SendAsync(new byte[(1024 * 1024) + 1])).Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await vendor.SendAsync(new byte[3 * 1024 * 1024])).Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await vendor.CountsAsync()).Should().BeEmpty("it was never read");
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write("{}"u8);
        var (status, problem) = await vendor.SendAsync(packed.ToArray(), ("X-Interactly-Signature", EventSource.Sign(packed.ToArray(), EventSource.Secret)), ("Content-Encoding", "gzip"));
        (status, problem.GetProperty("code").GetString()).Should().Be((HttpStatusCode.UnsupportedMediaType, "unsupported-media-type"));

        largest.Length.Should().Be(1024 * 1024);
        (await vendor.SendAsync(largest)).Should().Be(HttpStatusCode.Accepted);
        (await vendor.SendAsync(largest)).Should().Be(HttpStatusCode.Accepted);
        await vendor.CountedAsync("received 2 verified 2 duplicate 1 unknownRun 1");
    }

    [Fact]
    public async Task A_thousand_spoiled_bodies_of_the_vendors_own_are_taken_and_change_nothing()
    {
        await using var bench = await Bench.StartAsync(configure: EventSource.OnlyEvents);
        using var vendor = new EventSource(bench);
        var run = await bench.StartRunAsync("interactly-endless", "run");
        var random = new Random(7);
        var good = Encoding.UTF8.GetBytes($$"""{"event_id":"evt_1","action":"workflow_run_completed","workflow_run_id":"{{run.VendorRunId}}","workflow_run_status":"completed","payload":{"workflow_run":{"_id":"{{run.VendorRunId}}","workflow_run":{"status":"completed","input_output_pairs":null} } } }""");
        string[] odd =
        [
            "", "null", "[]", "{", "\u0000", "\"", "1e999999", new string('[', 100_000), new string('{', 1000), "{\"event_id\":{},\"workflow_run_id\":[]}", "{\"event_id\":\"\\ud800\",\"run_id\":\"\\udfff\"}",
            "{\"event_id\":\"a\\u0000b\",\"run_id\":\"" + new string('b', 24) + "\"}", "{\"run_id\":null,\"payload\":7,\"data\":[],\"workflow_run\":\"x\"}",
        ];

        foreach (var body in odd) (await vendor.SendAsync(body)).Should().Be(HttpStatusCode.Accepted, body.Length > 100 ? "long" : body);
        for (var i = 0; i < 1000; i++)
        {
            var spoiled = (byte[])good.Clone();
            for (var bytes = random.Next(1, 12); bytes > 0; bytes--) spoiled[random.Next(spoiled.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) spoiled = spoiled[..random.Next(spoiled.Length)];
            (await vendor.SendAsync(spoiled)).Should().Be(HttpStatusCode.Accepted, Convert.ToHexString(spoiled));
        }

        // Its end is told last: whatever came before has been followed, as far as it could be.
        bench.Sandbox!.Controls.End("interactly", run.VendorRunId!);
        await vendor.TellAsync(run.VendorRunId!, "the last");
        (await bench.StatusAsync(run.RunId!, "succeeded")).Version.Should().Be(run.Version + 1, "nothing before it changed anything");
        var counts = await vendor.ViewAsync();
        (counts.GetProperty("verified").GetInt64(), counts.GetProperty("forged").GetInt64()).Should().Be((1014, 0));
    }
}
