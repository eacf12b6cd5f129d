namespace WorkflowGateway.Faults.Rig;

internal static class Until
{
    /// <summary>Waits until something holds. The limit is only there so that a broken gateway fails its test and does not hang it.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, string what, int seconds = 60, int everyMs = 50)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromSeconds(seconds)) throw new TimeoutException($"Not within {seconds} s: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(everyMs), TimeProvider.System);
        }
    }

    public static Task HoldsAsync(Func<bool> condition, string what, int seconds = 60) => HoldsAsync(() => Task.FromResult(condition()), what, seconds);
}
