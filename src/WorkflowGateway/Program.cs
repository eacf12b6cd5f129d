using WorkflowGateway.Cli;

return await CommandLine.RunAsync(args, Terminal.Own);
