using System.Reflection;
using Varve.Cli;

// The version is asked for by scripts all the time: it needs no parser.
if (args is ["--version"])
{
    Console.Out.WriteLine($"varve {typeof(ExitCode).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}");
    return ExitCode.Done;
}

return await CommandHost.RunAsync(args);
