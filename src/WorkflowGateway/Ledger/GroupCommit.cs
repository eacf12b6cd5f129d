namespace WorkflowGateway.Ledger;

/// <summary>What became of a transaction.</summary>
internal enum Fate
{
    Committed,

    /// <summary>It was rolled back; the store goes on.</summary>
    Undone,

    /// <summary>The store is away.</summary>
    NotBegun,

    /// <summary>The connection was cut, and nothing was committed.</summary>
    Lost,

    /// <summary>The connection was cut, and the store does not say whether it was committed.</summary>
    InDoubt,
}

/// <summary>One transaction for a group: its guards in rounds, then what follows from those that held.</summary>
internal sealed class GroupCommit(Dialect dialect) : IDisposable
{
    private LedgerSession? _session = dialect.OpenSession();

    /// <returns>What was in the way; null when everything is durable. Nothing is thrown.</returns>
    public Exception? Try(List<WriteItem> group, out Fate fate)
    {
        var begun = false;
        try
        {
            _session ??= dialect.OpenSession();
            _session.Begin();
            begun = true;
            Guard(_session, group);
            Commit(_session, group);
            fate = Fate.Committed;
            return null;
        }
        catch (Exception exception)
        {
            fate = begun ? Undo(_session!, exception) : dialect.IsUnavailable(exception) ? Fate.NotBegun : Fate.Undone;
            return fate == Fate.Committed ? null : exception;
        }
    }

    public void Dispose() => _session?.Dispose();

    private static void Guard(LedgerSession session, List<WriteItem> group)
    {
        for (var round = 0; ; round++)
        {
            List<Step> steps = [];
            foreach (var item in group)
                if (item.Guard(round) is { } step) steps.Add(step);
            if (steps.Count == 0) return;
            // Keys before runs, and each in the same order everywhere: two replicas that want the same rows wait for each other, never in a circle.
            if (steps.Count > 1) steps = [.. steps.OrderBy(step => step.Statement, KeyTable.ClaimsFirst)];
            session.Execute(steps);
        }
    }

    private static void Commit(LedgerSession session, List<WriteItem> group)
    {
        List<Statement> rest = [], published = [];
        var counts = new CountDeltas();
        foreach (var item in group) item.Follow(rest, published, counts);
        published.AddRange(counts.Statements());
        session.Commit(rest, published);
    }

    private Fate Undo(LedgerSession session, Exception failure)
    {
        var committed = WasCommitted(session, failure);
        if (!session.IsBroken && TryRollBack(session)) return Fate.Undone;
        session.Dispose();
        _session = null;
        return committed switch { true => Fate.Committed, false => Fate.Lost, null => Fate.InDoubt };
    }

    // An answer that got lost is no refusal: then the store is asked what became of it.
    private static bool? WasCommitted(LedgerSession session, Exception failure)
    {
        try
        {
            return session.WasCommitted(failure);
        }
        catch (Exception)
        {
            // Whatever it is that it cannot say: nobody knows.
            return null;
        }
    }

    private bool TryRollBack(LedgerSession session)
    {
        try
        {
            session.RollBack();
            return true;
        }
        catch (Exception exception) when (dialect.IsUnavailable(exception))
        {
            // It broke on the way: the store rolls back what it did not commit.
            return false;
        }
    }
}
