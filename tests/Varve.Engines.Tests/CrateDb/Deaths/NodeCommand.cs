using System.Diagnostics;

namespace Varve.Engines.Tests.CrateDb.Deaths;

/// <summary>What kills a node of a cluster and starts it again.</summary>
/// <param name="Name">As sys.nodes has it.</param>
/// <param name="Text">For sh; <c>{}</c> stands for kill and for start, which come last where it does not stand in it.</param>
internal sealed record NodeCommand(string Name, string Text)
{
    /// <summary>The variable that says them.</summary>
    internal const string Variable = "VARVE_TEST_CRATEDB_NODES";

    private const string Form = $"Write {Variable}='n1=docker {{}} crate-n1; n2=docker {{}} crate-n2; n3=docker {{}} crate-n3'.";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    /// <summary>Reads NAME=COMMAND, one after the other, with ; between them.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    internal static IReadOnlyList<NodeCommand> Read(string text)
    {
        List<NodeCommand> nodes = [];
        foreach (var entry in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = entry.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts is not [{ Length: > 0 } name, { Length: > 0 } command])
                throw new FormatException($"`{entry}` names no node with its command. {Form}");
            if (nodes.Exists(n => n.Name == name))
                throw new FormatException($"The node {name} stands there twice. {Form}");
            nodes.Add(new(name, command));
        }

        return nodes.Count >= 3
            ? nodes
            : throw new FormatException($"Of {nodes.Count} nodes none can be spared: a cluster goes on without one of three. {Form}");
    }

    /// <summary>The command line for one of the two.</summary>
    internal string For(string what) =>
        Text.Contains("{}", StringComparison.Ordinal) ? Text.Replace("{}", what, StringComparison.Ordinal) : $"{Text} {what}";

    internal Task KillAsync() => DoAsync("kill");

    internal Task StartAsync() => DoAsync("start");

    /// <exception cref="InvalidOperationException">It failed, or did not end.</exception>
    private async Task DoAsync(string what)
    {
        var line = For(what);
        var start = new ProcessStartInfo("sh", ["-c", $"exec 2>&1\n{line}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(s_limit);
        try
        {
            // A node that the command leaves running may hold its output open, which is therefore not waited for.
            var said = process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{Variable}: `{line}` of {Name} ended with {process.ExitCode}: {(await said).Trim()}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{Variable}: `{line}` of {Name} did not end within {s_limit}.");
        }
    }
}
