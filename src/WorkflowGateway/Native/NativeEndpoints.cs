using System.ComponentModel;
using WorkflowGateway.Access;
using WorkflowGateway.Api;

namespace WorkflowGateway.Native;

internal static class NativeEndpoints
{
    private const string Path = "/connections/{name}/native/{**path}";

    private static readonly string[] Refusals =
    [
        "vendor-credential-missing", "not-found", "payload-too-large", "capability-unsupported", "rate-limited",
        "vendor-contract", "vendor-auth-failed", "vendor-unavailable", "vendor-unconfirmed",
    ];

    public static void MapNative(this IEndpointRouteBuilder v1)
    {
        Map(v1, HttpMethods.Get, "readNative", "Reads from the vendor's own API, with the connection's credential.");
        Map(v1, HttpMethods.Head, "headNative", "As GET, without the body.");
        Map(v1, HttpMethods.Post, "postNative", "Posts to the vendor's own API, once; not on an exclusive connection.");
        Map(v1, HttpMethods.Put, "putNative", "Puts to the vendor's own API, once; not on an exclusive connection.");
        Map(v1, HttpMethods.Patch, "patchNative", "Patches at the vendor's own API, once; not on an exclusive connection.");
        Map(v1, HttpMethods.Delete, "deleteNative", "Deletes at the vendor's own API, once; not on an exclusive connection.");
    }

    private static void Map(IEndpointRouteBuilder v1, string method, string operation, string summary) => v1
        .MapMethods(Path, [method], ForwardAsync).Called(operation, summary).RequireRole(Role.Operator, KeyOperations.Native).Headers(Parameters.VendorToken)
        .Answers(StatusCodes.Status200OK, "The vendor's answer, whatever its status: Gateway-Native: vendor marks it. Status and body are the vendor's, byte for byte.")
        .Refuses(Refusals);

    private static Task ForwardAsync(
        [Description("The name of the connection.")] string name,
        [Description("Path and query below the connection's base URL, passed on byte for byte.")] string? path,
        HttpContext http, NativeForwarder native) => native.ForwardAsync(name, http);
}
