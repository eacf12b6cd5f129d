using System.Diagnostics;

namespace WorkflowGateway.Faults.Rig;

/// <summary>Makes system calls of a running process fail, by strace, until disposed.</summary>
internal sealed class SyscallFault : IAsyncDisposable
{
    private readonly Process _strace;

    private SyscallFault(Process strace) => _strace = strace;

    /// <param name="processId">The process.</param>
    /// <param name="inject">Which calls, and how they fail: <c>pwrite64:error=ENOSPC</c>.</param>
    public static async Task<SyscallFault> AttachAsync(int processId, string inject)
    {
        var start = new ProcessStartInfo("strace") { RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])["-f", "-p", $"{processId}", "-o", "/dev/null", "-e", $"trace={inject.Split(':')[0]}", "-e", $"inject={inject}"]) start.ArgumentList.Add(argument);
        var strace = Process.Start(start)!;
        while (await strace.StandardError.ReadLineAsync() is { } line)
        {
            if (!line.Contains("attached", StringComparison.Ordinal)) continue;
            // What it says later must not fill the pipe.
            _ = strace.StandardError.ReadToEndAsync();
            return new SyscallFault(strace);
        }

        throw new InvalidOperationException($"strace cannot attach to {processId}: it ended with {strace.ExitCode}.");
    }

    public async ValueTask DisposeAsync()
    {
        // An end on request detaches; a kill would leave the process stopped.
        if (!_strace.HasExited) Signals.Send(_strace.Id, Signals.Interrupt);
        await _strace.WaitForExitAsync();
        _strace.Dispose();
    }
}
