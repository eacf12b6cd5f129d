namespace WorkflowGateway.Benchmarks.Servers;

/// <summary>Yardstick of reads: the same bytes, without knowing what they are.</summary>
internal static class BareKestrel
{
    public static Task<int> RunAsync(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var app = Role.Bare().Build();
        app.Run(async http =>
        {
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = bytes.Length;
            await http.Response.BodyWriter.WriteAsync(bytes);
        });
        return app.ServeAsync();
    }
}
