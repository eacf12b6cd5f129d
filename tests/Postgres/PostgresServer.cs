using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace WorkflowGateway.Testing;

/// <summary>
/// A PostgreSQL of its own in a temporary folder, on a free loopback port, as the user postgres (it refuses root). Installed by tests/run.sh
/// where it is missing. Ends with this process.
/// </summary>
internal sealed class PostgresServer : IDisposable
{
    private static readonly Lazy<PostgresServer> TheOne = new(() => new PostgresServer());
    private static int _databases;

    private readonly string _folder = Directory.CreateTempSubdirectory("wfg-postgres-").FullName;
    private readonly string _binaries = FindBinaries();
    private readonly int _port;
    private readonly Process _guard;

    public PostgresServer()
    {
        var data = Path.Combine(_folder, "data");
        if (Environment.IsPrivilegedProcess) Run("chown", "postgres", _folder);
        AsPostgres("initdb", "-D", data, "-A", "trust", "-U", "gateway", "-E", "UTF8", "--locale=C", "--no-instructions");
        _port = FreePort();
        Start();
        _guard = StartGuard();
    }

    /// <summary>One for the whole test process: a server takes two seconds to come up.</summary>
    public static PostgresServer Shared => TheOne.Value;

    /// <summary>For administration: the database that is always there.</summary>
    public string Administration => ConnectionStringOf("postgres");

    /// <summary>A new, empty database.</summary>
    /// <returns>Its connection string.</returns>
    public string CreateDatabase()
    {
        var name = $"gateway{Interlocked.Increment(ref _databases)}";
        // Not from a pool: a restart would leave dead ones in it.
        using var connection = new NpgsqlConnection(Administration + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        command.ExecuteNonQuery();
        return ConnectionStringOf(name);
    }

    /// <summary>Kills every process of the server at once and starts it again, as after a crash.</summary>
    public void RestartImmediately() => AsPostgres("pg_ctl", "-D", Path.Combine(_folder, "data"), "-m", "immediate", "-w", "-l", Path.Combine(_folder, "log"), "restart");

    /// <summary>Away until <see cref="Start"/>.</summary>
    public void StopImmediately() => AsPostgres("pg_ctl", "-D", Path.Combine(_folder, "data"), "-m", "immediate", "-w", "stop");

    public void Start() => AsPostgres(
        "pg_ctl", "-D", Path.Combine(_folder, "data"), "-l", Path.Combine(_folder, "log"), "-w",
        "-o", $"-c listen_addresses=127.0.0.1 -c port={_port} -c unix_socket_directories='' -c max_connections=300", "start");

    /// <summary>Holds every process of the server where it is, as a machine that swaps or a disk that does not answer would, until <see cref="Thaw"/>.</summary>
    public void Freeze() => Signal("STOP");

    public void Thaw() => Signal("CONT");

    public void Dispose()
    {
        _guard.StandardInput.Close();
        _guard.WaitForExit();
        _guard.Dispose();
    }

    // Outlives this process by a moment, however that ends: it reads until nobody holds the other end, and then clears up.
    private Process StartGuard()
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, UseShellExecute = false };
        var stop = string.Join(' ', Command("pg_ctl", "-D", Path.Combine(_folder, "data"), "-m", "immediate", "-w", "stop"));
        foreach (var argument in (string[])["-c", $"cat >/dev/null; {stop} >/dev/null 2>&1; rm -rf '{_folder}'"]) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    // Not pooled: a server that was stopped must not leave dead connections behind.
    private string ConnectionStringOf(string database) => $"Host=127.0.0.1;Port={_port};Username=gateway;Database={database};Pooling=false";

    // First who makes new ones.
    private void Signal(string signal)
    {
        var first = int.Parse(File.ReadLines(Path.Combine(_folder, "data", "postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture);
        Run("kill", $"-{signal}", $"{first}");
        // One whose client has gone ends as soon as it may.
        Run("/bin/sh", "-c", $"kill -{signal} {File.ReadAllText($"/proc/{first}/task/{first}/children")} || true");
    }

    private void AsPostgres(string program, params string[] arguments)
    {
        var command = Command(program, arguments);
        Run(command[0], command[1..]);
    }

    private string[] Command(string program, params string[] arguments) => Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", Path.Combine(_binaries, program), .. arguments]
        : [Path.Combine(_binaries, program), .. arguments];

    private void Run(string program, params string[] arguments)
    {
        // To a file: what pg_ctl leaves running would hold a pipe open for ever.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = _folder, UseShellExecute = false };
        foreach (var argument in (string[])["-c", "\"$0\" \"$@\" >>out 2>&1", program, .. arguments]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {File.ReadAllText(Path.Combine(_folder, "out"))}");
    }

    private static string FindBinaries() =>
        (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin")).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
        ?? throw new InvalidOperationException("PostgreSQL is not installed. tests/run.sh installs it (apt-get install postgresql).");

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
