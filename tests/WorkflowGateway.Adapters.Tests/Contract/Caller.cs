using System.Collections.Frozen;
using System.Text.Json;

namespace WorkflowGateway.Adapters.Tests.Contract;

/// <summary>A <see cref="VendorHttp"/> of a vendor that does not matter.</summary>
internal static class Caller
{
    public const string Token = "s3cret-token";

    public static RunnerInfo Info { get; } = new()
    {
        Vendor = "any",
        DisplayName = "Any",
        Operations = FrozenSet<RunOperation>.Empty,
        ThrottleIsBeforeWork = true,
        RunIdPattern = "[a-z]+",
    };

    public static VendorRequest Get { get; } = new(HttpMethod.Get, "runs/a");

    public static VendorRequest Post { get; } = new(HttpMethod.Post, "runs", JsonDocument.Parse("""{"a":1}""").RootElement);

    public static VendorRequest BodylessPost { get; } = new(HttpMethod.Post, "runs/a/stop");

    public static VendorHttp Of(RawServer server, TimeSpan? timeout = null, TimeProvider? time = null, RunnerInfo? info = null) =>
        Of(server.Url, timeout, time, info: info);

    public static VendorHttp Of(
        Uri url, TimeSpan? timeout = null, TimeProvider? time = null, TokenSource? token = null, RunnerInfo? info = null) =>
        new(new VendorConnection
        {
            Name = "any",
            BaseUrl = url,
            Token = token ?? (_ => ValueTask.FromResult(new Secret(Token))),
            Timeout = timeout ?? TimeSpan.FromSeconds(20),
        }, info ?? Info, "X-Token", "", new Dictionary<string, string> { ["X-Fixed"] = "fixed" }, time ?? TimeProvider.System);

    public static async Task<RunnerError> Fails(Func<Task> call) => (await call.Should().ThrowExactlyAsync<RunnerException>()).Which.Error;

    public static Task<RunnerError> MutationFails(this VendorHttp http, VendorRequest? request = null, CancellationToken cancellationToken = default) =>
        Fails(() => http.MutateAsync(request ?? Post, null, cancellationToken));

    public static Task<RunnerError> ReadFails(this VendorHttp http) => Fails(() => http.ReadAsync(Get, null, CancellationToken.None));
}
