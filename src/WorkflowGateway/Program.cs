using WorkflowGateway;

return args switch
{
    ["healthcheck", .. var rest] => await Healthcheck.RunAsync(rest),
    ["schema"] => GatewayHost.PrintSchema(),
    _ => await GatewayHost.RunAsync(args),
};
