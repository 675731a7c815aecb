using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;

namespace Varve.Apps.Tests;

/// <summary>A reader who does what a page says, block by block, in an empty folder.</summary>
/// <param name="server">A database that stands for the one that pages name; null for one who has DuckDB files.</param>
internal sealed class DocsReader(PostgreSqlBox? server = null) : IDisposable
{
    private const string Database = "postgresql://varve@localhost/metrics";

    private const string FromSource = "dotnet run --project src/Varve.Cli --";

    private readonly string _state = Directory.CreateTempSubdirectory("varve-docs-state-").FullName;
    private string _printed = "";

    internal string Folder { get; } = Directory.CreateTempSubdirectory("varve-docs-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        Directory.Delete(_state, recursive: true);
    }

    internal async Task DoAsync(DocsBlock block)
    {
        if (block["on"] is { } engine && engine != (server is null ? DocsBlock.DuckDb : DocsBlock.PostgreSql))
            return;
        switch (block.Language)
        {
            case "sh":
                await ShellAsync(block);
                break;
            case "yaml":
                await File.WriteAllTextAsync(Path.Combine(Folder, block["file"]!), block.Text);
                break;
            case "sql" when server is not null:
                await server.SqlAsync(block.Text);
                break;
            case "sql":
                Execute(block);
                break;
            case "text" when block["output"] is not null:
                Compare(block);
                break;
        }
    }

    /// <summary>Runs a script with <c>varve</c> defined; variables that it exports are there in the next one.</summary>
    internal async Task<(int ExitCode, string Printed)> BashAsync(string text)
    {
        var environment = Path.Combine(_state, "environment");
        var script = Path.Combine(_state, "script");
        await File.WriteAllTextAsync(
            script,
            $$"""
            exec 2>&1
            set -e
            if [ -f '{{environment}}' ]; then . '{{environment}}'; fi
            varve() { dotnet '{{Tool.Dll}}' "$@"; }
            trap 'export -p > "{{environment}}"' EXIT
            {{(server is null ? text : text.Replace(Database, server.Url, StringComparison.Ordinal))}}
            """
        );
        var start = new ProcessStartInfo("bash", [script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Folder,
        };
        start.Environment["TMPDIR"] = _state;
        foreach (var variable in new[] { "VARVE_DB", "VARVE_SCHEMA", "VARVE_DEBUG", "VARVE_AUDIT_KEY" })
            start.Environment.Remove(variable);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var printed = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token);
        return (process.ExitCode, printed.ReplaceLineEndings("\n"));
    }

    /// <summary>What a project of the repository was built to.</summary>
    internal static string Built(string project, string assembly) =>
        Path.Combine(
            Tool.Repository,
            project,
            "bin",
            new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name,
            "net10.0",
            $"{assembly}.dll"
        );

    private async Task ShellAsync(DocsBlock block)
    {
        var expected = int.Parse(block["exit"] ?? "0", CultureInfo.InvariantCulture);
        (var exitCode, _printed) = await BashAsync(block.Text.Replace(FromSource, "varve", StringComparison.Ordinal));
        Assert.True(exitCode == expected, $"{block.Place} ended with {exitCode}, not {expected}:\n{block.Text}\n{_printed}");
    }

    private void Execute(DocsBlock block)
    {
        using var connection = new DuckDBConnection($"Data Source={Path.Combine(Folder, block["sql"]!)}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = block.Text;
        command.ExecuteNonQuery();
    }

    // An ellipsis stands for anything in a line, and alone in a line for any number of lines.
    private void Compare(DocsBlock block)
    {
        var lines = block
            .Text.TrimEnd('\n')
            .Split('\n')
            .Select(line =>
                line.Trim() == "…" ? "(?:.*\n)*?" : Regex.Escape(line.TrimEnd()).Replace("…", ".*", StringComparison.Ordinal) + " *\n"
            );
        var pattern = "^" + string.Concat(lines);
        Assert.True(Regex.IsMatch(_printed, pattern, RegexOptions.Multiline), $"{block.Place} is not what was printed:\n{_printed}");
    }
}
