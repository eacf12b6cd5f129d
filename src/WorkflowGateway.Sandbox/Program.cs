using System.Runtime.InteropServices;
using WorkflowGateway.Sandbox;

var arguments = SandboxArguments.Parse(args);
if (arguments is null)
{
    Console.Error.WriteLine("Usage: WorkflowGateway.Sandbox [--urls http://127.0.0.1:9090] [--ledger data/sandbox.jsonl]");
    return 64;
}

using var loggers = LoggerFactory.Create(logging => logging.AddConsole().SetMinimumLevel(LogLevel.Warning)
    // Faults on purpose look like errors to the server.
    .AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.None));
var stopped = new TaskCompletionSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

await using var server = await SandboxServer.StartAsync(
    new SandboxOptions { Urls = arguments.Urls, LedgerPath = arguments.LedgerPath, Loggers = loggers }, CancellationToken.None);
Console.WriteLine(Welcome.Text(server, arguments.LedgerPath));
await stopped.Task;
return 0;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopped.TrySetResult();
}
