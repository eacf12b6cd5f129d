namespace WorkflowGateway.Adapters.Tests.Contract;

public sealed class OutcomeTableTests
{
    [Theory]
    [InlineData(400), InlineData(405), InlineData(410), InlineData(413), InlineData(415), InlineData(422), InlineData(402), InlineData(499)]
    [InlineData(300), InlineData(301), InlineData(302), InlineData(303), InlineData(304), InlineData(307), InlineData(308)]
    public void A_refused_mutation_did_nothing(int status) =>
        OutcomeTable.OfMutation(started: true, status, throttleIsBeforeWork: true).Should().Be(RunnerErrorKind.Invalid);

    [Theory]
    [InlineData(401, RunnerErrorKind.Unauthorized)]
    [InlineData(403, RunnerErrorKind.Unauthorized)]
    [InlineData(404, RunnerErrorKind.NotFound)]
    [InlineData(409, RunnerErrorKind.Conflict)]
    public void A_refusal_with_a_name_of_its_own_keeps_it(int status, RunnerErrorKind kind)
    {
        OutcomeTable.OfMutation(started: true, status, throttleIsBeforeWork: false).Should().Be(kind);
        OutcomeTable.OfRead(status).Should().Be(kind);
    }

    [Theory]
    [InlineData(429), InlineData(425)]
    public void A_throttled_mutation_did_nothing_only_where_the_vendor_throttles_before_work(int status)
    {
        OutcomeTable.OfMutation(started: true, status, throttleIsBeforeWork: true).Should().Be(RunnerErrorKind.RateLimited);
        OutcomeTable.OfMutation(started: true, status, throttleIsBeforeWork: false).Should().Be(RunnerErrorKind.Unconfirmed);
        OutcomeTable.OfRead(status).Should().Be(RunnerErrorKind.RateLimited);
    }

    [Theory]
    [InlineData(408), InlineData(500), InlineData(501), InlineData(502), InlineData(503), InlineData(504), InlineData(507), InlineData(599), InlineData(600), InlineData(999)]
    public void An_answer_that_does_not_say_leaves_a_mutation_unconfirmed_and_a_read_unavailable(int status)
    {
        OutcomeTable.OfMutation(started: true, status, throttleIsBeforeWork: true).Should().Be(RunnerErrorKind.Unconfirmed);
        OutcomeTable.OfRead(status).Should().Be(RunnerErrorKind.Unavailable);
    }

    [Theory]
    [InlineData(200), InlineData(201), InlineData(202), InlineData(204), InlineData(100), InlineData(0), InlineData(-1)]
    public void A_useless_success_leaves_a_mutation_unconfirmed_and_breaks_the_contract_of_a_read(int status)
    {
        OutcomeTable.OfMutation(started: true, status, throttleIsBeforeWork: true).Should().Be(RunnerErrorKind.Unconfirmed);
        OutcomeTable.OfRead(status).Should().Be(RunnerErrorKind.Contract);
    }

    [Fact]
    public void Nothing_sent_is_nothing_done() =>
        OutcomeTable.OfMutation(started: false, null, throttleIsBeforeWork: false).Should().Be(RunnerErrorKind.Unavailable);

    [Fact]
    public void Sent_and_not_answered_is_unconfirmed() =>
        OutcomeTable.OfMutation(started: true, null, throttleIsBeforeWork: true).Should().Be(RunnerErrorKind.Unconfirmed);

    [Fact]
    public void A_read_without_an_answer_is_unavailable() => OutcomeTable.OfRead(null).Should().Be(RunnerErrorKind.Unavailable);

    [Fact]
    public void Neither_side_ever_calls_a_read_unconfirmed_or_a_mutation_a_broken_contract()
    {
        for (var status = 0; status < 1000; status++)
        {
            OutcomeTable.OfRead(status).Should().NotBe(RunnerErrorKind.Unconfirmed);
            OutcomeTable.OfMutation(true, status, true).Should().NotBe(RunnerErrorKind.Contract).And.NotBe(RunnerErrorKind.Unavailable);
        }
    }
}
