namespace WorkflowGateway.Benchmarks.Servers;

/// <summary>How a server process says where it listens, and ends: with its standard input, so that none outlives the program that started it.</summary>
internal static class Role
{
    public const string Listening = "listening ";

    public static async Task<int> ServeAsync(this WebApplication app)
    {
        await using (app)
        {
            await app.StartAsync();
            Announce(app.Urls.First());
            await Console.In.ReadToEndAsync();
            await app.StopAsync();
        }

        return 0;
    }

    public static void Announce(string url) => Console.WriteLine(Listening + url);

    /// <summary>As little as a Kestrel server can have: no logging, no routing, no middleware.</summary>
    public static WebApplicationBuilder Bare()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(options => options.AddServerHeader = false);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder;
    }
}
