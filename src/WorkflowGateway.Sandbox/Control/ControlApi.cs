using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowGateway.Sandbox;

/// <summary>The control API over HTTP; the README lists it.</summary>
internal static class ControlApi
{
    public static void Map(IEndpointRouteBuilder app, SandboxServer server)
    {
        var controls = server.Controls;
        var control = app.MapGroup("/control");
        control.MapGet("/state", () => new { controls.Clock, controls.Switches, controls.Faults });
        control.MapGet("/scenarios", () => ScenarioList.All);

        control.MapPut("/clock", (ClockChange change) =>
        {
            if (change.Speed is not (null or (>= 0 and <= 1_000_000))) return Bad("speed must be from 0 to 1000000");
            if (change.Speed is { } speed) controls.SetSpeed(speed);
            if (change.Hold is { } hold) controls.Hold(hold);
            return Results.Ok(controls.Clock);
        });
        control.MapPost("/clock/advance", (ClockAdvance advance) =>
        {
            if (advance.Seconds is not (>= 0 and <= 1e9)) return Bad("seconds must be from 0 to 1000000000");
            controls.Advance(TimeSpan.FromSeconds(advance.Seconds));
            return Results.Ok(controls.Clock);
        });

        control.MapGet("/switches", () => controls.Switches);
        control.MapPut("/switches", (JsonObject changes) => Switch(controls, changes));

        control.MapGet("/faults", () => controls.Faults);
        control.MapPost("/faults", (Fault fault) => fault.Problem is { } problem ? Bad(problem) : Results.Ok(controls.Add(fault)));
        control.MapPut("/faults", (Fault fault) => fault.Problem is { } problem ? Bad(problem) : Results.Ok(controls.Add(fault)));
        control.MapDelete("/faults", () =>
        {
            controls.ClearFaults();
            return Results.NoContent();
        });
        control.MapDelete("/faults/{id}", (string id) => controls.RemoveFault(id) ? Results.NoContent() : Results.NotFound());

        control.MapGet("/webhook", () => new { target = controls.Webhook is { } hook ? hook with { Secret = "***" } : null, controls.Deliveries });
        control.MapPut("/webhook", (Webhook hook) =>
        {
            if (hook.Problem is { } problem) return Bad(problem);
            controls.Webhook = hook;
            return Results.NoContent();
        });
        control.MapDelete("/webhook", () =>
        {
            controls.Webhook = null;
            return Results.NoContent();
        });

        control.MapGet("/ledger", (string? vendor, string? operation, long? after, int? limit) =>
            server.ReadLedger(vendor, operation, after ?? 0, limit ?? int.MaxValue));

        control.MapGet("/runs/{vendor}", (string vendor) => controls.Runs(vendor));
        control.MapPost("/runs/{vendor}/{id}/status", (string vendor, string id, RunWord word) => Told(controls.SetStatus(vendor, id, word.Word)));
        control.MapPost("/runs/{vendor}/{id}/interaction", (string vendor, string id) => Told(controls.Present(vendor, id)));
        control.MapPost("/runs/{vendor}/{id}/end", (string vendor, string id) => Told(controls.End(vendor, id)));
    }

    private static IResult Switch(SandboxControls controls, JsonObject changes)
    {
        var all = JsonSerializer.SerializeToNode(controls.Switches, JsonSerializerOptions.Web)!.AsObject();
        foreach (var (name, value) in changes)
        {
            if (!all.ContainsKey(name)) return Bad($"there is no switch {name}");
            all[name] = value?.DeepClone();
        }

        try
        {
            controls.Switches = all.Deserialize<Switches>(JsonSerializerOptions.Web)!;
        }
        catch (JsonException wrong)
        {
            return Bad($"{wrong.Path} has another type");
        }

        return Results.Ok(controls.Switches);
    }

    private static IResult Told(bool done) => done ? Results.NoContent() : Results.NotFound();

    private static IResult Bad(string error) => Results.BadRequest(new { error });

    private sealed record ClockChange(double? Speed, bool? Hold);

    private sealed record ClockAdvance(double Seconds);

    private sealed record RunWord(string Word);
}
