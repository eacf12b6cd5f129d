using System.Globalization;
using System.Text.Json;
using WorkflowGateway.Faults.Rig;
using WorkflowGateway.Faults.Webhooks;
using WorkflowGateway.Testing;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>Deliveries judged by the libraries that receivers use, which we did not write. <c>tests/webhooks.sh</c> does it a thousand times.</summary>
public sealed class WebhookSignatureTests(ITestOutputHelper output)
{
    private static readonly int Count = Form.Count("WFG_SIGNATURES", 100);

    [Fact]
    public async Task Others_accept_every_delivery_and_refuse_every_one_that_was_tampered_with_also_during_a_rotation()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var bench = await Bench.StartAsync();
        var made = await bench.Client.PostAsync("v1/webhooks", new { url = receiver.Url });
        var (id, first) = (made.Body.GetProperty("id").GetString(), made.Body.GetProperty("secret").GetString()!);
        var lines = new List<string>();
        await SendAsync(Count / 2, [first]);
        var second = (await bench.Client.PostAsync($"v1/webhooks/{id}/rotate", new { overlap = "1h" })).Body.GetProperty("secret").GetString()!;
        await SendAsync(Count - (Count / 2), [second, first]);

        var file = Path.GetTempFileName();
        await File.WriteAllLinesAsync(file, lines);
        var said = await Tool.RunAsync("node", "verify-webhooks.mjs", file);
        File.Delete(file);
        Form.Say(output, $"{Count} deliveries, {lines.Count} judgements each: {said.Trim()}");
        var genuine = (Count / 2) + (2 * (Count - (Count / 2)));
        foreach (var library in (string[])["standardwebhooks", "svix"])
        {
            JsonElement.Parse(said).GetProperty(library).GetProperty("genuine").GetRawText().Should().Be($$"""{"accepted":{{genuine}},"refused":0}""");
            JsonElement.Parse(said).GetProperty(library).GetProperty("tampered").GetRawText().Should().Be($$"""{"accepted":0,"refused":{{lines.Count - genuine}}}""");
        }

        async Task SendAsync(int count, string[] secrets)
        {
            var before = receiver.All.Count;
            // Some of the log, the rest tests: the same signing, without a vendor.
            for (var i = 0; i < 3; i++) (await bench.Client.StartAsync("juo-asks", $"{secrets.Length}-{i}")).Ok.Should().BeTrue();
            await Until.HoldsAsync(() => receiver.All.Count >= before + 6, "runs are told of");
            while (receiver.All.Count < before + count) (await bench.Client.PostAsync($"v1/webhooks/{id}/test", new { })).Ok.Should().BeTrue();
            foreach (var (one, i) in receiver.All.Skip(before).Take(count).Select((one, i) => (one, i)))
            {
                one.Signature.Split(' ').Should().HaveCount(secrets.Length);
                foreach (var secret in secrets) lines.Add(Line(secret, one, genuine: true));
                lines.Add(Line(secrets[0], Tampered(one, i), genuine: false));
                lines.Add(Line("whsec_" + Convert.ToBase64String(new byte[32]), one, genuine: false));
            }
        }
    }

    private static Received Tampered(Received one, int how) => (how % 5) switch
    {
        0 => one with { Body = one.Body.Replace("specversion", "specversiom", StringComparison.Ordinal) },
        1 => one with { Id = one.Id + "0" },
        2 => one with { Timestamp = one.Timestamp - 1 },
        3 => one with { Signature = string.Join(' ', one.Signature.Split(' ').Select(part => "v1," + Flip(part[3..]))) },
        _ => one with { Body = one.Body + " " },
    };

    private static string Flip(string base64)
    {
        var bytes = Convert.FromBase64String(base64);
        bytes[7] ^= 1;
        return Convert.ToBase64String(bytes);
    }

    private static string Line(string secret, Received one, bool genuine)
    {
        var headers = new Dictionary<string, string> { ["webhook-id"] = one.Id, ["webhook-timestamp"] = one.Timestamp.ToString(CultureInfo.InvariantCulture), ["webhook-signature"] = one.Signature };
        return JsonSerializer.Serialize(new { secret, headers, body = one.Body, genuine });
    }
}
