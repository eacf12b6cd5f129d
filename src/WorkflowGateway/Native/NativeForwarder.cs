using System.Net;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http.Features;
using WorkflowGateway.Access;
using WorkflowGateway.Api;
using WorkflowGateway.Audit;
using WorkflowGateway.Edge;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;
using Yarp.ReverseProxy.Forwarder;

namespace WorkflowGateway.Native;

/// <summary>Passes a call on to a vendor, within the limits of its connection, once.</summary>
internal sealed class NativeForwarder(RunnerRegistry runners, YarpForwarder yarp, AuditLog audit, DetachedWork work)
{
    // For the forwarder's statistics only: where it goes is the call's.
    private const string Anywhere = "http://vendor.invalid";


    // The deadline is the call's own.
    private static readonly ForwarderRequestConfig Once = new() { Version = HttpVersion.Version11, ActivityTimeout = Timeout.InfiniteTimeSpan };

    public async Task ForwardAsync(string name, HttpContext http)
    {
        var read = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        var caller = http.Caller();
        var connection = NativeAccess.Check(runners, name, caller, read);
        // Whose account it is, whoever calls.
        if (caller.Audit is { } entry) entry.Tenant = connection.Config.Tenants is { Count: 1 } only ? only.Single() : AuditRow.AllTenants;
        var target = NativeTarget.Of(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, name);
        if (http.Request.Headers.Upgrade.Count > 0) throw Fields.Refusal("Upgrade", "Protocols are not switched here.");
        var headers = NativeHeaders.Of(http.Request);
        var body = http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } ? [] : await RequestBody.ReadAsync(http, RequestBody.Longest);
        if (read && body.Length > 0) throw Fields.Refusal("", "GET and HEAD have no body.");
        var request = new NativeRequest(target, headers, read ? null : body);
        var subject = SubjectOf(connection, http.Request);
        using var permit = await connection.EnterAsync(http.RequestAborted);
        if (read)
        {
            await CallAsync(connection, request, subject, http);
            return;
        }

        // What may have begun at the vendor is seen through, whether or not its caller waits.
        http.RequestAborted = work.CutOff;
        await audit.SendingAsync(caller);
        ExceptionDispatchInfo? failure = null;
        await work.Run(async () =>
        {
            try
            {
                await CallAsync(connection, request, subject, http);
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        failure?.Throw();
    }

    private async Task CallAsync(ConnectionRunner connection, NativeRequest request, Subject? subject, HttpContext http)
    {
        var passed = false;
        try
        {
            await connection.CallAsync((_, cancelled) => connection.Observed.ObserveAsync("native", async () =>
            {
                using var call = ((INativeCalls)connection.Runner).MakeNativeCall(request, subject);
                var error = await yarp.SendAsync(http, Anywhere, call, Once, NativeAnswer.Instance, call.Deadline);
                passed = error == ForwarderError.None || http.Response.HasStarted;
                if (request.Body is null) cancelled.ThrowIfCancellationRequested();
                return call.Outcome(http.Features.Get<IForwarderErrorFeature>()?.Exception, error == ForwarderError.ResponseBodyClient) is { } wrong ? throw wrong : true;
            }), http.RequestAborted);
        }
        catch (RunnerException) when (passed)
        {
            // It has been counted; the caller has the vendor's own answer.
        }
        catch (RunnerException wrong) when (wrong.Error.Kind == RunnerErrorKind.Unconfirmed)
        {
            throw new RefusedException("vendor-unconfirmed", wrong.Message) { Vendor = connection.Info.Vendor, VendorStatus = wrong.Error.VendorStatus };
        }
    }

    private static Subject? SubjectOf(ConnectionRunner connection, HttpRequest request)
    {
        // Sent along to a connection with a credential of its own it is dropped, as with starts.
        if (!connection.Config.CallerCredential) return null;
        return request.VendorToken() is { } token
            ? new Subject(null, token)
            : throw new RefusedException("vendor-credential-missing", $"The connection {connection.Config.Name} acts with the end user's own token. Send it in {RequestHeaders.VendorAuthorization}.");
    }
}
