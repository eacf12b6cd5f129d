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

    [Fact]
    public void What_was_sealed_under_the_key_before_opens_while_that_is_named_and_new_things_are_under_the_new_one()
    {
        var (run, other) = (Sample.Id(), (byte[])[.. Key.Reverse()]);
        var old = new Sealer(Key).Seal("before", "t", run, "input");
        var rotated = new Sealer(other, Key);

        rotated.Open(old, "t", run, "input").Should().Be("before");
        var now = rotated.Seal("after", "t", run, "input");
        new Sealer(other).Open(now, "t", run, "input").Should().Be("after");
        new Sealer(Key).Open(now, "t", run, "input").Should().BeNull();
        new Sealer(null, Key).Open(old, "t", run, "input").Should().Be("before", "who seals no more can still read");
        new Sealer(null, Key).SealText("later", "t", run, "input").Should().Be("later");
        (rotated.KeyId, rotated.Has(new Sealer(Key).KeyId!)).Should().Be((new Sealer(other).KeyId, true));
    }

    // As it was written before sealed bodies named their key.
    [Fact]
    public void A_body_of_the_first_form_opens_under_whichever_key_sealed_it()
    {
        var run = Sample.Id();
        var place = Encoding.UTF8.GetBytes($"t\n{run}\ninput");
        var body = new byte[1 + 12 + 16 + 5];
        body[0] = 1;
        using (var aes = new System.Security.Cryptography.AesGcm(Key, 16)) aes.Encrypt(body.AsSpan(1, 12), "first"u8, body.AsSpan(29), body.AsSpan(13, 16), place);

        new Sealer([.. Key.Reverse()], Key).Open(body, "t", run, "input").Should().Be("first");
        new Sealer([.. Key.Reverse()]).Open(body, "t", run, "input").Should().BeNull();
    }

    [Fact]
    public void A_column_of_text_is_sealed_and_what_was_plain_before_is_still_read()
    {
        var run = Sample.Id();
        var sealer = new Sealer(Key);
        var text = sealer.SealText("{\"name\":\"patient\"}", "t", run, "detail");

        text.Should().StartWith("sealed:").And.NotContain("patient");
        sealer.OpenText(text, "t", run, "detail").Should().Be("{\"name\":\"patient\"}");
        sealer.OpenText(text, "t", run, "event 1").Should().BeNull();
        sealer.OpenText(text[..^8], "t", run, "detail").Should().BeNull();
        sealer.OpenText("sealed:no base64", "t", run, "detail").Should().BeNull();
        sealer.OpenText("{}", "t", run, "detail").Should().Be("{}");
    }
}
