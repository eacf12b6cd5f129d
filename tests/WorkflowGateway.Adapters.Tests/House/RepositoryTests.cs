using System.Diagnostics;
using System.Xml.Linq;

namespace WorkflowGateway.Adapters.Tests.House;

/// <summary>The few rules of the house that a compiler does not keep.</summary>
public sealed class RepositoryTests
{
    private static readonly string Root = FindRoot();

    public static TheoryData<string> AdapterProjects { get; } = [.. Directory.GetFiles(Path.Combine(Root, "adapters"), "*.csproj", SearchOption.AllDirectories).Select(Relative)];

    public static TheoryData<string> Projects { get; } =
        [.. new[] { "src", "adapters" }.SelectMany(folder => Directory.GetFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories)).Select(Relative)];

    [Theory, MemberData(nameof(AdapterProjects))]
    public void An_adapter_references_the_contract_and_nothing_else(string project)
    {
        var items = XDocument.Load(Path.Combine(Root, project)).Descendants().ToList();
        items.Where(item => item.Name.LocalName == "ProjectReference").Select(item => Path.GetFileNameWithoutExtension(item.Attribute("Include")!.Value))
            .Should().Equal("WorkflowGateway.Abstractions");
        items.Where(item => item.Name.LocalName is "PackageReference" or "FrameworkReference" or "Reference").Should().BeEmpty();
    }

    [Fact]
    public void No_file_is_longer_than_300_lines() =>
        Sources().Where(file => File.ReadLines(file).Count() > 300).Select(Relative).Should().BeEmpty();

    [Theory, MemberData(nameof(Projects))]
    public void A_project_has_rooms_but_no_rooms_inside_rooms(string project)
    {
        var folder = Path.Combine(Root, Path.GetDirectoryName(project)!);
        Sources().Where(file => file.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            .Where(file => Path.GetRelativePath(folder, file).Count(c => c == Path.DirectorySeparatorChar) > 1)
            .Select(Relative).Should().BeEmpty();
    }

    public static TheoryData<string> Mutants { get; } = [.. Directory.GetFiles(Path.Combine(Root, "tests", "mutants"), "*.patch").Select(Path.GetFileNameWithoutExtension).OfType<string>()];

    // Most are built only in the full form: there nobody would see for long that a proof has lost its mutant.
    [Theory, MemberData(nameof(Mutants))]
    public async Task A_mutant_still_applies(string name)
    {
        var folder = Directory.CreateTempSubdirectory("wfg-mutant-").FullName;
        var start = new ProcessStartInfo(Path.Combine(Root, "tests", "mutants", "sources.sh"), [name, Path.Combine(folder, "sources")]) { RedirectStandardError = true };
        using var made = Process.Start(start)!;
        var said = await made.StandardError.ReadToEndAsync();
        await made.WaitForExitAsync();
        Directory.Delete(folder, recursive: true);
        (made.ExitCode, said).Should().Be((0, ""));
    }

    private static IEnumerable<string> Sources() => new[] { "src", "adapters", "tests" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.EndsWith(".g.cs", StringComparison.Ordinal))
        .Where(file => !Relative(file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules" or "TestResults"));

    private static string Relative(string file) => Path.GetRelativePath(Root, file);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "WorkflowGateway.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run inside the repository.");
        return folder;
    }
}
