namespace Varve.Packaging.Tests;

/// <summary><c>packaging/build.sh</c>: what it takes, what it refuses, and that it gives the same bytes twice.</summary>
public sealed class BuildTests
{
    private static readonly string[] Kinds = ["binaries", "tool", "deb", "rpm", "container", "helm", "nomad", "snap", "docs"];

    [Theory]
    [InlineData("there is no kind debs; there are: binaries tool deb rpm container helm nomad snap docs", "debs")]
    [InlineData("there is no option --fast", "--fast")]
    [InlineData("--version takes a value", "helm", "--version")]
    [InlineData("\"1\" is no version such as 0.1.0 or 0.2.0-rc.1", "helm", "--version", "1")]
    [InlineData("there is no build for linux-riscv64", "deb", "--rid", "linux-riscv64")]
    public async Task What_it_does_not_know_is_refused_before_anything_is_built(string says, params string[] args)
    {
        var ended = await Repository.RunAsync(TimeSpan.FromMinutes(1), Path.Combine(Repository.Packaging, "build.sh"), args);
        Assert.Equal((1, $"build.sh: {says}"), (ended.ExitCode, ended.Printed.Split('\n')[0].Split("; see")[0]));
    }

    [Fact]
    public async Task Help_names_every_kind_and_every_kind_is_a_file()
    {
        var ended = await Repository.RunAsync(TimeSpan.FromMinutes(1), Path.Combine(Repository.Packaging, "build.sh"), "--help");
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains(string.Join(' ', Kinds), ended.Printed, StringComparison.Ordinal);
        Assert.All(
            Kinds,
            kind => Assert.Contains($"build_{kind}()", Repository.Read("packaging", "kinds", $"{kind}.sh"), StringComparison.Ordinal)
        );
        Assert.All(Kinds, kind => Assert.Contains($"| `{kind}` |", Repository.Read("packaging", "README.md"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_builds_in_two_folders_are_the_same_bytes()
    {
        Repository.Need("dpkg-deb");
        string[] kinds = ["binaries", "deb", "helm", "nomad", "--rid", "linux-x64", "--version", "7.8.9"];
        using var first = await Build.OfAsync(kinds);
        using var second = await Build.OfAsync(kinds);
        var sums = await File.ReadAllTextAsync(first.File("SHA256SUMS"));
        Assert.Equal(sums, await File.ReadAllTextAsync(second.File("SHA256SUMS")));
        string[] names = [.. sums.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split("  ")[1])];
        Assert.Equal(
            [
                "varve-7.8.9-kustomize.tgz",
                "varve-7.8.9-linux-x64.tar.xz",
                "varve-7.8.9-nomad-pack.tgz",
                "varve-7.8.9.tgz",
                "varve_7.8.9_amd64.deb",
            ],
            names
        );
        var check = await Repository.BashAsync($"cd '{first.Out}' && sha256sum --check --strict SHA256SUMS");
        Assert.True(check.ExitCode == 0, check.Printed);
    }

    [Fact]
    public void The_version_stands_in_one_place() =>
        Assert.All(
            Directory
                .EnumerateFiles(Repository.Packaging, "*", SearchOption.AllDirectories)
                .Where(f =>
                    Path.GetExtension(f) is ".yaml" or ".hcl" or ".toml" or ".spec"
                    && !f.Contains("/obj/", StringComparison.Ordinal)
                    && !f.Contains("/rendered/", StringComparison.Ordinal)
                ),
            file =>
                Assert.All(
                    File.ReadLines(file)
                        .Where(l =>
                            l.StartsWith("version:", StringComparison.Ordinal)
                            || l.StartsWith("appVersion:", StringComparison.Ordinal)
                            || l.Contains("newTag:", StringComparison.Ordinal)
                        ),
                    line => Assert.Contains("0.0.0", line, StringComparison.Ordinal)
                )
        );

    [Fact]
    public async Task A_kind_that_this_machine_cannot_build_is_named_with_the_reason()
    {
        using var build = new Build();
        var ended = await build.RunAsync("deb", "--rid", "osx-arm64");
        Assert.Equal(3, ended.ExitCode);
        Assert.Contains("not built here: deb: none of the platforms is one of Debian: osx-arm64", ended.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scripts_are_sound()
    {
        Repository.Need("shellcheck");
        var ended = await Repository.BashAsync(
            "cd packaging && shellcheck --severity=warning --exclude=SC2034 build.sh test/systemd.sh deb/preinst deb/postinst deb/prerm deb/postrm snap/local/serve && shellcheck --severity=warning --shell=bash --exclude=SC2034,SC2154 kinds/*.sh && shellcheck --severity=warning --shell=bash test/installed.sh"
        );
        Assert.True(ended.ExitCode == 0, ended.Printed);
    }
}
