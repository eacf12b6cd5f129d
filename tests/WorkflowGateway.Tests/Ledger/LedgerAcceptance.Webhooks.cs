using WorkflowGateway.Ledger;
using WorkflowGateway.Webhooks;

namespace WorkflowGateway.Tests.Ledger;

public abstract partial class LedgerAcceptance
{
    private static readonly DateTimeOffset Noon = DateTimeOffset.UnixEpoch.AddYears(56);

    [Fact]
    public async Task A_webhook_begins_at_the_newest_event_or_after_the_cursor_given()
    {
        for (var i = 0; i < 3; i++) await S.InsertAsync(Sample.Run(RunStatus.Running));
        var (now, given) = (await InsertWebhookAsync(), await InsertWebhookAsync(after: 1));

        (await S.Reader.FindWebhookAsync(null, now.WebhookId))!.Cursor.Should().Be(await S.Reader.FindLastEventAsync());
        (await S.Reader.FindWebhookAsync("t1", given.WebhookId))!.Cursor.Should().Be(1);
        (await S.Reader.FindWebhookAsync("t2", given.WebhookId)).Should().BeNull();
        // Chance puts ids of one millisecond in order.
        var (older, newer) = string.CompareOrdinal(now.WebhookId.ToString(), given.WebhookId.ToString()) < 0 ? (now.WebhookId, given.WebhookId) : (given.WebhookId, now.WebhookId);
        (await S.Reader.ListWebhooksAsync("t1", null, 10)).Select(row => row.WebhookId).Should().Equal(newer, older);
        (await S.Reader.ListWebhooksAsync(null, newer, 10)).Select(row => row.WebhookId).Should().Equal(older);
        (await S.Reader.FindWebhookProgressAsync(given)).Newest.Should().Be(0, "the other tenant's events are nothing to it");
    }

    [Fact]
    public async Task A_webhook_is_held_by_one_replica_until_its_lease_ends_and_who_lost_it_writes_nothing()
    {
        var row = await InsertWebhookAsync();
        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => ClaimAsync(row, $"replica-{i}", Noon)));
        var first = claims.Should().ContainSingle(claim => claim != null).Subject!;
        (await ClaimAsync(row, "late", Noon.AddSeconds(11))).Should().BeNull();
        var second = (await ClaimAsync(row, "late", Noon.AddSeconds(12)))!;

        second.Fence.Should().BeGreaterThan(first.Fence);
        var state = new WebhookState(7, 1, Noon, Noon, null, null);
        (await WriteAsync(row, WebhookTable.Advance(row.Id, first.Fence, state))).Should().Be(WriteResult.Refused);
        (await WriteAsync(row, WebhookTable.Renew(row.Id, first.Fence, Noon.AddHours(1)))).Should().Be(WriteResult.Refused);
        (await WriteAsync(row, WebhookTable.Release(row.Id, first.Fence))).Should().Be(WriteResult.Refused);
        (await S.Reader.FindWebhookAsync(null, row.WebhookId))!.Cursor.Should().Be(0);
        (await WriteAsync(row, WebhookTable.Advance(row.Id, second.Fence, state))).Should().Be(WriteResult.Applied);
        (await S.Reader.FindWebhookAsync(null, row.WebhookId)).Should().BeEquivalentTo(new { Cursor = 7L, Failures = 1L, LastFailure = (string?)null, Owner = "late" });
        (await WriteAsync(row, WebhookTable.Release(row.Id, second.Fence))).Should().Be(WriteResult.Applied);
        (await ClaimAsync(row, "next", Noon)).Should().NotBeNull();
    }

    [Fact]
    public async Task Outcomes_are_written_with_the_cursor_or_not_at_all_and_twice_is_once()
    {
        var row = await InsertWebhookAsync();
        var claim = (await ClaimAsync(row, "mine", Noon))!;
        var lane = new LaneRow(Sample.Id(), 5, 1, Noon.AddSeconds(5));
        var attempt = new AttemptRow(Sample.Id().ToBytes(), 5, lane.Run.ToBytes(), 1, RunColumns.Time(Noon), 500, "refused", 12, DeliveryState.Failing, RunColumns.Time(Noon));

        (await S.Writer.WriteAsync(Change(claim.Fence - 1))).Should().Be(WriteResult.Refused);
        (await S.Reader.ListLanesAsync(row.WebhookId)).Should().BeEmpty();
        for (var i = 0; i < 2; i++) (await S.Writer.WriteAsync(Change(claim.Fence))).Should().Be(WriteResult.Applied);

        (await S.Reader.ListLanesAsync(row.WebhookId)).Should().Equal(lane);
        (await S.Reader.ListAttemptsAsync(row.WebhookId, null, null, 10)).Should().ContainSingle().Which.Should().BeEquivalentTo(attempt);
        (await S.Reader.ListAttemptsAsync(row.WebhookId, DeliveryState.Failing, null, 10)).Should().HaveCount(1);
        (await S.Reader.ListAttemptsAsync(row.WebhookId, DeliveryState.Delivered, null, 10)).Should().BeEmpty();
        (await S.Reader.ListAttemptsAsync(row.WebhookId, null, attempt.Id, 10)).Should().BeEmpty();
        (await S.Reader.FindWebhookProgressAsync(row)).Should().Be(new WebhookProgress(0, 1, 0));

        LedgerChange Change(long fence)
        {
            var change = new LedgerChange { Order = row.Id };
            change.Guards.Add(WebhookTable.Advance(row.Id, fence, new WebhookState(5, 1, Noon, null, Noon, "refused 500")));
            change.Consequences.Add(WebhookTable.PutLane(row.Id, lane));
            change.Consequences.Add(WebhookTable.InsertAttempt(row.Id, attempt));
            return change;
        }
    }

    [Fact]
    public async Task Old_attempts_go_and_dead_ones_stay_as_long_as_runs()
    {
        var row = await InsertWebhookAsync();
        foreach (var (days, state) in new[] { (1, "delivered"), (8, "delivered"), (8, "dead"), (40, "dead") })
        {
            var attempt = new AttemptRow(Sample.Id().ToBytes(), 5, Sample.Id().ToBytes(), 1, RunColumns.Time(Noon.AddDays(-days)), 200, null, 12, state, null);
            await WriteAsync(row, WebhookTable.InsertAttempt(row.Id, attempt));
        }

        while (await WriteAsync(row, WebhookTable.DropAttempts(Noon.AddDays(-7), Noon.AddDays(-30), 1)) == WriteResult.Applied)
        {
            // One at a time.
        }

        (await S.Reader.ListAttemptsAsync(row.WebhookId, null, null, 10)).Select(one => (one.State, (Noon - DateTimeOffset.FromUnixTimeMilliseconds(one.At)).Days))
            .Should().BeEquivalentTo([("delivered", 1), ("dead", 8)]);
    }

    private async Task<WebhookRow> InsertWebhookAsync(long? after = null)
    {
        var row = new WebhookRow { Id = Sample.Id().ToBytes(), Tenant = "t1", Url = "https://a.example/", Secret = [1], SecretId = [2], CreatedAt = RunColumns.Time(Noon) };
        (await WriteAsync(row, WebhookTable.Insert(row, after))).Should().Be(WriteResult.Applied);
        return row;
    }

    private Task<WebhookClaim?> ClaimAsync(WebhookRow row, string owner, DateTimeOffset now) =>
        S.Writer.QueryAsync(WebhookTable.Claim(row, owner, now, now.AddSeconds(12)), WebhookTable.ReadClaim);

    private Task<WriteResult> WriteAsync(WebhookRow row, Statement statement) => S.Writer.WriteAsync(new LedgerChange { Order = row.Id, Guards = { statement } });
}
