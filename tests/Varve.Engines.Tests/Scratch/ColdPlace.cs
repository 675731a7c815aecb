namespace Varve.Engines.Tests.Scratch;

/// <summary>A folder to archive in, removed with the test.</summary>
public sealed class ColdPlace : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("varve-cold-").FullName;

    public IReadOnlyDictionary<string, string> Declared => new Dictionary<string, string> { ["cold"] = Folder };

    /// <summary>Every file, from the folder on, in order.</summary>
    public IReadOnlyList<string> Files =>
        [
            .. Directory
                .GetFiles(Folder, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(Folder, f))
                .Order(StringComparer.Ordinal),
        ];

    public IReadOnlyList<string> Parts => [.. Files.Where(f => f.EndsWith(".parquet", StringComparison.Ordinal))];

    public IReadOnlyList<string> Manifests => [.. Files.Where(f => f.EndsWith(".json", StringComparison.Ordinal))];

    public string At(string file) => Path.Combine(Folder, file);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
