using WorkflowGateway.Catalog;

namespace WorkflowGateway.Cli;

/// <summary>What was found in files, for people.</summary>
internal static class CheckedFileText
{
    public static void Write(TextWriter output, IReadOnlyList<CheckedFile> files)
    {
        foreach (var file in files)
        {
            var source = new SourceLines(file.Content);
            foreach (var problem in file.Problems)
            {
                output.WriteLine(problem);
                if (source.Excerpt(problem) is { } excerpt) output.WriteLine(excerpt);
            }

            if (file.Catalog is { } catalog) WriteRight(output, file.File, catalog);
            else output.WriteLine($"{file.File}: {Count(file.Problems.Count, "problem")}; it cannot be used.");
            output.WriteLine();
        }

        var bad = files.Count(file => file.Catalog is null);
        output.WriteLine($"{Count(files.Count, "file")} checked, {(bad == 0 ? "nothing wrong" : $"{bad} cannot be used")}.");
    }

    private static void WriteRight(TextWriter output, string file, CatalogSnapshot catalog)
    {
        output.WriteLine($"{file}: ok, {catalog.Revision}");
        foreach (var connection in catalog.Connections.Values.OrderBy(connection => connection.Name, StringComparer.Ordinal))
            output.WriteLine($"  connection {connection.Name,-22} {connection.Adapter.Info.DisplayName}{(connection.Exclusive ? ", exclusive" : "")}{(connection.CallerCredential ? ", the caller's credential" : "")}{Draining(connection.Enabled)}");
        foreach (var workflow in catalog.Workflows.Values.OrderBy(workflow => workflow.Name, StringComparer.Ordinal))
            output.WriteLine($"  workflow   {workflow.Name,-22} {string.Join(", ", workflow.Routes.Select(route => (route.Name == route.Connection ? route.Name : $"{route.Name} -> {route.Connection}") + Draining(route.Enabled)))}");
        foreach (var webhook in catalog.Webhooks.Values.OrderBy(webhook => webhook.Name, StringComparer.Ordinal))
            output.WriteLine($"  webhook    {webhook.Name,-22} {webhook.Url.Host}{(webhook.Enabled ? "" : " (disabled)")}");
        output.WriteLine($"  {Count(catalog.Connections.Count, "connection")}, {Count(catalog.Workflows.Count, "workflow")}, {Count(catalog.Workflows.Values.Sum(workflow => workflow.Routes.Count), "route")}, {Count(catalog.Webhooks.Count, "webhook")}");
    }

    private static string Draining(bool enabled) => enabled ? "" : " (disabled)";

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
