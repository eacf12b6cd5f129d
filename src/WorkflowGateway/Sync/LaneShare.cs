namespace WorkflowGateway.Sync;

/// <summary>
/// Divides reads between the lanes: of five, four go to the first and one to the second, and what one has no use for the other gets. Reads are
/// often allowed one at a time, so the turns are counted over calls. Not safe for threads: each connection's loop has its own.
/// </summary>
internal sealed class LaneShare
{
    private const int Turns = 5;

    private int _turn;

    /// <param name="places">How many may be read now.</param>
    /// <param name="soon">How many are due in the first lane.</param>
    /// <param name="later">How many are due in the second.</param>
    /// <returns>How many to take of each.</returns>
    public (int Soon, int Later) Divide(int places, long soon, long later)
    {
        var (first, second) = (0, 0);
        while (first + second < places && first + second < soon + later)
        {
            if (second == later) first++;
            else if (first == soon) second++;
            else if (++_turn % Turns == 0) second++;
            else first++;
        }

        return (first, second);
    }
}
