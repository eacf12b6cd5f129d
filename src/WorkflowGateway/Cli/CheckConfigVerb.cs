using System.CommandLine;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Cli;

/// <summary>Says everything that is wrong with configuration files, as the server would at its start, and what is right.</summary>
internal static class CheckConfigVerb
{
    private const string StandardInput = "-";

    private static readonly Argument<string[]> Files = new("file")
    {
        Description = "The files to check; - reads standard input. Default: the configured one (Gateway:ConfigPath).",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<bool> WithoutSecrets = new("--without-secrets")
    {
        Description = "Takes ${env:NAME} and ${file:/path} that are not there, and a missing master key, for given: for machines that check a file and have no secrets.",
    };

    public static Command Make() => Verb.Of(
        "check-config", "Checks configuration files and says everything that is wrong, with file, line and column. Ends with 0, or with 78 where one cannot be used.", RunAsync, Files, WithoutSecrets);

    private static async Task<int> RunAsync(VerbCall call)
    {
        await using var services = call.BuildServices();
        var context = CatalogStart.Context(services);
        if (call.Parsed.GetValue(WithoutSecrets)) context = context with { WithoutSecrets = true, HasMasterKey = true };
        string[] files = call.Parsed.GetValue(Files) is { Length: > 0 } named ? named : [CatalogStart.PathOf(services)];
        var all = files.Select(file => Check(file, context, call.Terminal)).ToList();
        if (call.Json) CheckedFileJson.Write(call.Out, all);
        else CheckedFileText.Write(call.Out, all);
        return all.TrueForAll(file => file.Catalog is not null) ? ExitCode.Ok : ExitCode.BadConfiguration;
    }

    private static CheckedFile Check(string file, CatalogContext context, Terminal terminal)
    {
        try
        {
            if (file != StandardInput && !File.Exists(file)) return new CheckedFile(file, [], CatalogReader.Load(file, context), []);
            var content = file == StandardInput ? Read(terminal) : File.ReadAllBytes(file);
            return Check(file == StandardInput ? "(standard input)" : file, content, context);
        }
        catch (CatalogException wrong)
        {
            return new CheckedFile(file, [], null, wrong.Problems);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new CheckedFile(file, [], null, [new CatalogProblem(file, 1, 1, "", $"It cannot be read: {failure.Message} Give who runs this the right to.")]);
        }
    }

    internal static CheckedFile Check(string name, byte[] content, CatalogContext context)
    {
        try
        {
            return new CheckedFile(name, content, CatalogReader.Read(name, content, context), []);
        }
        catch (CatalogException wrong)
        {
            return new CheckedFile(name, content, null, wrong.Problems);
        }
    }

    private static byte[] Read(Terminal terminal)
    {
        using var from = terminal.In();
        using var content = new MemoryStream();
        from.CopyTo(content);
        return content.ToArray();
    }
}

/// <summary>A file that was checked.</summary>
/// <param name="File">Its name as it was given.</param>
/// <param name="Content">What stands in it; empty where it could not be read.</param>
/// <param name="Catalog">What it means; null where it cannot be used.</param>
/// <param name="Problems">What is wrong with it, in the order of the file.</param>
internal sealed record CheckedFile(string File, byte[] Content, CatalogSnapshot? Catalog, IReadOnlyList<CatalogProblem> Problems);
