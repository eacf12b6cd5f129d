using System.Text;
using System.Text.Json;

namespace WorkflowGateway.Tests.Secrets;

public sealed class CanarySearchTests
{
    private static readonly Canary One = new("one", """cnry"7+/Q&x'\%z9""");

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string, string> Written()
    {
        var (text, bytes) = ("a text " + One.Core + " and more", Encoding.UTF8.GetBytes(One.Core));
        var all = new TheoryData<string, string>
        {
            { "raw", text },
            { "json", JsonSerializer.Serialize(text) },
            { "json", JsonSerializer.Serialize(JsonSerializer.Serialize(text)) },
            { "json", JsonSerializer.Serialize(new { text }, Relaxed) },
            { "url", "https://h/?a=" + Uri.EscapeDataString(text) },
            { "url", new FormUrlEncodedContent([new("a", text)]).ReadAsStringAsync().Result },
            { "hex", Convert.ToHexString(bytes) },
            { "hex", "\\x" + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)) },
        };
        foreach (var before in (string[])["", "x", "xy", "xyz"])
        {
            // Some texts are written alike in both.
            var spaced = Encoding.UTF8.GetBytes(before + text);
            foreach (var written in new HashSet<string> { Convert.ToBase64String(spaced), System.Buffers.Text.Base64Url.EncodeToString(spaced) }) all.Add("base64", written);
        }

        return all;
    }

    [Theory, MemberData(nameof(Written))]
    public void A_planted_canary_is_found_in_each_form(string form, string text) =>
        new CanarySearch([One]).In("control", $"much before {text} and after").Should().ContainSingle().Which.Should().StartWith("control: one").And.Contain(form);

    [Fact]
    public void What_is_none_is_not_found() => new CanarySearch([One]).In("control", One.Core[1..] + Convert.ToBase64String(Encoding.UTF8.GetBytes(One.Core[3..]))).Should().BeEmpty();
}
