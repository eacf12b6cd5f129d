using System.Security.Cryptography;
using System.Text;
using WorkflowGateway.Adapters.Interactly;

namespace WorkflowGateway.Adapters.Tests.Interactly;

/// <summary>Who sent a webhook, and of which run it tells.</summary>
public sealed class InteractlyEventTests
{
    private const string RunId = "64f0c0ffee00000000000001";
    private const string Body = """{"event_id":"evt_1","action":"workflow_run_completed","workflow_run_id":"64F0C0FFEE00000000000001","workflow_run_status":"completed"}""";

    // printf %s "$body" | openssl dgst -sha256 -hmac whsec_vector
    private const string Vector = "9a32cd6fa88d299878b6af86870d1ea7cc45cdf89f379414b019c51a8b162315";
    private const string VectorOfNothing = "3d3cd3734c0b22587dd93e59d6d4ad2fb62ade51a22041928e482b4621993745";

    private readonly InteractlyAdapter _adapter = new();

    [Theory]
    [InlineData(Vector)]
    [InlineData("9A32CD6FA88D299878B6AF86870D1EA7CC45CDF89F379414B019C51A8B162315")]
    [InlineData(" 9a32cd6fa88d299878b6af86870d1ea7cc45cdf89f379414b019c51a8b162315 ")]
    public void A_signature_made_by_openssl_is_good_in_either_case(string signature) =>
        Read(Body, [signature]).Should().Be(new VendorEventReading.Event("evt_1", "workflow_run_completed", RunId));

    [Fact]
    public void Nothing_may_be_signed_too() => Read("", [VectorOfNothing]).Should().Be(new VendorEventReading.Nothing("not-json"));

    [Theory]
    [InlineData("signature-missing")]
    [InlineData("signature-missing", "")]
    [InlineData("signature-missing", "  ")]
    [InlineData("signature-repeated", Vector, Vector)]
    [InlineData("signature-repeated", Vector, "")]
    [InlineData("signature-malformed", Vector + "," + Vector)]
    [InlineData("signature-malformed", "sha256=" + Vector)]
    [InlineData("signature-malformed", "9a32cd6fa88d299878b6af86870d1ea7cc45cdf89f379414b019c51a8b1623")]
    [InlineData("signature-malformed", Vector + "00")]
    [InlineData("signature-malformed", "zz32cd6fa88d299878b6af86870d1ea7cc45cdf89f379414b019c51a8b162315")]
    [InlineData("signature-malformed", "９a32cd6fa88d299878b6af86870d1ea7cc45cdf89f379414b019c51a8b162315")]
    [InlineData("signature-mismatch", VectorOfNothing)]
    [InlineData("signature-mismatch", "0000000000000000000000000000000000000000000000000000000000000000")]
    public void Whatever_else_stands_in_the_header_is_forged(string word, params string[] header) => Read(Body, header).Should().Be(new VendorEventReading.Forged(word));

    [Fact]
    public void Each_bit_of_body_and_signature_counts()
    {
        var body = Encoding.UTF8.GetBytes(Body);
        for (var bit = 0; bit < body.Length * 8; bit++)
        {
            var flipped = (byte[])body.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Read(flipped, [Vector]).Should().Be(new VendorEventReading.Forged("signature-mismatch"), $"bit {bit}");
        }

        var signature = Convert.FromHexString(Vector);
        for (var bit = 0; bit < signature.Length * 8; bit++)
        {
            var flipped = (byte[])signature.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Read(body, [Convert.ToHexString(flipped)]).Should().Be(new VendorEventReading.Forged("signature-mismatch"), $"bit {bit}");
        }

        for (var length = 0; length < body.Length; length++) Read(body[..length], [Vector]).Should().BeOfType<VendorEventReading.Forged>();
    }

    [Theory]
    [InlineData("whsec_vector")]
    [InlineData("whsec_vector", "new")]
    [InlineData("older", "whsec_vector")]
    [InlineData("older", "old", "whsec_vector", "new")]
    public void Any_of_the_secrets_is_good(params string[] secrets) => ReadWith(secrets).Should().BeOfType<VendorEventReading.Event>();

    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData("whsec_vecto")]
    [InlineData("whsec_vector ")]
    [InlineData("WHSEC_VECTOR", "old")]
    public void And_no_other(params string[] secrets) => ReadWith(secrets).Should().Be(new VendorEventReading.Forged("signature-mismatch"));

    [Theory]
    [InlineData("0")]
    [InlineData("99999999999999")]
    [InlineData("-1")]
    [InlineData("yesterday")]
    [InlineData("")]
    public void The_timestamp_is_not_signed_and_says_nothing(string timestamp)
    {
        var headers = new Dictionary<string, string> { ["X-Interactly-Signature"] = Vector, ["X-Interactly-Timestamp"] = timestamp };
        var delivery = new VendorEventDelivery(Encoding.UTF8.GetBytes(Body), name => headers.TryGetValue(name, out var value) ? [value] : []);
        _adapter.ReadEvent(delivery, [new Secret("whsec_vector")]).Should().BeOfType<VendorEventReading.Event>();
        headers["X-Interactly-Signature"] = VectorOfNothing;
        _adapter.ReadEvent(delivery, [new Secret("whsec_vector")]).Should().BeOfType<VendorEventReading.Forged>();
    }

    [Theory]
    [InlineData("""{"event_id":"e","action":"workflow_run_started","workflow_run_id":"64f0c0ffee00000000000001"}""", "e", "workflow_run_started")]
    [InlineData("""{"event_id":"e","type":"run.completed","run_id":"64f0c0ffee00000000000001"}""", "e", "other")]
    [InlineData("""{"event_id":"e","event":"workflow_run_completed","payload":{"workflow_run_id":"64f0c0ffee00000000000001"}}""", "e", "workflow_run_completed")]
    [InlineData("""{"event_id":"e","data":{"run_id":"64f0c0ffee00000000000001"}}""", "e", "other")]
    [InlineData("""{"_id":"64f0c0ffee00000000000099","event_id":"e","workflow_run":{"_id":"64f0c0ffee00000000000001","workflow_run":{"status":"x"}}}""", "e", "other")]
    [InlineData("""{"_id":"64f0c0ffee00000000000099","event_id":"e","payload":{"workflow_run":{"_id":"64F0C0FFEE00000000000001","workflow_run":{}}}}""", "e", "other")]
    [InlineData("""{"event_id":"e","payload":{"_id":"64f0c0ffee00000000000001","workflow_run":{"status":"x"}}}""", "e", "other")]
    [InlineData("""{"event_id":"e","workflow_run_id":7,"run_id":"64f0c0ffee00000000000001"}""", "e", "other")]
    [InlineData("""{"event_id":7,"run_id":"64f0c0ffee00000000000001"}""", null, "other")]
    [InlineData("""{"run_id":"64f0c0ffee00000000000001"}""", null, "other")]
    public void A_run_is_found_wherever_it_may_stand(string body, string? id, string kind) => Signed(body).Should().Be(
        new VendorEventReading.Event(id ?? "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body))), kind, RunId));

    [Theory]
    [InlineData("no-run", """{"event_id":"e","action":"workflow_created","workflow_id":"64f0c0ffee00000000000001"}""")]
    [InlineData("no-run", """{"event_id":"e","_id":"64f0c0ffee00000000000001"}""")]
    [InlineData("no-run", """{"event_id":"e","payload":{"_id":"64f0c0ffee00000000000001"}}""")]
    [InlineData("no-run", """{"event_id":"e","workflow_run_id":"../64f0c0ffee00000000000001"}""")]
    [InlineData("no-run", """{"event_id":"e","workflow_run_id":"workflow_run_64f0c0ff-ee00-4000-8000-000000000001"}""")]
    [InlineData("no-run", """{"event_id":"e","workflow_run_id":"\ud800"}""")]
    [InlineData("no-run", "null")]
    [InlineData("no-run", "[]")]
    [InlineData("no-run", "\"64f0c0ffee00000000000001\"")]
    [InlineData("no-run", "1e999999")]
    [InlineData("not-json", "{")]
    [InlineData("not-json", "\uFEFF{}")]
    [InlineData("not-json", """{"run_id":"64f0c0ffee00000000000001","run_id":"64f0c0ffee00000000000002"}""")]
    public void What_names_no_run_is_nothing(string word, string body) => Signed(body).Should().Be(new VendorEventReading.Nothing(word));

    [Fact]
    public void A_million_brackets_are_nothing() => Signed(new string('[', 1_000_000)).Should().Be(new VendorEventReading.Nothing("not-json"));

    private VendorEventReading Signed(string body) =>
        Read(body, [Convert.ToHexString(HMACSHA256.HashData("whsec_vector"u8, Encoding.UTF8.GetBytes(body)))]);

    private VendorEventReading Read(string body, string[] signatures) => Read(Encoding.UTF8.GetBytes(body), signatures);

    private VendorEventReading Read(byte[] body, string[] signatures) => Read(body, signatures, ["whsec_vector"]);

    private VendorEventReading ReadWith(string[] secrets) => Read(Encoding.UTF8.GetBytes(Body), [Vector], secrets);

    private VendorEventReading Read(byte[] body, string[] signatures, string[] secrets) => _adapter.ReadEvent(
        new VendorEventDelivery(body, name => name == "X-Interactly-Signature" ? signatures : []), [.. secrets.Select(secret => new Secret(secret))]);
}
