using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkflowGateway.Client;

/// <summary>A request that can be sent more than once.</summary>
internal sealed class Call(HttpMethod method, string path)
{
    private static readonly JsonSerializerOptions Absent = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    private readonly List<(string Name, string Value)> _headers = [];
    private readonly List<string> _query = [];
    private byte[]? _body;

    /// <summary>What the caller gives as input or data, in the camelCase of the gateway.</summary>
    public static JsonElement? Json(object? value) =>
        value is null ? null : JsonSerializer.SerializeToElement(value, value.GetType(), JsonSerializerOptions.Web);

    public Call Body<T>(T body)
    {
        _body = JsonSerializer.SerializeToUtf8Bytes(body, Absent);
        return this;
    }

    public Call Header(string name, string? value)
    {
        if (value is not null) _headers.Add((name, value));
        return this;
    }

    public Call Version(string name, long? version) => Header(name, version is { } number ? string.Create(CultureInfo.InvariantCulture, $"\"{number}\"") : null);

    public Call Query(params IEnumerable<(string Name, string? Value)> query)
    {
        foreach (var (name, value) in query)
            if (value is not null) _query.Add($"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}");
        return this;
    }

    public HttpRequestMessage ToRequest()
    {
        var request = new HttpRequestMessage(method, new Uri(_query.Count == 0 ? path : path + "?" + string.Join('&', _query), UriKind.Relative));
        foreach (var (name, value) in _headers) request.Headers.Add(name, value);
        if (_body is null) return request;
        request.Content = new ByteArrayContent(_body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return request;
    }
}
