using Microsoft.AspNetCore.Http;
using WorkflowGateway.Api;

namespace WorkflowGateway.Tests.Api;

public sealed class PreferenceTests
{
    [Theory]
    [InlineData("", false, null, null)]
    [InlineData("respond-async", true, null, "respond-async")]
    [InlineData("wait=10", false, 10, "wait=10")]
    [InlineData("wait=600", false, 60, "wait=60")]
    [InlineData("respond-async, wait=5", true, 5, "respond-async, wait=5")]
    [InlineData("Wait = \"5\" ; x=1", false, 5, "wait=5")]
    [InlineData("wait=1, wait=2", false, 1, "wait=1")]
    [InlineData("wait=-1", false, null, null)]
    [InlineData("wait=soon, handling=lenient", false, null, null)]
    [InlineData("foo=\"a, respond-async\"", false, null, null)]
    [InlineData("foo=\"a", false, null, null)]
    public void Preferences_are_read_as_the_rfc_says(string header, bool respondAsync, int? wait, string? applied)
    {
        var preferences = Preferences.Parse(header);
        preferences.RespondAsync.Should().Be(respondAsync);
        preferences.Wait?.TotalSeconds.Should().Be(wait);
        preferences.Applied.Should().Be(applied);
    }

    [Theory]
    [InlineData("no-cache", 0, true)]
    [InlineData("max-age=10", 11, true)]
    [InlineData("max-age=10", 10, false)]
    [InlineData("", 1000, false)]
    [InlineData("nonsense=", 1000, false)]
    public void Cache_control_says_whether_the_vendor_is_read(string header, long age, bool fresh)
    {
        var http = new DefaultHttpContext();
        if (header.Length > 0) http.Request.Headers.CacheControl = header;
        RunConditions.WantsFresh(http.Request, age).Should().Be(fresh);
    }

    [Theory]
    [InlineData("GET", "wait=5", null, true)]
    [InlineData("GET", null, "text/event-stream", true)]
    [InlineData("GET", "respond-async", null, false)]
    [InlineData("GET", "await=5", null, false)]
    [InlineData("GET", "wait=soon", "application/json", false)]
    [InlineData("POST", "wait=5", null, false)]
    [InlineData("POST", null, "text/event-stream", false)]
    public void A_watch_is_a_read_that_may_go_on_for_long(string method, string? prefer, string? accept, bool expected)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        request.Headers["Prefer"] = prefer;
        request.Headers.Accept = accept;
        Preferences.IsWatch(request).Should().Be(expected);
    }
}
