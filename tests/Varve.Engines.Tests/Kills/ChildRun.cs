using System.Diagnostics;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.Kills;

/// <summary>A run in a process of its own, which may be killed there.</summary>
public static class ChildRun
{
    public const int Killed = 137;

    private static string Host => CompiledAhead.Of(Path.Combine(AppContext.BaseDirectory, "Varve.KillHost.dll"));

    /// <param name="db">The database.</param>
    /// <param name="asOf">The planning instant.</param>
    /// <param name="moment">None, During or a <see cref="Moment"/>.</param>
    /// <param name="number">Of the statement, or of the commit.</param>
    /// <param name="limit">A limit of the shell that holds for the process; null for none.</param>
    /// <param name="command">What it does; null: it runs every policy.</param>
    public static async Task<(int Code, string Output)> RunAsync(
        FileScratch db,
        string asOf,
        string moment,
        int number,
        string? limit = null,
        string? command = null
    )
    {
        var ended = await RunAsync(db.File, db.Folder, asOf, moment, number, limit, command);
        await db.ReleasedAsync();
        return ended;
    }

    /// <summary>The same on a database that may be anywhere.</summary>
    public static async Task<(int Code, string Output)> RunAsync(
        string database,
        string? folder,
        string asOf,
        string moment,
        int number,
        string? limit = null,
        string? command = null
    )
    {
        string[] arguments =
        [
            "exec",
            Host,
            database,
            asOf,
            moment,
            number.ToString(System.Globalization.CultureInfo.InvariantCulture),
            .. command is null ? Array.Empty<string>() : [command],
        ];
        var start = limit is null
            ? new ProcessStartInfo("dotnet", arguments)
            : new ProcessStartInfo("bash", ["-c", $"trap '' XFSZ; {limit}; exec dotnet \"$@\"", "bash", .. arguments]);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["DOTNET_TieredPGO"] = "0";
        if (folder is not null)
            start.Environment["VARVE_KILLHOST_FOLDER"] = folder;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
