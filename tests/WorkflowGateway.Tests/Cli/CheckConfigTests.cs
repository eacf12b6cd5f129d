using System.Runtime.CompilerServices;
using WorkflowGateway.Catalog;
using WorkflowGateway.Cli;
using WorkflowGateway.Tests.Catalog;

namespace WorkflowGateway.Tests.Cli;

/// <summary>What check-config says of files with the mistakes that operators make: CheckConfig/*.json and, beside each, what is printed.</summary>
public sealed class CheckConfigTests
{
    private static readonly string Folder = Path.Combine(Here(), "../CheckConfig");

    private static readonly Dictionary<string, string> Variables = new()
    {
        ["JUO_TOKEN"] = CatalogFixture.Token,
        ["VOICE_TOKEN"] = CatalogFixture.Token,
        ["GRAPHS_TOKEN"] = CatalogFixture.Token,
        ["CRM_SECRET"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    };

    private static readonly CatalogContext Context = CatalogFixture.Real with { Production = true, Sandbox = null, Variable = name => Variables.GetValueOrDefault(name) };

    public static TheoryData<string> Files { get; } = [.. Directory.GetFiles(Folder, "*.json").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal)];

    /// <summary>To make them anew: UPDATE_GOLDEN=1 dotnet test tests/WorkflowGateway.Tests --filter CheckConfigTests; then read each as its operator would.</summary>
    [Theory, MemberData(nameof(Files))]
    public void A_broken_file_is_answered_as_was_reviewed(string name)
    {
        using var output = new StringWriter { NewLine = "\n" };
        CheckedFileText.Write(output, [Check(name)]);
        var golden = Path.Combine(Folder, name + ".txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(golden, output.ToString());

        output.ToString().Should().Be(File.ReadAllText(golden), "run the test once with UPDATE_GOLDEN=1 and read the difference as an operator would");
    }

    [Theory, MemberData(nameof(Files))]
    public void Each_problem_has_its_place_and_what_to_do(string name)
    {
        var file = Check(name);

        file.Catalog.Should().BeNull();
        file.Problems.Should().NotBeEmpty().And.OnlyContain(problem => problem.File == name + ".json" && problem.Line > 0 && problem.Column > 0);
        file.Problems.Should().OnlyContain(problem => problem.Path.Length == 0 || problem.Path.StartsWith('/'));
        // What is not said with a path is about the file as a whole.
        file.Problems.Should().OnlyContain(problem => problem.Path.Length > 0 || problem.Message.StartsWith("This is not JSON") || problem.Message.Contains("connections"));
        file.Problems.Should().OnlyContain(problem => problem.Suggestion != null || SaysWhatToDo(problem.Message), "who reads it wants to know what to write");
        file.Problems.Should().NotContain(problem => problem.Message.Contains(CatalogFixture.Token));
    }

    [Theory]
    [InlineData("{ \"connections\": { \"x\": { \"credential\": { \"value\": \"tok_123\" }, \"adaptr\": 1 } } }")]
    [InlineData("{ \"connections\": { \"x\": { \"adaptr\": 1, \"webhookSecrets\": [ \"tok_123\", \"${env:JUO_TOKEN}\" ], \"headers\": { \"X-Key\": \"tok_123\" } } } }")]
    [InlineData("{ \"webhooks\": { \"x\": { \"secret\": \"tok_123\", \"oldSecret\":\"tok_123\" } } }")]
    [InlineData("{ 'connections': { 'x': { 'credential': { 'value': 'tok_123' } } } }")]
    [InlineData("{ \"connections\": { \"x\": { \"credential\": { \"value\": \"tok_123 } } } }")]
    [InlineData("{ \"connections\": { \"x\": { \"credential\": { \"value\": tok_123 } } } }")]
    public void No_secret_of_the_file_is_printed_beside_its_problem(string content)
    {
        using var output = new StringWriter();
        CheckedFileText.Write(output, [CheckConfigVerb.Check("x.json", System.Text.Encoding.UTF8.GetBytes(content), Context)]);

        output.ToString().Should().Contain(" | ").And.Contain("***").And.NotContain("tok_123");
    }

    [Fact]
    public async Task A_folder_is_called_one_and_a_file_that_is_too_long_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory("wfg-check-").FullName;
        var file = Path.Combine(folder, "long.json");
        await File.WriteAllTextAsync(file, "{}" + new string(' ', CatalogReader.MostBytes - 1));

        var (named, tooLong) = (await Typed.RunAsync("check-config", folder), await Typed.RunAsync("check-config", file));

        (named.Code, tooLong.Code).Should().Be((ExitCode.BadConfiguration, ExitCode.BadConfiguration));
        named.Out.Should().Contain("It is a folder. Name the file in it.");
        tooLong.Out.Should().Contain("It is longer than 4 MiB, the most that is read.");
        await File.WriteAllTextAsync(file, "{}" + new string(' ', CatalogReader.MostBytes - 2));
        (await Typed.RunAsync("check-config", file)).Out.Should().NotContain("longer", "this one is as long as it may be");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void There_are_fifty_and_more() => Files.Should().HaveCountGreaterThan(50);

    private static bool SaysWhatToDo(string message) => new[]
    {
        "Write", "Put", "Add it", "Known: ", "Set ", "Remove", "Name ", "Keep one", "Give ", "Take it out", "Mend", "Swap", "Save the file", "Save it", "Make one", "Use it", "put the value",
        "must be", "must stand", "Must be", "Must begin", "may be at most", "has small letters", "the longest that can be", "such as", "Look at",
    }.Any(word => message.Contains(word, StringComparison.Ordinal));

    private static CheckedFile Check(string name) => CheckConfigVerb.Check(name + ".json", File.ReadAllBytes(Path.Combine(Folder, name + ".json")), Context);

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
