using System.CommandLine;

namespace WorkflowGateway.Cli;

/// <summary>Asks the running server whether it is ready, for containers that have no shell and no curl.</summary>
internal static class HealthcheckVerb
{
    private static readonly Argument<string?> Address = new("url") { Description = "The server's address. Default: where the settings say that it listens.", Arity = ArgumentArity.ZeroOrOne };

    public static Command Make() => Verb.Of(
        "healthcheck", "Asks the running server whether it is ready; ends with 0 or 1.",
        call => RunAsync(call.Parsed.GetValue(Address) ?? ListenAddress.FromHere(GatewayHost.CreateBuilder(call.Settings).Configuration), call.Terminal), Address);

    private static async Task<int> RunAsync(string address, Terminal terminal)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var server) || !(server.Scheme == Uri.UriSchemeHttp || server.Scheme == Uri.UriSchemeHttps))
        {
            await terminal.Error.WriteLineAsync($"'{address}' is no address of a server. Write it like http://localhost:8080.");
            return ExitCode.BadUsage;
        }

        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var response = await http.GetAsync(new Uri(server, "/health/ready"));
            await terminal.Out.WriteLineAsync($"{address}: {(int)response.StatusCode}");
            return response.IsSuccessStatusCode ? ExitCode.Ok : ExitCode.No;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            await terminal.Error.WriteLineAsync($"{address}: {exception.Message}");
            return ExitCode.No;
        }
    }
}
