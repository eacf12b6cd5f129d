using WorkflowGateway.Faults.Configs;
using WorkflowGateway.Faults.Rig;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>Whatever becomes of the configuration file, nobody notices but who is to mend it. <c>tests/config.sh</c> runs the same with every file.</summary>
public sealed class ConfigReloadTests(ITestOutputHelper output)
{
    private static readonly int Files = Form.Count("WFG_CONFIG_FILES", 60);
    private static readonly int Seed = Form.Count("WFG_CONFIG_SEED", 1);

    [Fact]
    public async Task Whatever_is_put_into_the_file_the_last_good_one_serves_and_the_next_good_one_recovers()
    {
        await using var rig = await ConfigRig.StartAsync();
        var good = rig.GoodRevision;
        rig.Load.Start(callers: 4);

        var (thrown, harmless) = await ThrowAsync(rig, All(rig.Good));

        var recovered = ConfigRig.With(rig.Good, "11s");
        var (answers, expected) = (rig.Load.Answers, rig.RevisionOf(recovered));
        rig.Load.Revisions.Keys.Should().Equal([good], "no answer was given by anything else");
        rig.Put(recovered);
        await Until.HoldsAsync(async () => await rig.HealthAsync() == ("ready", expected), "the next good file serves");
        await Until.HoldsAsync(() => rig.Load.Answers > answers + 20, "it serves callers");
        (await rig.MetricAsync("gateway_config_reloads_total")).Should().Be(1);
        answers = await rig.Load.StopAsync();
        Say($"seed {Seed}: {thrown} files refused, {harmless} meant the same, {answers} answers, {rig.Load.Bad.Count} bad");
        rig.Load.Bad.Should().BeEmpty();
        rig.HasEnded.Should().BeFalse();
    }

    [Fact]
    public async Task A_hangup_has_the_file_looked_at_now()
    {
        await using var rig = await ConfigRig.StartAsync(interval: "1h");
        var changed = ConfigRig.With(rig.Good, "12s");
        rig.Put(changed);
        (await rig.HealthAsync()).Should().Be(("ready", rig.GoodRevision));

        rig.Hangup();

        await Until.HoldsAsync(async () => await rig.HealthAsync() == ("ready", rig.RevisionOf(changed)), "the changed file serves");
        rig.HasEnded.Should().BeFalse();
    }

    [FullTheory]
    [InlineData("config-taken-unread")]
    [InlineData("config-cleared-on-failure")]
    public async Task A_gateway_that_lets_a_bad_file_change_something_is_caught(string mutant)
    {
        await using var rig = await ConfigRig.StartAsync(mutant);
        rig.Load.Start(callers: 4);
        rig.Put(SpoiltFile.Special(rig.Good)[0]);
        await Until.HoldsAsync(() => rig.Load.Bad.Count > 0, "callers are refused");
        Say($"{mutant}: {rig.Load.Bad.Count} of {await rig.Load.StopAsync()} bad, the first: {rig.Load.Bad[0]}");
    }

    /// <summary>Puts one after the other there; each must be refused, and now and then the good one again.</summary>
    private async Task<(int Thrown, int Harmless)> ThrowAsync(ConfigRig rig, IReadOnlyList<SpoiltFile> files)
    {
        var (thrown, harmless) = (0, 0);
        foreach (var file in files)
        {
            var revision = file.Content is { } content ? rig.RevisionOf(content) : null;
            // A mutation may hit a name, or a comment: such a file is right to serve.
            if (revision is not null && revision != rig.GoodRevision) continue;
            // Not what was seen last: what lies between two files may have been refused too.
            var before = await rig.FailuresAsync();
            rig.Put(file);
            if (revision is not null)
            {
                harmless++;
                continue;
            }

            await Until.HoldsAsync(async () => await rig.FailuresAsync() > before, $"{file.Name} is refused", everyMs: 10);
            (await rig.HealthAsync()).Should().Be(("degraded", rig.GoodRevision), file.Name);
            thrown++;
            if (thrown % 50 == 0) Say($"  {thrown} refused, last: {file.Name}; {rig.Load.Answers} answers, {rig.Load.Bad.Count} bad");
            if (thrown % 10 != 0 && file.Content is not null) continue;
            rig.Put(rig.Good);
            await Until.HoldsAsync(async () => await rig.HealthAsync() == ("ready", rig.GoodRevision), $"the good file recovers after {file.Name}", everyMs: 10);
        }

        return (thrown, harmless);
    }

    // In full every length, and as many mutated and flipped ones as are asked for; else some of each.
    private static List<SpoiltFile> All(byte[] good)
    {
        var random = new Random(Seed);
        var lengths = Form.IsFull ? Enumerable.Range(1, good.Length - 1) : Enumerable.Range(0, Files / 3).Select(_ => random.Next(1, good.Length));
        return
        [
            .. SpoiltFile.Special(good),
            .. lengths.Select(length => SpoiltFile.Cut(good, length)),
            .. Enumerable.Range(0, Files / 3).Select(_ => SpoiltFile.Mutated(good, random)),
            .. Enumerable.Range(0, Files / 3).Select(_ => SpoiltFile.Flipped(good, random)),
            .. SpoiltFile.Special(good).Reverse(),
        ];
    }

    private void Say(string line) => Form.Say(output, line);
}
