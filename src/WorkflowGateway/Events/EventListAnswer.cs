using System.Buffers;
using System.Globalization;
using System.Text;

namespace WorkflowGateway.Events;

/// <summary>A page of events as JSON, made of the bytes that every channel sends.</summary>
/// <param name="applied">For Preference-Applied; null where nothing was preferred.</param>
internal sealed class EventListAnswer(IReadOnlyList<LoggedEvent> events, long next, EventGap? gap, string? applied) : IResult
{
    private const int Chunk = 64 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var end = Encoding.ASCII.GetBytes(End());
        response.ContentType = "application/json";
        response.ContentLength = 11 + events.Sum(one => one.CloudEvent.Length + 1L) - (events.Count > 0 ? 1 : 0) + end.Length;
        EventRequest.SetHeaders(response);
        if (applied is not null) response.Headers["Preference-Applied"] = applied;
        var body = response.BodyWriter;
        body.Write("{\"events\":["u8);
        for (var i = 0; i < events.Count; i++)
        {
            if (i > 0) body.Write(","u8);
            body.Write(events[i].CloudEvent.Span);
            if (body.UnflushedBytes >= Chunk) await body.FlushAsync(httpContext.RequestAborted);
        }

        await body.WriteAsync(end, httpContext.RequestAborted);
    }

    private string End() => string.Create(CultureInfo.InvariantCulture, $"],\"next\":\"{next}\"{(gap is null ? "" : ",\"gap\":" + TextOf(gap))}}}");

    /// <summary>The gap as JSON: the same in a list and in a stream.</summary>
    public static string TextOf(EventGap gap) => string.Create(CultureInfo.InvariantCulture, $"{{\"after\":\"{gap.After}\",\"until\":\"{gap.Until}\"}}");
}
