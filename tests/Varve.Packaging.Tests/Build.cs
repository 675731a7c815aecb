namespace Varve.Packaging.Tests;

/// <summary>
/// <c>packaging/build.sh</c> in a folder of its own, with a program that compiles nothing: a script that calls the one built
/// beside these tests. What is packed around it is what a release packs.
/// </summary>
internal sealed class Build : IDisposable
{
    internal string Folder { get; } = Directory.CreateTempSubdirectory("varve-build-").FullName;

    internal string Out => Path.Combine(Folder, "out");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    internal string File(string name) => Path.Combine(Out, name);

    internal async Task<Ended> RunAsync(params string[] args)
    {
        var program = Directory.CreateDirectory(Path.Combine(Folder, "program")).FullName;
        var script = Path.Combine(program, "varve");
        await System.IO.File.WriteAllTextAsync(
            script,
            "#!/bin/sh\nexec dotnet \"" + Path.Combine(Repository.Built, "Varve.Cli.dll") + "\" \"$@\"\n"
        );
        Assert.Equal(0, (await Repository.BashAsync($"chmod 755 '{script}'")).ExitCode);
        return await Repository.RunAsync(
            TimeSpan.FromMinutes(5),
            Path.Combine(Repository.Packaging, "build.sh"),
            [.. args, "--payload", program, "--out", Out]
        );
    }

    /// <summary>Builds, and fails where it does not.</summary>
    internal static async Task<Build> OfAsync(params string[] args)
    {
        var build = new Build();
        var ended = await build.RunAsync(args);
        Assert.True(ended.ExitCode == 0, ended.Printed);
        return build;
    }
}
