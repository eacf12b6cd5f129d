using WorkflowGateway.Benchmarks;
using WorkflowGateway.Benchmarks.Servers;

// One program in several roles: without one it drives the others, each in a process of its own.
return args switch
{
    ["kestrel", var file] => await BareKestrel.RunAsync(file),
    ["yarp", var vendor] => await BareYarp.RunAsync(vendor),
    ["floor", var vendor, var path] => await DurableFloor.RunAsync(vendor, path),
    ["gateway", .. var rest] => await GatewayServer.RunAsync(rest),
    ["vendor"] => await TrivialVendor.RunAsync(),
    ["vendor", var length] => await TrivialVendor.RunAsync(int.Parse(length)),
    ["watchers", var watchers, var rounds] => await WatchSuite.RunAsync(int.Parse(watchers), int.Parse(rounds)),
    _ => await Suite.RunAsync(Settings.Of(args)),
};
