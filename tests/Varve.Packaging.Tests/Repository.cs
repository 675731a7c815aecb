using System.Diagnostics;

namespace Varve.Packaging.Tests;

/// <summary>How a program of the machine ended, and what it printed on both streams.</summary>
internal sealed record Ended(int ExitCode, string Printed);

/// <summary>The repository that the tests were built from, and programs that are run in it.</summary>
internal static class Repository
{
    /// <summary>Set to 1 where whole packages are built, installed and started: minutes, and root.</summary>
    internal const string Whole = "VARVE_TEST_PACKAGES";

    internal static string Root { get; } = FindRoot();

    internal static string Packaging { get; } = Path.Combine(Root, "packaging");

    /// <summary>The command line as it was built beside these tests.</summary>
    internal static string Built { get; } =
        Path.Combine(Root, "src", "Varve.Cli", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0");

    internal static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path])).ReplaceLineEndings("\n");

    internal static Task<Ended> BashAsync(string script, TimeSpan? limit = null) =>
        RunAsync(limit ?? TimeSpan.FromMinutes(5), "bash", "-c", script);

    internal static async Task<Ended> RunAsync(TimeSpan limit, string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args)
        {
            WorkingDirectory = Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["VARVE_PACKAGING_MAKER"] = typeof(BillOfMaterials).Assembly.Location;
        foreach (var variable in new[] { "VARVE_DB", "VARVE_HOME", "VARVE_BASE_IMAGE", "SOURCE_DATE_EPOCH" })
            start.Environment.Remove(variable);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var late = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', args)} took more than {limit}.");
        }

        return new(process.ExitCode, (await output + await error).ReplaceLineEndings("\n"));
    }

    /// <summary>Skips a test where a program is missing, and says so.</summary>
    internal static void Need(string program) =>
        Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator)
                .Any(folder => File.Exists(Path.Combine(folder, program))),
            $"{program} is not on this machine."
        );

    internal static void NeedWhole() =>
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable(Whole) == "1",
            $"{Whole}=1 builds whole packages, installs and starts them: some minutes, and root."
        );

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Varve.slnx")))
        {
            folder =
                Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException(
                    $"No Varve.slnx above {AppContext.BaseDirectory}: these tests run where the source is."
                );
        }

        return folder;
    }
}
