using System.Globalization;
using WorkflowGateway.Adapters.Tests.Conformance;
using WorkflowGateway.Adapters.Tests.Fortanix;
using WorkflowGateway.Adapters.Tests.Interactly;
using WorkflowGateway.Adapters.Tests.Juo;
using Xunit.Abstractions;

namespace WorkflowGateway.Adapters.Tests.Hostile;

/// <summary>
/// Mutated recordings over real HTTP: whatever bytes come from a vendor, nothing is thrown but what is promised, nothing hangs, nothing grows, and no
/// run ends of which the answer does not say so. <c>tests/hostile.sh</c> does a million for each adapter. Every field by itself: the drift tests.
/// </summary>
public sealed class HostileBodyTests(ITestOutputHelper output)
{
    private static readonly int Bodies = Setting("WFG_HOSTILE_BODIES", 20_000);
    private static readonly int Seed = Setting("WFG_HOSTILE_SEED", 1);
    private static readonly Dictionary<string, VendorUnderTest> Vendors =
        new VendorUnderTest[] { new JuoRunnerTests().Vendor, new InteractlyRunnerTests().Vendor, new FortanixRunnerTests().Vendor }.ToDictionary(vendor => vendor.Adapter.Info.Vendor);

    public static TheoryData<string> Names { get; } = [.. Vendors.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task Whatever_a_vendor_answers_no_run_ends_by_mistake(string name)
    {
        var recordings = await Recording.TakeAsync(Vendors[name]);
        recordings.Should().HaveCountGreaterThan(5);
        var verdict = await new HostileRig(Vendors[name], recordings, Seed).RunAsync(Bodies);
        Say($"{name}: {verdict.Bodies} bodies of {recordings.Count} recordings, seed {Seed}: {verdict.Understood} understood, {verdict.Final} of them final, {verdict.Wrong.Count} wrong, {verdict.Growth / 1024} KiB more in use");
        verdict.Wrong.Should().BeEmpty();
        (verdict.Understood > Bodies / 10 && verdict.Final > Bodies / 100).Should().BeTrue("mutations that nobody can read prove nothing");
        verdict.Growth.Should().BeLessThan(32 * 1024 * 1024);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Adapters_that_guess_or_throw_are_caught(string name)
    {
        var recordings = await Recording.TakeAsync(Vendors[name]);
        foreach (var (what, wrap) in new (string, Func<IWorkflowRunner, IWorkflowRunner>)[] { ("guesses", runner => new GuessingRunner(runner)), ("throws", runner => new ThrowingRunner(runner)) })
        {
            var verdict = await new HostileRig(Vendors[name], recordings, Seed).RunAsync(2_000, wrap);
            Say($"{name}, an adapter that {what}: {verdict.Wrong.Count} wrong");
            verdict.Wrong.Should().NotBeEmpty();
        }
    }

    private static int Setting(string name, int otherwise) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private void Say(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("WFG_LOG") is { } log) File.AppendAllText(log, line + Environment.NewLine);
    }
}
