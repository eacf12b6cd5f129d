using System.Globalization;
using System.Net;
using WorkflowGateway.Access;
using WorkflowGateway.Tests.Events;
using Xunit.Abstractions;

namespace WorkflowGateway.Tests.Access;

/// <summary>How long a revoked key still opens anything: three replicas on one PostgreSQL, by their own clocks. tests/access.sh asks 50 times.</summary>
public sealed class RevocationTests(ITestOutputHelper output)
{
    private static readonly int? Trials = int.TryParse(Environment.GetEnvironmentVariable("WFG_REVOCATIONS"), CultureInfo.InvariantCulture, out var trials) ? trials : null;

    [Fact]
    public async Task A_revoked_key_opens_nothing_at_any_replica_after_five_seconds()
    {
        await using var rig = await EventRig.StartAsync("postgres");
        await rig.AddAsync();
        await rig.AddAsync();
        var longest = TimeSpan.Zero;
        for (var trial = 0; trial < (Trials ?? 1); trial++)
        {
            var editor = rig.Get<KeyEditor>(trial % 3);
            var caller = new Caller(null, Role.Operator, "test");
            var made = await editor.CreateAsync(caller, new NewKey("viewer", "*", null));
            for (var i = 0; i < 3; i++) await UntilAsync(rig, made.Text!, i, HttpStatusCode.OK);
            using var stream = await rig.OpenAsync(key: made.Text!, gateway: (trial + 1) % 3);

            var began = TimeProvider.System.GetTimestamp();
            await editor.RevokeAsync(caller, made.Row.Id);
            await Task.WhenAll(Enumerable.Range(0, 3).Select(i => UntilAsync(rig, made.Text!, i, HttpStatusCode.Unauthorized)).Append(stream.ToEndAsync()));
            var took = TimeProvider.System.GetElapsedTime(began);
            longest = took > longest ? took : longest;
            for (var i = 0; i < 3; i++) (await rig.SendAsync("/v1/counts", made.Text!, i)).StatusCode.Should().Be(HttpStatusCode.Unauthorized, "it stays so");
        }

        var figures = $"{Trials ?? 1} keys revoked, 3 replicas: none opened anything, and no stream went on, after {longest.TotalSeconds:0.00} s";
        output.WriteLine(figures);
        if (Environment.GetEnvironmentVariable("WFG_LOG") is { } log) await File.AppendAllTextAsync(log, figures + "\n");
        if (Trials is not null) longest.Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    private static async Task UntilAsync(EventRig rig, string key, int replica, HttpStatusCode expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            using var answer = await rig.SendAsync("/v1/counts", key, replica);
            if (answer.StatusCode == expected) return;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }
}
