using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WorkflowGateway.Access;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Ledger;

public abstract partial class LedgerAcceptance
{
    // The store answers no more right after the commit: who asked for the key is the only one to whom it can ever be shown.
    [Fact]
    public async Task A_key_that_was_made_is_given_and_one_that_was_revoked_is_so_also_where_nothing_can_be_read_afterwards()
    {
        using var nothing = SqliteDialect.ToRead(Path.Combine(Path.GetTempPath(), "wfg-no-such-folder", "gateway.db"));
        using var broken = new ReaderPool(nothing);
        var (ids, ring) = (new Ids(TimeProvider.System), new KeyRing(Options.Create(new AccessOptions()), TimeProvider.System, ledger: true));
        using var refresh = new KeyRefresh(ring, new LedgerReader(broken, nothing, new Sealer(null), null), TimeProvider.System, NullLogger<KeyRefresh>.Instance);
        var editor = new KeyEditor(S.Writer, S.Reader, ring, refresh, ids, TimeProvider.System);
        var caller = new Caller(null, Role.Operator, "test");
        await refresh.Invoking(one => one.RefreshAsync()).Should().ThrowAsync<Exception>("else nothing is shown");

        var made = await editor.CreateAsync(caller, new NewKey("viewer", "a", null));
        made.Text.Should().StartWith("wfg_" + made.Row.Id);
        (await S.Reader.FindApiKeyAsync(null, made.Row.Id))!.RevokedAt.Should().BeNull();

        await editor.RevokeAsync(caller, made.Row.Id);
        (await S.Reader.FindApiKeyAsync(null, made.Row.Id))!.RevokedAt.Should().NotBeNull();
    }
}
