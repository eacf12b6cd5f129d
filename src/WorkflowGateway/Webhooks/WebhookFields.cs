using System.Globalization;
using System.Text.Json;
using WorkflowGateway.Access;
using WorkflowGateway.Api;
using WorkflowGateway.Catalog;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Webhooks;

/// <summary>Reads the members that bodies about endpoints have in common.</summary>
internal sealed class WebhookFields(JsonElement? json, HttpContext context)
{
    private const int MostWords = 100;

    public Fields All { get; } = new(json);

    public string? Url(string? url)
    {
        if (url is { Length: > 0 } && WebhookUrl.Problem(url, context.RequestServices.GetRequiredService<LoopbackRule>()) is { } problem) All.Wrong("/url", problem);
        return url;
    }

    public IReadOnlyList<string>? Statuses() => Words("statuses", StatusWords.Problem);

    public IReadOnlyList<string>? Workflows()
    {
        var (catalog, tenant) = (context.RequestServices.GetRequiredService<LiveCatalog>().Current, context.Caller().Tenant);
        var known = catalog.Workflows.Values.Where(workflow => Tenancy.Allows(workflow.Tenants, tenant)).Select(workflow => workflow.Name).ToHashSet(StringComparer.Ordinal);
        return Words("workflows", word => known.Contains(word) ? null : $"There is no workflow '{word}'. {Suggestion.For(word, known)}");
    }

    public bool? Flag(string name)
    {
        if (All.Any(name) is not { } value) return null;
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) All.Wrong("/" + name, $"Must be true or false, not {Fields.KindOf(value)}.");
        return value.ValueKind == JsonValueKind.True;
    }

    public string? Secret()
    {
        var text = All.Text("secret", 128);
        if (text is { Length: > 0 } && WebhookSecret.Parse(text) is null) All.Wrong("/secret", WebhookSecret.Form);
        return text;
    }

    public long? Cursor(string name, bool required = false)
    {
        var text = required ? All.RequiredText(name, 19) : All.Text(name, 19);
        if (text is null or "") return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var cursor)) return cursor;
        All.Wrong("/" + name, "Must be a cursor: the id of an event, or next of a page of events.");
        return null;
    }

    private List<string>? Words(string name, Func<string, string?> problem)
    {
        if (All.Any(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array)
        {
            All.Wrong("/" + name, $"Must be an array of strings, not {Fields.KindOf(value)}.");
            return null;
        }

        var words = new List<string>();
        foreach (var (item, i) in value.EnumerateArray().Select((item, i) => (item, i)))
        {
            if (item.ValueKind != JsonValueKind.String) All.Wrong($"/{name}/{i}", $"Must be a string, not {Fields.KindOf(item)}.");
            else if (All.Checked($"/{name}/{i}", item.GetString()!, 255) is var word && problem(word) is { } wrong) All.Wrong($"/{name}/{i}", wrong);
            else words.Add(word);
        }

        if (value.GetArrayLength() > MostWords) All.Wrong("/" + name, $"Has {value.GetArrayLength()} entries; at most {MostWords} are allowed.");
        return words;
    }
}
