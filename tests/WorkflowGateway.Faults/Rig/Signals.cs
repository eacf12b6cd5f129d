using System.Runtime.InteropServices;

namespace WorkflowGateway.Faults.Rig;

internal static class Signals
{
    public const int Hangup = 1, Interrupt = 2, Terminate = 15, Continue = 18, Stop = 19;

    public static void Send(int processId, int signal)
    {
        if (Kill(processId, signal) != 0) throw new InvalidOperationException($"Process {processId} cannot be signalled.");
    }

    /// <summary>Whether a process that is nobody's child here has ended. It may still stand in the table: where nobody collects orphans, for ever.</summary>
    public static bool HasEnded(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('Z');
        }
        catch (IOException)
        {
            return true;
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int processId, int signal);
}
