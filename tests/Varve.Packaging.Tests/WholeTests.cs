using System.Diagnostics;

namespace Varve.Packaging.Tests;

/// <summary>Whole packages: how large they are, how fast they start, and what they do where they are installed.</summary>
public sealed class WholeTests(WholeBuild whole) : IClassFixture<WholeBuild>
{
    private const string Name = "varve-7.8.9-linux-x64";

    [Fact]
    public async Task The_program_is_small_starts_at_once_and_is_all_in_one()
    {
        Repository.NeedWhole();
        var made = await whole.OutAsync();
        Assert.InRange(new FileInfo(Path.Combine(made, $"{Name}.tar.xz")).Length, 30_000_000, 90_000_000);
        await WholeBuild.RunAsync($"tar --extract --file '{made}/{Name}.tar.xz' --directory '{whole.Folder}'");
        var program = Path.Combine(whole.Folder, Name, "varve");

        // The best of some: what a machine that does something else adds is not the program's.
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 7; i++)
        {
            var from = Stopwatch.GetTimestamp();
            Assert.Equal("varve 7.8.9\n", (await Repository.RunAsync(TimeSpan.FromMinutes(1), program, "--version")).Printed);
            best = new[] { best, Stopwatch.GetElapsedTime(from) }.Min();
        }

        Assert.True(best < TimeSpan.FromSeconds(0.1), $"--version took {best}.");
        Assert.Contains(
            "DuckDB",
            (await Repository.RunAsync(TimeSpan.FromMinutes(1), program, "version")).Printed,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "--listen",
            (await Repository.RunAsync(TimeSpan.FromMinutes(1), program, "serve", "--help")).Printed,
            StringComparison.Ordinal
        );
        Assert.All(
            ["LICENSE.txt", "THIRD-PARTY-NOTICES.txt", "varve.cdx.json"],
            file => Assert.True(File.Exists(Path.Combine(whole.Folder, Name, file)), file)
        );
        Assert.Contains(
            "pkg:nuget/Microsoft.NETCore.App.Runtime.linux-x64@",
            await File.ReadAllTextAsync(Path.Combine(made, $"{Name}.cdx.json")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task It_is_compiled_to_the_same_bytes_in_another_folder()
    {
        Repository.NeedWhole();
        var made = await whole.OutAsync();
        await WholeBuild.RunAsync(
            $"packaging/build.sh binaries deb --rid linux-x64 --version 7.8.9 --out '{whole.Folder}/again/elsewhere'"
        );
        await WholeBuild.RunAsync($"cd '{whole.Folder}/again/elsewhere' && sha256sum --check --strict '{made}/SHA256SUMS'");
    }

    [Fact]
    public async Task The_Debian_package_is_installed_configured_broken_upgraded_and_purged()
    {
        Repository.NeedWhole();
        Repository.Need("debootstrap");
        var made = await whole.OutAsync();
        // A newer version of the package around the same program: what an upgrade does is in its scripts.
        await WholeBuild.RunAsync(
            $"packaging/build.sh deb --rid linux-x64 --version 7.9.0 --payload '{whole.Program}' --out '{whole.Folder}/newer'"
        );
        // An empty database: a home that was made and left.
        await WholeBuild.RunAsync(
            $"cd '{whole.Folder}' && (timeout --signal TERM 8 '{whole.Program}/varve' serve --listen http://127.0.0.1:0 --home duckdb:metrics.duckdb || [ $? -eq 124 ]) && test -f metrics.duckdb"
        );
        var ended = await Repository.BashAsync(
            $"packaging/test/systemd.sh artifacts/debian packaging/test/installed.sh '{made}'/*.deb '{whole.Folder}'/newer/*.deb '{whole.Folder}/metrics.duckdb'",
            TimeSpan.FromMinutes(10)
        );
        Assert.SkipWhen(ended.ExitCode == 77, ended.Printed);
        Assert.True(ended.ExitCode == 0, ended.Printed);
        Assert.Contains("ok: purged", ended.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_image_is_built_on_a_base_of_this_machine_and_runs()
    {
        Repository.NeedWhole();
        Repository.Need("buildah");
        Repository.Need("debootstrap");
        await whole.OutAsync();
        var root = Path.Combine(Repository.Root, "artifacts", "debian", "root");
        Assert.SkipUnless(
            File.Exists(Path.Combine(Path.GetDirectoryName(root)!, "made"))
                || (
                    await Repository.BashAsync(
                        "echo true > /tmp/varve-nothing && packaging/test/systemd.sh artifacts/debian /tmp/varve-nothing",
                        TimeSpan.FromMinutes(10)
                    )
                ).ExitCode == 0,
            "No Debian could be made here to stand in for the base."
        );
        var ended = await Repository.BashAsync(
            $$"""
            set -e
            base=$(buildah from scratch)
            buildah add --quiet "$base" '{{root}}' / >/dev/null
            buildah commit --quiet "$base" localhost/varve-test-base >/dev/null
            buildah rm "$base" >/dev/null
            VARVE_BASE_IMAGE=localhost/varve-test-base packaging/build.sh container --rid linux-x64 --version 7.8.9 --payload '{{whole.Program}}' --out '{{whole.Folder}}/image' >/dev/null
            mkdir '{{whole.Folder}}/layers' && tar --extract --file '{{whole.Folder}}/image/varve-7.8.9-container.tar' --directory '{{whole.Folder}}/layers'
            container=$(buildah from --pull=never 'dir:{{whole.Folder}}/layers')
            trap 'buildah rm "$container" >/dev/null; buildah rmi --force localhost/varve-test-base >/dev/null' EXIT
            buildah run --isolation chroot "$container" -- /usr/lib/varve/varve --version
            buildah run --isolation chroot "$container" -- sh -c 'id -u; touch /usr/lib/varve/x 2>/dev/null || echo "not root"; touch /var/lib/varve/x && echo "its folder is its own"'
            buildah inspect --type container --format '{{"{{"}}.OCIv1.Config.User{{"}}"}} {{"{{"}}index .OCIv1.Config.Labels "org.opencontainers.image.version"{{"}}"}} {{"{{"}}.Docker.Config.Healthcheck.Test{{"}}"}}' "$container"
            """,
            TimeSpan.FromMinutes(15)
        );
        Assert.True(ended.ExitCode == 0, ended.Printed);
        Assert.All(
            ["varve 7.8.9\n", "1654\n", "not root\n", "its folder is its own\n", "1654:1654 7.8.9 [CMD /usr/lib/varve/varve healthcheck]"],
            line => Assert.Contains(line, ended.Printed, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_project_elsewhere_takes_the_packages_from_a_folder_and_runs_the_sample()
    {
        Repository.NeedWhole();
        var feed = Path.Combine(whole.Folder, "feed");
        await WholeBuild.RunAsync($"packaging/build.sh tool --version 7.8.9 --out '{feed}'", 20);
        foreach (
            var id in new[] { "Varve", "Varve.DuckDb", "Varve.PostgreSql", "Varve.CrateDb", "Varve.S3", "Varve.Hosting", "Varve.Client" }
        )
        {
            var list = (await Repository.BashAsync($"unzip -l '{feed}/{id}.7.8.9.nupkg'")).Printed;
            Assert.All(["README.md", "icon.png", $"{id}.xml"], file => Assert.Contains(file, list, StringComparison.Ordinal));
            Assert.True(File.Exists(Path.Combine(feed, $"{id}.7.8.9.snupkg")), $"{id} has no symbols.");
        }

        await WholeBuild.RunAsync(
            $$"""
            set -e
            mkdir -p '{{whole.Folder}}/consumer' && cd '{{whole.Folder}}/consumer'
            cp '{{Repository.Root}}/samples/library/Program.cs' .
            cat > Consumer.csproj <<'P'
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable></PropertyGroup>
              <ItemGroup><PackageReference Include="Varve.DuckDb" Version="7.8.9" /></ItemGroup>
            </Project>
            P
            export NUGET_PACKAGES='{{whole.Folder}}/packages'
            dotnet build --nologo --verbosity quiet -p:RestoreAdditionalProjectSources='{{feed}}'
            dotnet bin/Debug/net10.0/Consumer.dll | tee printed
            grep -q '5,832 rows removed' printed
            dotnet tool install Varve.Tool --version 7.8.9 --tool-path tools --add-source '{{feed}}'
            tools/varve --version | grep -qx 'varve 7.8.9'
            """
        );
    }
}
