using System.Text.Json;

namespace WorkflowGateway.Adapters.Tests.Contract;

public sealed class VendorJsonTests
{
    [Theory]
    [InlineData("3", "3")]
    [InlineData("3.0", "3")]
    [InlineData("3.50", "3.5")]
    [InlineData("\"3\"", "3")]
    [InlineData("\"3.0\"", "3")]
    [InlineData("3e2", "300")]
    [InlineData("0", "0")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335")]
    [InlineData("1e400", null)]
    [InlineData("\"three\"", null)]
    [InlineData("true", null)]
    [InlineData("null", null)]
    [InlineData("[3]", null)]
    public void A_number_is_one_text_however_it_is_written(string json, string? text) => Of($$"""{"n":{{json}}}""").NumberText("n").Should().Be(text);

    [Theory]
    [InlineData("\"running\"", "running")]
    [InlineData("5", "5")]
    [InlineData("{\"a\":1}", "{\"a\":1}")]
    [InlineData("null", null)]
    public void A_status_word_of_any_type_is_kept(string json, string? word) => Of($$"""{"w":{{json}}}""").Word("w").Should().Be(word);

    [Fact]
    public void A_status_word_is_cut_at_64() => Of($$"""{"w":"{{new string('x', 100)}}"}""").Word("w").Should().HaveLength(64);

    [Theory]
    [InlineData("\"2023-11-07T05:31:56Z\"", true)]
    [InlineData("\"2023-11-07T05:31:56\"", true)]
    [InlineData("\"2023-11-07T06:31:56+01:00\"", true)]
    [InlineData("\"yesterday\"", false)]
    [InlineData("1699335116", false)]
    public void A_time_is_utc_or_nothing(string json, bool understood) => Of($$"""{"t":{{json}}}""").Time("t")
        .Should().Be(understood ? new DateTimeOffset(2023, 11, 7, 5, 31, 56, TimeSpan.Zero) : null);

    [Theory]
    [InlineData("1699335116", true)]
    [InlineData("\"1699335116\"", true)]
    [InlineData("-1", false)]
    [InlineData("1e18", false)]
    public void Seconds_are_a_time_inside_the_calendar(string json, bool understood) => Of($$"""{"t":{{json}}}""").UnixSeconds("t")
        .Should().Be(understood ? new DateTimeOffset(2023, 11, 7, 5, 31, 56, TimeSpan.Zero) : null);

    [Theory, InlineData("5"), InlineData("\"x\""), InlineData("[]"), InlineData("null"), InlineData("{}")]
    public void Nothing_is_found_in_what_is_no_object(string json)
    {
        var element = Of(json);
        element.Member("a").Should().BeNull();
        element.Text("a").Should().BeNull();
        element.Object("a").Should().BeNull();
        element.Items("a").Should().BeEmpty();
        element.Time("a").Should().BeNull();
        default(JsonElement).Member("a").Should().BeNull();
    }

    [Fact]
    public void A_request_leaves_out_what_has_no_value() =>
        VendorJson.ToBody(new { a = 1, b = (string?)null }).GetRawText().Should().Be("""{"a":1}""");

    [Theory]
    [InlineData("""{"message":"no","code":"E1"}""", "E1", "no")]
    [InlineData("""{"message":"Bad Request","error":"flowType is missing"}""", null, "Bad Request: flowType is missing")]
    [InlineData("""{"error":"only"}""", null, "only")]
    [InlineData("""{"detail":"in words"}""", null, "in words")]
    [InlineData("""{"detail":[{"loc":["body"],"msg":"field required"}]}""", null, "field required")]
    [InlineData("""{"detail":{"a":1},"message":["x"]}""", null, null)]
    [InlineData("<html>", null, null)]
    public void The_words_of_an_error_are_found_in_every_shape(string body, string? code, string? sentence) =>
        VendorJson.ErrorWords(body).Should().Be((code, sentence));

    [Theory]
    [InlineData("abc", true)]
    [InlineData("abc\n", false)]
    [InlineData("abc/../x", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_run_id_matches_as_a_whole(string? id, bool matches) => Caller.Info.IsRunId(id).Should().Be(matches);

    private static JsonElement Of(string json) => JsonDocument.Parse(json).RootElement;
}
