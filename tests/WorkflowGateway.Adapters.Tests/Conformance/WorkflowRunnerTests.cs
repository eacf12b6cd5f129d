namespace WorkflowGateway.Adapters.Tests.Conformance;

/// <summary>The suite that every adapter passes: derive from it, say what the vendor under test is like, add nothing.</summary>
public abstract class WorkflowRunnerTests
{
    public abstract VendorUnderTest Vendor { get; }

    [Fact]
    public Task The_adapter_describes_itself() => Check(checks => checks.The_adapter_describes_itself());

    [Fact]
    public Task Every_declared_operation_works() => Check(checks => checks.Every_declared_operation_works());

    [Fact]
    public Task Every_undeclared_operation_is_refused_before_any_call() => Check(checks => checks.Every_undeclared_operation_is_refused_before_any_call());

    [Fact]
    public Task Runs_end_as_the_vendor_says() => Check(checks => checks.Runs_end_as_the_vendor_says());

    [Fact]
    public Task Ids_of_another_form_are_refused_before_any_call() => Check(checks => checks.Ids_of_another_form_are_refused_before_any_call());

    [Fact]
    public Task The_preview_is_what_is_sent() => Check(checks => checks.The_preview_is_what_is_sent());

    [Fact]
    public Task The_preview_of_a_command_is_what_is_sent() => Check(checks => checks.The_preview_of_a_command_is_what_is_sent());

    [Fact]
    public Task The_end_users_token_goes_in_place_of_the_connections() => Check(checks => checks.The_end_users_token_goes_in_place_of_the_connections());

    [Fact]
    public Task A_marker_is_echoed_where_starts_are_found_by_it() => Check(checks => checks.A_marker_is_echoed_where_starts_are_found_by_it());

    [Fact]
    public Task An_unknown_word_is_unknown_and_kept() => Check(checks => checks.An_unknown_word_is_unknown_and_kept());

    [Fact]
    public Task A_missing_or_retyped_status_is_unknown() => Check(checks => checks.A_missing_or_retyped_status_is_unknown());

    [Fact]
    public Task No_odd_field_costs_more_than_itself() => Check(checks => checks.No_odd_field_costs_more_than_itself());

    [Fact]
    public Task Every_refusal_has_its_kind_and_is_sent_once() => Check(checks => checks.Every_refusal_has_its_kind_and_is_sent_once());

    [Fact]
    public Task A_throttle_says_when_to_come_back() => Check(checks => checks.A_throttle_says_when_to_come_back());

    [Fact]
    public Task A_refused_token_is_unauthorized_and_did_nothing() => Check(checks => checks.A_refused_token_is_unauthorized_and_did_nothing());

    [Fact]
    public Task A_run_that_nobody_knows_is_not_found() => Check(checks => checks.A_run_that_nobody_knows_is_not_found());

    [Fact]
    public Task An_answer_to_something_old_is_a_refusal() => Check(checks => checks.An_answer_to_something_old_is_a_refusal());

    [Fact]
    public Task A_vendor_that_hangs_is_left_at_the_deadline() => Check(checks => checks.A_vendor_that_hangs_is_left_at_the_deadline());

    [Fact]
    public Task A_caller_who_leaves_cancels_a_read_and_leaves_a_start_unconfirmed() => Check(checks => checks.A_caller_who_leaves_cancels_a_read_and_leaves_a_start_unconfirmed());

    [Fact]
    public Task A_start_that_was_taken_but_not_answered_is_unconfirmed_and_sent_once() => Check(checks => checks.A_start_that_was_taken_but_not_answered_is_unconfirmed_and_sent_once());

    [Fact]
    public Task A_command_that_was_taken_but_not_answered_is_unconfirmed_and_sent_once() => Check(checks => checks.A_command_that_was_taken_but_not_answered_is_unconfirmed_and_sent_once());

    [Fact]
    public Task A_start_whose_run_id_cannot_be_read_keeps_what_was_answered() => Check(checks => checks.A_start_whose_run_id_cannot_be_read_keeps_what_was_answered());

    [Fact]
    public async Task It_works_whichever_way_the_guesses_turn_out()
    {
        foreach (var guess in Vendor.Guesses)
        {
            await using var bench = await Bench.StartAsync(Vendor, guess: guess);
            var checks = new ConformanceChecks(bench);
            await checks.Every_declared_operation_works();
            await checks.Runs_end_as_the_vendor_says();
            await checks.An_unknown_word_is_unknown_and_kept();
        }
    }

    private async Task Check(Func<ConformanceChecks, Task> check)
    {
        await using var bench = await Bench.StartAsync(Vendor);
        await check(new ConformanceChecks(bench));
    }
}
