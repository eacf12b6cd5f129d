using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>What every list has in its query: filters, page size and page token.</summary>
internal sealed partial class ListQuery(HttpRequest request)
{
    private const int DefaultSize = 50;
    private const int MaxSize = 500;
    private readonly List<FieldError> _errors = [];

    public IQueryCollection All => request.Query;

    public int PageSize => One("pageSize") is not { } text ? DefaultSize
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= MaxSize ? size
        : throw Fields.Refusal("pageSize", $"Must be a number from 1 to {MaxSize}.");

    /// <summary>The cursor in the page token; null for the first page.</summary>
    public string? Cursor => One("pageToken") is { } token ? PageToken.Read(token, Filters()) : null;

    public string? One(string name)
    {
        if (!request.Query.TryGetValue(name, out var values)) return null;
        if (values is [{ Length: > 0 and <= 1024 } value]) return value;
        throw Fields.Refusal(name, values.Count > 1 ? "Is given more than once." : "Must have a value of 1 to 1024 characters.");
    }

    public bool Flag(string name) => One(name) switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw Fields.Refusal(name, "Must be true or false."),
    };

    /// <summary>Null where it is absent, and where it is no time, which <see cref="Done"/> then says.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (One(name) is not { } text) return null;
        if (Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return time;
        Wrong(name, "Must be a time as in 2026-01-31T09:00:00Z; a + in it is written %2B.");
        return null;
    }

    public void Wrong(string name, string detail) => _errors.Add(new FieldError(name, detail));

    public void Done()
    {
        if (_errors.Count > 0) throw Fields.Refusal(_errors);
    }

    /// <summary>The token of the next page, and the Link header that leads there.</summary>
    public string? NextToken(string? cursor)
    {
        if (cursor is null) return null;
        var token = PageToken.Make(cursor, Filters());
        var pairs = Sorted().Append(new("pageToken", token)).Concat(request.Query["pageSize"].Select(size => new KeyValuePair<string, string?>("pageSize", size)));
        request.HttpContext.Response.Headers.Link = $"<{request.Path.ToUriComponent()}{QueryString.Create(pairs)}>; rel=\"next\"";
        return token;
    }

    private string Filters()
    {
        var text = new StringBuilder(request.Path.Value);
        foreach (var (name, value) in Sorted()) text.Append('\n').Append(name).Append('=').Append(value);
        return text.ToString();
    }

    private IEnumerable<KeyValuePair<string, string?>> Sorted() => request.Query
        .Where(pair => pair.Key is not ("pageToken" or "pageSize"))
        .SelectMany(pair => pair.Value, (pair, value) => new KeyValuePair<string, string?>(pair.Key, value))
        .OrderBy(pair => pair.Key, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal);

    [GeneratedRegex(@"\A\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)\z", RegexOptions.NonBacktracking)]
    private static partial Regex Rfc3339();
}
