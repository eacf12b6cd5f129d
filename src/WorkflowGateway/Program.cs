using WorkflowGateway;

return args switch
{
    ["healthcheck", .. var rest] => await Healthcheck.RunAsync(rest),
    ["copy-store", .. var rest] => CopyStore.Run(rest),
    ["schema"] => GatewayHost.PrintSchema(),
    [var verb, ..] when !verb.StartsWith('-') => GatewayHost.RefuseVerb(verb),
    _ => await GatewayHost.RunAsync(args),
};
