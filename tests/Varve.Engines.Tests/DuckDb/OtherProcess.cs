using System.Diagnostics;
using System.Runtime.CompilerServices;
using DuckDB.NET.Data;

namespace Varve.Engines.Tests.DuckDb;

/// <summary>This program once more, which only holds a DuckDB file open until it is told to let go.</summary>
internal sealed class OtherProcess : IAsyncDisposable
{
    private const string Variable = "VARVE_TEST_HOLDS";

    private readonly Process _process;

    private OtherProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static async Task<OtherProcess> HoldingAsync(string file)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            start.ArgumentList.Add(typeof(OtherProcess).Assembly.Location);
        start.Environment[Variable] = file;
        var process = Process.Start(start)!;
        Assert.Equal("open", await process.StandardOutput.ReadLineAsync());
        return new(process);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [ModuleInitializer]
    internal static void Hold()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } file)
            return;
        using (var connection = new DuckDBConnection($"DataSource={file}"))
        {
            connection.Open();
            Console.WriteLine("open");
            Console.In.ReadToEnd();
        }

        Environment.Exit(0);
    }
}
