using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Ledger;

/// <summary>A gateway that is started again and again over the same ledger, with other master keys.</summary>
public sealed class MasterKeyTests : IDisposable
{
    private static readonly string First = Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray()), Second = Convert.ToBase64String(Enumerable.Repeat((byte)2, 32).ToArray());

    private readonly string _folder = Directory.CreateTempSubdirectory("wfg-master-").FullName;

    [Fact]
    public async Task A_wrong_master_key_is_told_at_start_and_one_that_took_over_reads_all()
    {
        var id = await UseAsync(First, null, async app => await MakeAsync(app));

        foreach (var wrong in (string?[])[Second, null])
        {
            var start = () => UseAsync(wrong, null, _ => Task.FromResult(0));
            (await start.Should().ThrowAsync<SettingsException>()).WithMessage("*is under the master key*Security:PreviousMasterKeys*").And.Message.Should().NotContain(First).And.NotContain(Second);
        }

        (await UseAsync(Second, First, app => ReadAsync(app, id))).Should().Be("the outcome, the input, the event");
        (await UseAsync(Second, null, app => ReadAsync(app, id))).Should().Be(", , sealed", "it was asked for: the first key is gone for good");
        var back = () => UseAsync(First, null, _ => Task.FromResult(0));
        await back.Should().ThrowAsync<SettingsException>("the second sealed last");
    }

    private static async Task<RunId> MakeAsync(WebApplication app)
    {
        var run = Sample.Run(RunStatus.Succeeded) with { Detail = new RunDetail { Outcome = new RunOutcome("x", "the outcome") } };
        var ledger = app.Services.GetRequiredService<RunLedger>();
        (await ledger.InsertAsync(run, null, run.UpdatedAt, null, "the input", null)).Should().Be(WriteResult.Applied);
        return run.Id;
    }

    private static async Task<string> ReadAsync(WebApplication app, RunId id)
    {
        var reader = app.Services.GetRequiredService<LedgerReader>();
        var run = (await reader.FindRunAsync(null, id))!;
        var read = (await reader.ReadEventsAsync(null, id, 0, 10)).Rows.Single();
        var told = JsonElement.Parse(read.Data).GetProperty("run");
        return $"{run.Detail.Outcome?.Message}, {await reader.FindBodyAsync(run, BodyKind.Input)}, {(told.Text("statusReason") == "sealed" ? "sealed" : told.Object("outcome")?.Text("message") == "the outcome" ? "the event" : "?")}";
    }

    private async Task<T> UseAsync<T>(string? key, string? previous, Func<WebApplication, Task<T>> use)
    {
        var config = Path.Combine(_folder, "gateway.json");
        await File.WriteAllTextAsync(config, """{ "connections": {}, "workflows": {} }""");
        List<string> args = ["--environment", "Production", "--Access:Mode", "none", "--urls", "http://127.0.0.1:0", "--Gateway:ConfigPath", config, "--Storage:Path", Path.Combine(_folder, "gateway.db")];
        if (key is not null) args.AddRange("--Security:MasterKey", key);
        if (previous is not null) args.AddRange("--Security:PreviousMasterKeys:0", previous);
        await using var app = await GatewayHost.BuildAsync([.. args], builder => builder.Logging.ClearProviders());
        return await use(app);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
