using Varve.Cli.Commands;

namespace Varve.Cli.Demo;

/// <summary>Where the demonstration leaves its database, policies and picture.</summary>
internal sealed record Folder(string Path, bool IsKept)
{
    private const string Nyc = "nyc";

    internal string Database => In("nyc.duckdb");

    internal string Policies => In("policies");

    internal string Picture => In("temperature.png");

    /// <summary>A file that came with the tool.</summary>
    internal static string Sample(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, Nyc, name);

    internal static Folder Create(string? keep)
    {
        var path = System.IO.Path.GetFullPath(
            keep ?? System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"varve-demo-{Guid.CreateVersion7():N}"[..24])
        );
        var folder = new Folder(path, keep is not null);
        if (File.Exists(folder.Database))
            throw CommonOptions.Usage($"{folder.Database} exists already. Name another folder with --keep, or remove it.");
        Directory.CreateDirectory(folder.Policies);
        foreach (var policy in new[] { "flights.yaml", "weather.yaml" })
        {
            File.Copy(Sample(policy), System.IO.Path.Combine(folder.Policies, policy), overwrite: true);
        }

        return folder;
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
