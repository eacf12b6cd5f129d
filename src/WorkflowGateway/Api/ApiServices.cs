using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

internal static class ApiServices
{
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.AddSingleton<RunViews>();
        services.AddSingleton<DescriptionEndpoint>();
        services.AddExceptionHandler<ExceptionAnswers>();
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
        });
        // A watcher that does not read costs as much as this.
        services.Configure<SocketTransportOptions>(options => options.MaxWriteBufferSize = 8 * 1024);
        return services.AddApiDescription();
    }

    /// <summary>Gives everything below it problems for answers: what was thrown, and statuses without a body.</summary>
    public static IApplicationBuilder UseApi(this IApplicationBuilder app)
    {
        app.UseRevisionHeader();
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = _ => Task.CompletedTask });
        return app.UseStatusCodePages(OnBareStatusAsync);
    }

    private static Task OnBareStatusAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        var kind = Problems.OfStatus(http.Response.StatusCode);
        var detail = kind.Status switch
        {
            StatusCodes.Status404NotFound => $"There is nothing at {http.Request.Path}.",
            StatusCodes.Status405MethodNotAllowed => $"{http.Request.Method} is not for {http.Request.Path}; it has {http.Response.Headers.Allow}.",
            _ => kind.Meaning,
        };
        return ProblemWriter.WriteAsync(http, new RefusedException(kind.Code, detail));
    }
}
