using System.Security.Cryptography;
using System.Text.Json;
using WorkflowGateway.Runs;
using WorkflowGateway.Webhooks;

namespace WorkflowGateway.Catalog;

/// <summary>Makes an endpoint of what is written, and says everything that is wrong with it.</summary>
/// <param name="context">What the meaning depends on.</param>
/// <param name="workflows">The names of the workflows; null where they could not be read.</param>
/// <param name="report">Takes a problem by its pointer below the endpoint.</param>
internal sealed class WebhookReader(CatalogContext context, IReadOnlyCollection<string>? workflows, Action<string, string> report)
{
    private readonly References _references = new(context);

    public WebhookConfig? Read(string name, JsonElement element, WebhookFile file)
    {
        // What is missing was said by the schema.
        if (file.Url is { } url && WebhookUrl.Problem(url, context.Loopback) is { } problem) report("/url", problem);
        for (var i = 0; i < file.Statuses?.Count; i++)
            if (file.Statuses[i] is { } word && StatusWords.Problem(word) is { } wrong) report($"/statuses/{i}", wrong);
        for (var i = 0; i < file.Workflows?.Count; i++)
            if (file.Workflows[i] is { } workflow && workflows?.Contains(workflow) == false) report($"/workflows/{i}", $"There is no workflow '{workflow}'. {Suggestion.For(workflow, workflows)}");
        if (file.Secret is { } secret) CheckSecret(secret, "/secret");
        if (file.OldSecret is { } old) CheckSecret(old, "/oldSecret");
        if (file.Url is null || file.Secret is null || !Uri.TryCreate(file.Url, UriKind.Absolute, out var place)) return null;
        return new WebhookConfig
        {
            Name = name,
            Url = place,
            Secret = Reads(file.Secret),
            OldSecret = file.OldSecret is { } before ? Reads(before) : null,
            Statuses = [.. file.Statuses?.OfType<string>() ?? []],
            Workflows = [.. file.Workflows?.OfType<string>() ?? []],
            Tenant = file.Tenant,
            Enabled = file.Enabled ?? true,
            Hash = Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Bytes(element)).AsSpan(0, 16)),
        };
    }

    // A file is read anew each time.
    private Func<string?> Reads(string written)
    {
        var fix = References.HoldsFile(written) ? null : Expand(written);
        return () => fix ?? Expand(written);
    }

    private void CheckSecret(string written, string pointer)
    {
        var said = false;
        var text = _references.Expand(written, message =>
        {
            said = true;
            report(pointer, message);
        });
        if (!said && !_references.LeftOpen && (text is null || WebhookSecret.Parse(text) is null)) report(pointer, WebhookSecret.Form);
    }

    private string? Expand(string written) => new References(context).Expand(written, _ => { });
}
