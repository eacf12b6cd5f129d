namespace WorkflowGateway.Native;

internal static class NativeExtensions
{
    public static IServiceCollection AddNative(this IServiceCollection services) => services.AddSingleton<YarpForwarder>().AddSingleton<NativeForwarder>();
}
