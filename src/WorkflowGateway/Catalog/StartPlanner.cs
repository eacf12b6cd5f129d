using System.Text.Json;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Catalog;

/// <summary>Decides where a start goes and what is sent there. Pure: the same request on the same snapshot gives the same plan.</summary>
internal static class StartPlanner
{
    private static readonly JsonElement Empty = JsonSerializer.SerializeToElement(new Dictionary<string, string>());

    /// <exception cref="RefusedException">It can go nowhere, or its input is wrong.</exception>
    public static PlannedStart Plan(CatalogSnapshot catalog, PlanRequest request)
    {
        var workflow = Find(catalog, request);
        if (workflow.InputSchema is { } schema) Refuse(schema.Check(request.Input ?? Empty, "/input").Select(problem => new FieldError(problem.Pointer, problem.Message)));
        return Fill(catalog, workflow, Pick(catalog, workflow, request), request);
    }

    /// <summary>What is sent over a route.</summary>
    /// <exception cref="RefusedException">It cannot take the start.</exception>
    public static PlannedStart Fill(CatalogSnapshot catalog, Workflow workflow, Route route, PlanRequest request)
    {
        var connection = catalog.Connections[route.Connection];
        if (request.DryRun && !connection.Adapter.Info.SupportsDryRun)
            throw new RefusedException("capability-unsupported", $"{connection.Adapter.Info.DisplayName}, which serves this workflow, has no dry run.") { Vendor = connection.VendorName };
        return new PlannedStart
        {
            Workflow = workflow,
            Route = route,
            Connection = connection,
            Target = Target(route, connection.Adapter, request),
            Input = Input(route, connection.Adapter, request),
        };
    }

    /// <summary>The workflow of a request; one that the tenant may not start does not exist.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public static Workflow Find(CatalogSnapshot catalog, PlanRequest request)
    {
        if (catalog.Workflows.TryGetValue(request.Workflow, out var workflow) && workflow.Serves(request.Tenant)) return workflow;
        var known = catalog.Workflows.Values.Where(other => other.Serves(request.Tenant)).Select(other => other.Name).ToList();
        var near = Suggestion.Nearest(request.Workflow, known);
        throw new RefusedException("unknown-workflow", $"There is no workflow '{request.Workflow}'.{(near is null ? "" : $" Did you mean '{near}'?")}")
        {
            Errors = [new("/workflow", $"There is no such workflow. {Suggestion.For(request.Workflow, known)}")],
        };
    }

    private static Route Pick(CatalogSnapshot catalog, Workflow workflow, PlanRequest request)
    {
        var verdicts = RoutePicker.Judge(catalog, workflow, request);
        if (verdicts.FirstOrDefault(verdict => verdict.Reason is null) is { } taken) return taken.Route;
        // Another tenant's routes are not there for this one.
        var reasons = verdicts.Where(verdict => catalog.Connections[verdict.Route.Connection].Serves(request.Tenant)).Select(verdict => $" {verdict.Route.Name}: {verdict.Reason}");
        throw new RefusedException("no-route", $"No route of '{workflow.Name}' takes this start.{string.Concat(reasons)}")
        {
            Errors = WrongConnection(catalog, workflow, request),
        };
    }

    private static FieldError[] WrongConnection(CatalogSnapshot catalog, Workflow workflow, PlanRequest request)
    {
        var served = workflow.Routes.Select(route => route.Connection).Distinct().Where(name => catalog.Connections[name].Serves(request.Tenant)).ToList();
        return request.Connection is not { } wanted || served.Contains(wanted) ? []
            : [new("/connection", $"No route of this workflow goes to a connection '{wanted}'. {Suggestion.For(wanted, served)}")];
    }

    private static JsonElement Target(Route route, IVendorAdapter adapter, PlanRequest request)
    {
        if (adapter.InputParts.Count == 0)
        {
            Refuse(InputUse.Unused(route.Target, request.Input).Select(unused => new FieldError(
                "/input" + unused, $"{adapter.Info.DisplayName} takes no input of its own, and the route '{route.Name}' does not use this. Leave it out.")));
        }

        var placeholders = Placeholders.In(route.Target).ToList();
        if (placeholders.Count == 0) return Placeholders.Fill(route.Target, request);
        // To an adapter such a text is a placeholder, which passes for anything.
        Refuse(placeholders.Where(placeholder => Placeholders.Value(placeholder.Name, request) is { } value && Placeholders.LooksLikeOne(value))
            .Select(placeholder => new FieldError(Field(placeholder.Name), "A text that begins with '${' cannot be sent there.")));
        var target = Placeholders.Fill(route.Target, request);
        Refuse(adapter.CheckTarget(target).Select(problem => new FieldError(FieldAt(problem.Pointer, placeholders), problem.Message)));
        return target;
    }

    private static JsonElement Input(Route route, IVendorAdapter adapter, PlanRequest request)
    {
        if (route.Input is { } input) return Placeholders.Fill(input, request);
        return adapter.DefaultInputPart is { } part
            ? JsonSerializer.SerializeToElement(new Dictionary<string, JsonElement> { [part] = request.Input ?? Empty })
            : Empty;
    }

    // What is wrong in a filled target came in by the placeholder at that place.
    private static string FieldAt(string pointer, List<(string Pointer, string Name)> placeholders) =>
        placeholders.Where(placeholder => pointer.StartsWith(placeholder.Pointer, StringComparison.Ordinal) || placeholder.Pointer.StartsWith(pointer, StringComparison.Ordinal))
            .Select(placeholder => Field(placeholder.Name)).FirstOrDefault() ?? "/input";

    private static string Field(string placeholder) => "/" + placeholder.Replace('.', '/');

    private static void Refuse(IEnumerable<FieldError> errors)
    {
        var all = errors.ToList();
        if (all.Count > 0) throw new RefusedException("validation-failed", all.Count == 1 ? all[0].Detail : $"{all.Count} fields are wrong.") { Errors = all };
    }
}
