namespace WorkflowGateway;

/// <summary>The verb <c>healthcheck</c>: asks the running server whether it is ready, for containers that have no shell and no curl.</summary>
internal static class Healthcheck
{
    /// <param name="args">The server's address; by default where the settings say that it listens.</param>
    /// <returns>0 when it is ready, else 1.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var settings = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }).Configuration;
        var address = args.FirstOrDefault() ?? ListenAddress.FromHere(settings);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var response = await http.GetAsync(new Uri(new Uri(address), "/health/ready"));
            Console.WriteLine($"{address}: {(int)response.StatusCode}");
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or UriFormatException)
        {
            Console.Error.WriteLine($"{address}: {exception.Message}");
            return 1;
        }
    }
}
