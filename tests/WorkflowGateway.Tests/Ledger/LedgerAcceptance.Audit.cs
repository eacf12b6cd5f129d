using Dapper;
using WorkflowGateway.Audit;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Tests.Ledger;

public abstract partial class LedgerAcceptance
{
    [Fact]
    public async Task What_is_audited_never_changes_and_goes_only_when_it_is_old()
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var days in (int[])[500, 450, 20, 0]) await AuditAsync(Entry("startRun", "run_1", now.AddDays(-days)));

        foreach (var tampered in (string[])["UPDATE audit SET actor='nobody'", "UPDATE audit SET outcome='done' WHERE seq=1", "DELETE FROM audit", "DELETE FROM audit WHERE seq=4"])
            S.Raw.Invoking(raw => raw.Execute(tampered)).Should().Throw<Exception>(tampered).WithMessage("*what is audited*");

        var drop = AuditTable.Drop(now.AddDays(-400), 10);
        (await S.Writer.WriteAsync(new LedgerChange { Order = [], Guards = { drop } })).Should().Be(WriteResult.Applied);
        (await S.Writer.WriteAsync(new LedgerChange { Order = [], Guards = { drop } })).Should().Be(WriteResult.Refused, "there is none left");
        S.Count("SELECT COUNT(*) FROM audit").Should().Be(2);
    }

    [Fact]
    public async Task The_audit_log_is_read_by_pages_and_filters_and_no_tenant_sees_anothers()
    {
        var at = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < 7; i++) await AuditAsync(Entry(i % 2 == 0 ? "startRun" : "stopRun", $"run_{i / 2}", at.AddSeconds(i)));
        await AuditAsync(Entry("startRun", "run_0", at.AddSeconds(9)) with { Tenant = "b", Actor = "other" });

        (await TargetsAsync(new AuditFilter { Tenant = "a" }, 3)).Should().Equal("run_3", "run_2", "run_2", "run_1", "run_1", "run_0", "run_0");
        (await TargetsAsync(new AuditFilter { Tenant = "a", Action = "stopRun" }, 2)).Should().Equal("run_2", "run_1", "run_0");
        (await TargetsAsync(new AuditFilter { Target = "run_0" }, 2)).Should().HaveCount(3);
        (await TargetsAsync(new AuditFilter { Target = "run_0", Tenant = "b" }, 2)).Should().HaveCount(1);
        (await TargetsAsync(new AuditFilter { Actor = "other" }, 2)).Should().HaveCount(1);
        (await TargetsAsync(new AuditFilter { After = at.AddSeconds(4), Before = at.AddSeconds(9) }, 2)).Should().Equal("run_3", "run_2");
    }

    private async Task<List<string?>> TargetsAsync(AuditFilter filter, int limit)
    {
        var (targets, next) = (new List<string?>(), (long?)null);
        do
        {
            var page = await S.Reader.ListAuditAsync(filter, next, limit);
            targets.AddRange(page.Rows.Select(row => row.Target));
            next = page.Next;
        }
        while (next is not null);
        return targets;
    }

    private async Task AuditAsync(AuditRow row) =>
        (await S.Writer.WriteAsync(new LedgerChange { Order = [], Guards = { AuditTable.Insert(row) } })).Should().Be(WriteResult.Applied);

    private static AuditRow Entry(string action, string target, DateTimeOffset at) =>
        new() { Tenant = "a", At = at.ToUnixTimeMilliseconds(), Actor = "key", Role = "caller", Action = action, Target = target, Outcome = AuditTable.Done };
}
