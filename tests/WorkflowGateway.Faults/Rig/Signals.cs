using System.Runtime.InteropServices;

namespace WorkflowGateway.Faults.Rig;

internal static class Signals
{
    public const int Interrupt = 2, Terminate = 15, Continue = 18, Stop = 19;

    public static void Send(int processId, int signal)
    {
        if (Kill(processId, signal) != 0) throw new InvalidOperationException($"Process {processId} cannot be signalled.");
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int processId, int signal);
}
