using System.Globalization;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.Isolation;

/// <summary>What the gateway's process holds, looked at again and again.</summary>
internal sealed class Gauge(int processId, Store store)
{
    public double MostMegabytes { get; private set; }
    public int MostSockets { get; private set; }
    public int MostThreads { get; private set; }

    /// <summary>Sessions of the database that were idle inside a transaction, over all looks. On SQLite there are none to look at.</summary>
    public long IdleInTransaction { get; private set; }

    public void Reset() => (MostMegabytes, MostSockets, MostThreads) = (0, 0, 0);

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Look();
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Look()
    {
        var status = File.ReadAllLines($"/proc/{processId}/status");
        MostMegabytes = Math.Max(MostMegabytes, Number(status, "VmRSS:") / 1024);
        MostThreads = Math.Max(MostThreads, (int)Number(status, "Threads:"));
        MostSockets = Math.Max(MostSockets, Directory.GetFiles($"/proc/{processId}/fd").Count(IsSocket));
        if (store.Name == "postgres")
        {
            // A moment between two statements of one group is no session that sits in a transaction.
            IdleInTransaction += store.Query(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction' AND state_change < clock_timestamp() - interval '1 second'",
                row => row.GetInt64(0))[0];
        }
    }

    private static double Number(string[] status, string name) =>
        double.Parse(status.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    private static bool IsSocket(string file)
    {
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name.StartsWith("socket:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
