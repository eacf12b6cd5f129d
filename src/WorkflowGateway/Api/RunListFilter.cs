using WorkflowGateway.Access;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>Reads the filters of the run list.</summary>
internal static class RunListFilter
{
    private const string Label = "label.";

    public static RunFilter Of(ListQuery query, Caller caller)
    {
        var filter = new RunFilter
        {
            Tenant = caller.Tenant,
            Among = caller.Grants.Workflows,
            Statuses = [.. query.All["status"].SelectMany(word => StatusesOf(query, word ?? "")).Distinct()],
            Workflow = query.One("workflow"),
            Vendor = query.One("vendor"),
            Connection = query.One("connection"),
            CorrelationId = query.One("correlationId"),
            Labels = [.. query.All.Keys.Where(IsLabel).Select(name => LabelOf(query, name))],
            CreatedAfter = query.Time("createdAfter"),
            CreatedBefore = query.Time("createdBefore"),
        };
        query.Done();
        return filter;
    }

    public static bool IsLabel(string name) => name.StartsWith(Label, StringComparison.Ordinal);

    private static IEnumerable<RunStatus> StatusesOf(ListQuery query, string word)
    {
        if (StatusWords.Problem(word) is { } problem) query.Wrong("status", problem);
        return StatusWords.Statuses(word);
    }

    private static KeyValuePair<string, string> LabelOf(ListQuery query, string name)
    {
        var key = name[Label.Length..];
        if (!StartBody.IsLabelKey(key)) query.Wrong(name, "A label's key has 1 to 63 characters of a-z, 0-9, '.', '_' and '-'.");
        return new(key, query.One(name)!);
    }
}
