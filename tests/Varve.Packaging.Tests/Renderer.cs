namespace Varve.Packaging.Tests;

/// <summary>Templates as helm and nomad-pack fill them in: a program in Go with the libraries that these use, built once.</summary>
public sealed class Renderer : IDisposable
{
    private const string Sources = "/usr/share/gocode/src";

    private static readonly string[] s_libraries = ["github.com/Masterminds/sprig", "sigs.k8s.io/yaml", "github.com/hashicorp/hcl/v2"];

    private readonly string _folder = Directory.CreateTempSubdirectory("varve-renderer-").FullName;
    private readonly Lazy<Task<string>> _program;

    public Renderer() => _program = new(BuildAsync);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    internal async Task<Ended> ChartAsync(string values)
    {
        Need();
        return await Repository.RunAsync(
            TimeSpan.FromMinutes(1),
            await _program.Value,
            "helm",
            Path.Combine(Repository.Packaging, "helm", "varve"),
            await FileAsync(values),
            "varve",
            "metrics",
            "0.0.0"
        );
    }

    internal async Task<Ended> PackAsync(string variables)
    {
        Need();
        return await Repository.RunAsync(
            TimeSpan.FromMinutes(1),
            await _program.Value,
            "nomad",
            Path.Combine(Repository.Packaging, "nomad", "varve"),
            await FileAsync(variables)
        );
    }

    private static void Need()
    {
        Repository.Need("go");
        Assert.SkipUnless(
            s_libraries.All(l => Directory.Exists(Path.Combine(Sources, l))),
            $"The libraries of the renderer are not in {Sources}: {string.Join(", ", s_libraries)}."
        );
    }

    private async Task<string> FileAsync(string text)
    {
        var file = Path.Combine(_folder, Path.GetRandomFileName());
        await File.WriteAllTextAsync(file, text);
        return file;
    }

    private async Task<string> BuildAsync()
    {
        var program = Path.Combine(_folder, "renderer");
        var cache = Path.Combine(Repository.Root, "artifacts", "go");
        var ended = await Repository.BashAsync(
            $"cd tests/Varve.Packaging.Tests/Renderer && GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE='{cache}' GOFLAGS=-trimpath go build -o '{program}' ."
        );
        Assert.True(ended.ExitCode == 0, ended.Printed);
        return program;
    }
}
