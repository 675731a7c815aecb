namespace Varve.Packaging.Tests;

/// <summary>What a release builds, compiled and complete, for the platform of this machine; made once for all tests of it.</summary>
public sealed class WholeBuild : IDisposable
{
    private readonly Lazy<Task<string>> _built;

    public WholeBuild() => _built = new(BuildAsync);

    /// <summary>A folder of its own.</summary>
    internal string Folder { get; } = Directory.CreateTempSubdirectory("varve-whole-").FullName;

    /// <summary>The folder of the packages.</summary>
    internal Task<string> OutAsync() => _built.Value;

    /// <summary>The program as it was published.</summary>
    internal string Program => Path.Combine(Folder, "out", ".work", "program-linux-x64");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    internal static async Task RunAsync(string command, int minutes = 15)
    {
        var ended = await Repository.BashAsync(command, TimeSpan.FromMinutes(minutes));
        Assert.True(ended.ExitCode == 0, ended.Printed);
    }

    private async Task<string> BuildAsync()
    {
        var made = Path.Combine(Folder, "out");
        await RunAsync($"packaging/build.sh binaries deb --rid linux-x64 --version 7.8.9 --out '{made}'");
        return made;
    }
}
