using Varve.Cli;

return await CommandHost.RunAsync(args);
