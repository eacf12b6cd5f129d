using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Ledger;

public abstract partial class LedgerAcceptance
{
    [Fact]
    public async Task A_reader_that_throws_fails_alone_and_the_writer_goes_on()
    {
        var failing = S.Writer.QueryAsync<int>(new Statement("SELECT 1"), _ => throw new InvalidOperationException("mine"));
        var others = Task.WhenAll(Enumerable.Range(0, 10).Select(_ => S.InsertAsync(Sample.Run(RunStatus.Running))));

        await failing.Invoking(task => task).Should().ThrowAsync<InvalidOperationException>().WithMessage("mine");
        (await others).Should().HaveCount(10);
        (await S.Reader.CountRunsAsync(null)).Sum(row => row.Count).Should().Be(10);
    }

    [Fact]
    public async Task A_statement_that_the_store_refuses_fails_alone()
    {
        var change = new LedgerChange { Order = [], Guards = { new Statement("UPDATE nowhere SET a=1") } };
        var results = Enumerable.Range(0, 10).Select(_ => S.InsertAsync(Sample.Run(RunStatus.Running))).ToList();

        await S.Writer.Invoking(writer => writer.WriteAsync(change)).Should().ThrowAsync<System.Data.Common.DbException>();
        (await Task.WhenAll(results)).Should().HaveCount(10);
    }

    [Fact]
    public async Task Values_that_do_not_fit_a_statement_fail_alone()
    {
        var change = new LedgerChange { Order = [], Guards = { new Statement("UPDATE runs SET reason=@reason", "a", "b") } };

        await S.Writer.Invoking(writer => writer.WriteAsync(change)).Should().ThrowAsync<Exception>();
        await S.InsertAsync(Sample.Run(RunStatus.Running));
    }

    [Fact]
    public async Task Who_watches_and_throws_changes_nothing()
    {
        S.Writer.Committed += _ => throw new InvalidOperationException();

        await S.InsertAsync(Sample.Run(RunStatus.Running));
        await S.InsertAsync(Sample.Run(RunStatus.Running));

        (await S.Reader.CountRunsAsync(null)).Sum(row => row.Count).Should().Be(2);
    }

    [Fact]
    public async Task What_was_given_to_the_writer_before_its_end_is_written_and_what_comes_after_is_refused()
    {
        var writing = Enumerable.Range(0, 500).Select(_ => S.Writer.WriteAsync(Store.InsertOf(Sample.Run(RunStatus.Running)))).ToList();

        S.Writer.Dispose();

        (await Task.WhenAll(writing)).Should().AllBeEquivalentTo(WriteResult.Applied);
        (await S.Reader.CountRunsAsync(null)).Sum(row => row.Count).Should().Be(500);
        await S.Writer.Invoking(writer => writer.WriteAsync(Store.InsertOf(Sample.Run(RunStatus.Running)))).Should().ThrowAsync<StorageUnavailableException>();
    }

    [Fact]
    public async Task A_key_taken_again_does_not_keep_the_old_end()
    {
        var key = new IdempotencyKey([1], [2]);
        var run = Sample.Run(RunStatus.Starting);
        await S.InsertAsync(run, key);
        await S.Writer.WriteAsync(new LedgerChange { Order = [], Guards = { KeyTable.End(run, retryable: true, run.UpdatedAt) } });

        await S.InsertAsync(Sample.Run(RunStatus.Starting), key);

        S.Count("SELECT COUNT(*) FROM idempotency WHERE expires_at IS NULL AND retryable=0").Should().Be(1);
    }
}
