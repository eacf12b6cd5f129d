namespace WorkflowGateway.Ledger;

/// <summary>Which due rows are taken first. The numbers stand in the table.</summary>
internal enum WorkLane
{
    /// <summary>Young, hinted, watched, or near a deadline: up to four fifths of what reads may use.</summary>
    Soon = 0,

    /// <summary>Every other read.</summary>
    Later = 1,

    /// <summary>Starts to send: before all reads.</summary>
    Starts = 2,

    /// <summary>Starts that nobody can still be sending. What is to be said of them needs no vendor, and waits for none.</summary>
    GivenUp = 3,
}

/// <summary>How many rows are due in each lane of a connection, up to a limit.</summary>
internal readonly record struct DueCounts(long Soon, long Later, long Starts, long GivenUp);

/// <summary>When something is to be done next about a run, and how much it matters that it is done then.</summary>
internal readonly record struct PollPlan(DateTimeOffset DueAt, WorkLane Lane);
