using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Options;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Cli;

/// <summary>Shows what the server would use: settings and where each comes from, and the configuration with its defaults filled in. Never a secret.</summary>
internal static class PrintConfigVerb
{
    public static Command Make() => Verb.Of(
        "print-config", "Prints the settings with where each comes from, and the configuration with its defaults filled in, as the server would use them. Secrets are covered.", RunAsync);

    private static async Task<int> RunAsync(VerbCall call)
    {
        await using var services = call.BuildServices();
        // What the server would not start with is said here too.
        services.GetRequiredService<IStartupValidator>().Validate();
        var settings = new EffectiveSettings(services);
        var path = CatalogStart.PathOf(services);
        var context = services.GetRequiredService<CatalogContext>();
        var snapshot = CatalogReader.Load(path, context);
        var gateway = EffectiveCatalog.Of(JsonSource.Parse(path, await File.ReadAllBytesAsync(path)).Root, snapshot);
        if (call.Json) Write(call.Out, settings, path, snapshot, gateway);
        else WriteText(call.Out, settings, path, snapshot, gateway);
        return ExitCode.Ok;
    }

    private static void Write(TextWriter output, EffectiveSettings settings, string path, CatalogSnapshot snapshot, EffectiveCatalog gateway) => output.WriteLine(JsonSerializer.Serialize(
        new
        {
            environment = settings.Environment,
            settings = settings.All.Select(setting => new { name = setting.Name, value = setting.Value, source = setting.Source }),
            unused = settings.Unused.Select(setting => new { name = setting.Name, source = setting.Source, hint = setting.Value }),
            file = path,
            revision = snapshot.Revision,
            gateway = gateway.Root,
            defaults = gateway.Defaults.Order(StringComparer.Ordinal),
        },
        RecordSchema.Readable));

    private static void WriteText(TextWriter output, EffectiveSettings settings, string path, CatalogSnapshot snapshot, EffectiveCatalog gateway)
    {
        output.WriteLine($"// Settings ({settings.Environment})");
        foreach (var setting in settings.All) output.WriteLine($"{setting.Name,-28} {setting.Value ?? "-",-40} {setting.Source}");
        foreach (var unused in settings.Unused) output.WriteLine($"{unused.Name}: nothing reads it ({unused.Source}). {unused.Value}");
        output.WriteLine();
        output.WriteLine($"// {path}");
        output.WriteLine($"// {snapshot.Revision}");
        output.WriteLine(CommentedJson.Text(gateway.Root, gateway.Defaults));
    }
}
