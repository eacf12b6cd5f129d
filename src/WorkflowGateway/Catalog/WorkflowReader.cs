using System.Text.Json;

namespace WorkflowGateway.Catalog;

/// <summary>Makes a workflow of what is written, and says everything that is wrong with it.</summary>
/// <param name="connections">The adapter of each connection, null where it is unknown; null when the file has no connections that could be read.</param>
/// <param name="report">Takes a problem by its pointer below the workflow.</param>
internal sealed class WorkflowReader(IReadOnlyDictionary<string, IVendorAdapter?>? connections, Action<string, string> report)
{
    public Workflow Read(string name, WorkflowFile file)
    {
        if (file.Tenants is { Count: 0 }) report("/tenants", "No tenant could start this workflow. Name one, or leave tenants out for all.");
        var routes = file.Routes ?? [];
        var before = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < routes.Count; i++)
        {
            if (routes[i] is { Name: { } route } && !before.Add(route))
                report($"/routes/{i}/name", $"There is a route '{route}' before this one. Give each its own name.");
        }

        return new Workflow
        {
            Name = name,
            Description = file.Description,
            InputSchema = Schema(file),
            Example = file.Example,
            Tenants = file.Tenants?.ToHashSet(StringComparer.Ordinal),
            StoreInput = file.StoreInput ?? true,
            RequireIdempotencyKey = file.RequireIdempotencyKey ?? false,
            Routes = [.. routes.Select((route, index) => Read(route, file, $"/routes/{index}")).OfType<Route>()],
        };
    }

    private InputSchema? Schema(WorkflowFile file)
    {
        if (file.InputSchema is not { } written) return null;
        var problems = new List<ConfigurationProblem>();
        var schema = new InputSchema(written, SchemaReader.Read(written, "/inputSchema", problems));
        foreach (var problem in problems) report(problem.Pointer, problem.Message);
        if (problems.Count > 0 || file.Example is not { } example) return schema;
        foreach (var problem in schema.Check(example, "/example")) report(problem.Pointer, $"The example does not fit inputSchema: {problem.Message} Mend the example or the schema.");
        return schema;
    }

    private Route? Read(RouteFile? route, WorkflowFile file, string at)
    {
        // That a member is missing was said by the schema; the others are judged without it.
        if (route is null) return null;
        IVendorAdapter? adapter = null;
        if (route.Connection is { } connection && connections?.TryGetValue(connection, out adapter) is false)
            report($"{at}/connection", $"There is no connection '{connection}'. {Suggestion.For(connection, connections.Keys)}");
        var target = route.Target is { ValueKind: JsonValueKind.Object } written ? written : (JsonElement?)null;
        if (target is { } template)
        {
            foreach (var problem in Placeholders.Check(template, $"{at}/target")) report(problem.Pointer, problem.Message);
        }

        var input = route.Input is null ? (JsonElement?)null : JsonSerializer.SerializeToElement(route.Input);
        if (input is { } parts)
        {
            foreach (var problem in Placeholders.Check(parts, $"{at}/input")) report(problem.Pointer, problem.Message);
        }

        if (adapter is not null) CheckAgainst(adapter, route, target, file, at);
        CheckWhen(route.When, $"{at}/when");
        CheckFallback(route, file, $"{at}/fallback");
        if (route.Name is null || route.Connection is null || target is null) return null;
        return new Route
        {
            Name = route.Name,
            Connection = route.Connection,
            When = route.When is null ? RouteCondition.Always : RouteCondition.Of(JsonSerializer.SerializeToElement(route.When)),
            Weight = route.Weight ?? 1,
            Fallback = [.. (route.Fallback ?? []).OfType<string>()],
            Target = target.Value,
            Input = input,
            Enabled = route.Enabled ?? true,
        };
    }

    private void CheckAgainst(IVendorAdapter adapter, RouteFile route, JsonElement? target, WorkflowFile file, string at)
    {
        var vendor = adapter.Info.DisplayName;
        foreach (var operation in Operations(file).Distinct().Where(operation => !adapter.Info.Operations.Contains(operation)))
            report($"{at}/connection", $"The workflow requires {Word(operation)}, and {vendor} has no {Word(operation)}. Take it out of requires, or route to a vendor that has it.");
        foreach (var problem in target is { } written ? adapter.CheckTarget(written) : []) report($"{at}/target{problem.Pointer}", problem.Message);
        foreach (var part in route.Input?.Keys.Where(part => !adapter.InputParts.Contains(part)) ?? [])
        {
            report(JsonPointer.Below($"{at}/input", part), adapter.InputParts.Count == 0
                ? $"{vendor} takes no input. Use placeholders in target instead: \"${{input.name}}\"."
                : $"{vendor} has no input part '{part}'. {Suggestion.For(part, adapter.InputParts)}");
        }

        if (adapter.InputParts.Count > 0 || file.Example is not { } example || target is not { } template) return;
        foreach (var unused in InputUse.Unused(template, example))
            report("/example" + unused, $"{vendor} takes no input of its own, and no placeholder of the target of route '{route.Name}' uses this member of the example. Use it there, \"${{input{unused.Replace('/', '.')}}}\", or take it out.");
    }

    private void CheckWhen(Dictionary<string, JsonElement>? when, string at)
    {
        foreach (var (subject, value) in when ?? [])
        {
            var place = JsonPointer.Below(at, subject);
            if (!RouteTest.IsKnown(subject)) report(place, $"'{subject}' cannot be tested. {(RouteTest.Nearest(subject) is { } near ? $"Did you mean '{near}'?" : "Write tenant, labels.<name> or input.<a.b>.")}");
            var values = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : new[] { value };
            if (values.Length == 0) report(place, "An empty list never matches. Name a value, or leave the member out.");
            else if (!values.All(item => item.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False))
                report(place, "Write a text, a number, true or false, or a list of these.");
            else if (!subject.StartsWith("input.", StringComparison.Ordinal) && !values.All(item => item.ValueKind == JsonValueKind.String))
                report(place, "Labels and tenants are texts: put the value in double quotes.");
        }
    }

    private void CheckFallback(RouteFile route, WorkflowFile file, string at)
    {
        if (route.Fallback is not { } names) return;
        var others = (file.Routes ?? []).Select(other => other?.Name).OfType<string>().Where(name => name != route.Name).ToList();
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] is not { } name) continue;
            if (name == route.Name) report($"{at}/{i}", $"A route cannot stand in for itself. {Suggestion.For("", others)}");
            else if (!others.Contains(name)) report($"{at}/{i}", $"This workflow has no route '{name}'. {Suggestion.For(name, others)}");
            else if (names.Take(i).Contains(name)) report($"{at}/{i}", $"'{name}' stands before this already. Take one of them out.");
        }
    }

    // What was no operation was said by the schema.
    private static IEnumerable<RunOperation> Operations(WorkflowFile file) => (file.Requires ?? []).OfType<RunOperation>();

    private static string Word(RunOperation operation) => operation.ToString().ToLowerInvariant();
}
