using Microsoft.AspNetCore.Http.Features;

namespace WorkflowGateway.Sandbox;

/// <summary>Hands a request to its vendor: record, process, and only then answer, or let it go wrong.</summary>
internal sealed class VendorEndpoint(World world, FaultWriter writer)
{
    public async Task<bool> TryAnswerAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var vendor = world.Vendors.Values.FirstOrDefault(vendor => target.StartsWith($"/{vendor.Name}/", StringComparison.Ordinal));
        if (vendor is null)
        {
            if (target.StartsWith("/control/", StringComparison.Ordinal)) return false;
            world.NoteStray(await ReadAsync(context, target));
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return true;
        }

        var request = await ReadAsync(context, target[(vendor.Name.Length + 1)..]);
        var operation = vendor.OperationOf(request);
        var fault = world.Faults.Take(vendor.Name, operation);
        var before = fault?.IsBefore(world.Switches) == true;
        if (before && fault is not { Kind: "delay" })
        {
            world.Note(vendor, operation, request, fault!);
            await writer.WriteAsync(context, Instead(vendor, fault!), fault);
            return true;
        }

        // A vendor goes on with a request whose caller has gone.
        if (before) await writer.WaitAsync(fault!.Seconds ?? 0);
        var answer = world.Process(vendor, operation, request, fault);
        if (fault is { Kind: "delay" } && !before) await writer.WaitAsync(fault.Seconds ?? 0);
        if (fault is not null) answer = fault.Kind is "status" or "redirect" ? Instead(vendor, fault) : SpoiledAnswer.Of(answer, fault);
        await writer.WriteAsync(context, answer, fault);
        return true;
    }

    private static Answer Instead(IVendor vendor, Fault fault)
    {
        var answer = vendor.Error(fault.Seen(null) ?? 503, "A fault of the sandbox");
        return answer.Status is 204 or 304 ? answer with { Body = [] } : answer;
    }

    private static async Task<SandboxRequest> ReadAsync(HttpContext context, string target)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in context.Request.Headers) headers[name] = value.ToString();
        return new SandboxRequest(context.Request.Method, target, headers, body.ToArray());
    }
}
