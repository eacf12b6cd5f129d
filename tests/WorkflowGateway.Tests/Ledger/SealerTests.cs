using System.Text;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Tests.Ledger;

public sealed class SealerTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void What_is_sealed_opens_only_in_its_place_and_under_its_key()
    {
        var (run, other) = (Sample.Id(), Sample.Id());
        var sealer = new Sealer(Key);
        var body = sealer.Seal("the patient's name", "t", run, "input");

        Encoding.UTF8.GetString(body).Should().NotContain("patient");
        sealer.Open(body, "t", run, "input").Should().Be("the patient's name");
        sealer.Open(body, "t", other, "input").Should().BeNull();
        sealer.Open(body, "u", run, "input").Should().BeNull();
        sealer.Open(body, "t", run, "native").Should().BeNull();
        new Sealer([.. Key.Reverse()]).Open(body, "t", run, "input").Should().BeNull();
        new Sealer(null).Open(body, "t", run, "input").Should().BeNull();
    }

    [Fact]
    public void Without_a_key_bodies_stay_readable_also_once_there_is_one()
    {
        var run = Sample.Id();
        var body = new Sealer(null).Seal("plain", "t", run, "input");

        new Sealer(Key).Open(body, "t", run, "input").Should().Be("plain");
    }
}
