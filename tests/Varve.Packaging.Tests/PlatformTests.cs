using k8s.Models;
using Tomlyn;

namespace Varve.Packaging.Tests;

/// <summary>What is installed by other platforms than Helm: each by the rules of its format.</summary>
public sealed class PlatformTests(Renderer renderer) : IClassFixture<Renderer>
{
    private static readonly string[] Readmes = ["container", "helm/varve", "kustomize", "nomad/varve", "snap", "buildpack", "waypoint"];

    [Fact]
    public void Each_has_a_README() =>
        Assert.All(Readmes, folder => Assert.StartsWith("# ", Repository.Read("packaging", folder, "README.md"), StringComparison.Ordinal));

    [Theory]
    [InlineData(
        "server",
        "{}",
        "type = \"service\"",
        "args  = [\"serve\", \"--config\", \"/local/serve.yaml\"]",
        "path     = \"/health/ready\""
    )]
    [InlineData(
        "periodic",
        "{ mode: periodic, database: \"duckdb:/var/lib/varve/m.duckdb\", crons: [\"30 2 * * *\"], time_zone: Europe/Berlin, volume: varve, secrets: nomad/jobs/varve }",
        "prohibit_overlap = true",
        "time_zone        = \"Europe/Berlin\"",
        "crons            = [\"30 2 * * *\"]",
        "source = \"varve\"",
        "VARVE_DB = \"duckdb:/var/lib/varve/m.duckdb\"",
        "env         = true"
    )]
    [InlineData("a fixed port", "{ port: 8642, service_provider: consul }", "static = 8642", "provider = \"consul\"")]
    public async Task The_pack_is_a_job_as(string mode, string variables, params string[] lines)
    {
        var rendered = await renderer.PackAsync(variables);
        Assert.True(rendered.ExitCode == 0, $"{mode}: {rendered.Printed}");
        Assert.All(
            [.. lines, "readonly_rootfs = true", "cap_drop        = [\"all\"]", "user           = \"1654:1654\""],
            line => Assert.Contains(line, rendered.Printed, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("database is empty", "{ mode: periodic }")]
    [InlineData("mode is server or periodic", "{ mode: cron }")]
    [InlineData("there is no variable imagee", "{ imagee: x }")]
    public async Task The_pack_refuses(string says, string variables)
    {
        var rendered = await renderer.PackAsync(variables);
        Assert.Equal(1, rendered.ExitCode);
        Assert.Contains(says, rendered.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public void The_base_of_Kustomize_is_of_the_API_and_names_its_files()
    {
        var kustomization = Yaml.Of("packaging/kustomize/base/kustomization.yaml");
        var resources = kustomization.At("resources").Items();
        var objects = resources.SelectMany(r => Kubernetes.Read(Repository.Read("packaging", "kustomize", "base", r))).ToList();
        Assert.Equal(resources.Count, objects.Count);
        var pod = Assert.Single(objects.OfType<V1Deployment>()).Spec.Template.Spec;
        Kubernetes.IsRestricted(pod);
        Assert.Equal(
            Assert.Single(objects.OfType<V1PersistentVolumeClaim>()).Metadata.Name,
            Assert.Single(pod.Volumes, v => v.PersistentVolumeClaim is not null).PersistentVolumeClaim.ClaimName
        );
        Assert.Contains(
            "listen: http://0.0.0.0:8642",
            Repository.Read("packaging", "kustomize", "base", "serve.yaml"),
            StringComparison.Ordinal
        );
        Assert.Equal(
            Directory
                .GetFiles(Path.Combine(Repository.Packaging, "kustomize", "base"))
                .Select(f => Path.GetFileName(f)!)
                .Order(StringComparer.Ordinal),
            resources.Append("kustomization.yaml").Append("serve.yaml").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void The_snap_is_strict_and_its_service_is_off()
    {
        var snap = Yaml.Of("packaging/snap/snapcraft.yaml");
        string[] known =
        [
            "name",
            "base",
            "version",
            "summary",
            "description",
            "license",
            "grade",
            "confinement",
            "compression",
            "platforms",
            "apps",
            "parts",
        ];
        Assert.Equal(known, snap.Keys());
        Assert.Equal(("strict", "core24"), (snap.At("confinement")!.ToString(), snap.At("base")!.ToString()));
        Assert.InRange(snap.At("summary")!.ToString().Length, 1, 78);
        Assert.Equal(
            ("simple", "disable", "on-failure"),
            (
                snap.At("apps", "server", "daemon")!.ToString(),
                snap.At("apps", "server", "install-mode")!.ToString(),
                snap.At("apps", "server", "restart-condition")!.ToString()
            )
        );
        Assert.Equal(["home", "network", "network-bind", "removable-media"], snap.At("apps", "varve", "plugs").Items());
        Assert.All(snap.At("parts").Keys(), part => Assert.Equal("dump", snap.At("parts", part, "plugin")!.ToString()));
        Assert.All(
            snap.At("apps").Keys(),
            app =>
                Assert.All(
                    snap.At("apps", app).Keys(),
                    key =>
                        Assert.Contains(
                            key,
                            new[]
                            {
                                "command",
                                "completer",
                                "plugs",
                                "daemon",
                                "install-mode",
                                "restart-condition",
                                "restart-delay",
                                "stop-timeout",
                            }
                        )
                )
        );
    }

    [Theory]
    [InlineData("postgresql", "postgresql")]
    [InlineData("cratedb", "cratedb")]
    public void A_compose_file_has_a_database_and_a_server_that_only_this_machine_reaches(string folder, string database)
    {
        var compose = Yaml.Of($"packaging/container/compose/{folder}/compose.yaml");
        Assert.Equal([database, "varve"], compose.At("services").Keys());
        Assert.Equal([database, "varve"], compose.At("volumes").Keys());
        var varve = compose.At("services", "varve")!;
        Assert.Equal("service_healthy", varve.At("depends_on", database, "condition")!.ToString());
        Assert.Equal(["127.0.0.1:8642:8642"], varve.At("ports").Items());
        Assert.Equal(("true", "ALL"), (varve.At("read_only")!.ToString(), Assert.Single(varve.At("cap_drop").Items())));
        Assert.NotNull(compose.At("services", database, "healthcheck", "test"));
        Assert.All(
            compose.At("services").Keys().SelectMany(s => compose.At("services", s, "ports").Items()),
            port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("packaging/container/compose/postgresql")]
    [InlineData("packaging/container/compose/cratedb")]
    [InlineData("packaging/kustomize/base")]
    public async Task The_server_reads_what_is_shipped_for_it(string folder)
    {
        // It stops at the home, which comes after the configuration, so nothing listens.
        var ended = await Repository.BashAsync(
            $"METRICS_PASSWORD=x dotnet '{Repository.Built}/Varve.Cli.dll' serve --config '{folder}/serve.yaml' --home duckdb:/nowhere/home.duckdb"
        );
        Assert.Equal(4, ended.ExitCode);
        Assert.Contains("/nowhere/home.duckdb", ended.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public void The_image_is_not_root_has_a_health_check_and_no_shell_is_asked_for()
    {
        var lines = Repository.Read("packaging", "container", "Containerfile").Replace("\\\n", " ", StringComparison.Ordinal).Split('\n');
        Assert.Contains("USER 1654:1654", lines);
        Assert.Contains(
            lines,
            l =>
                l.StartsWith("HEALTHCHECK ", StringComparison.Ordinal)
                && l.EndsWith("CMD [\"/usr/lib/varve/varve\", \"healthcheck\"]", StringComparison.Ordinal)
        );
        Assert.Contains("ENTRYPOINT [\"/usr/lib/varve/varve\"]", lines);
        Assert.DoesNotContain(lines, l => l.StartsWith("RUN ", StringComparison.Ordinal));
        string[] words =
        [
            "ARG",
            "FROM",
            "LABEL",
            "COPY",
            "USER",
            "WORKDIR",
            "VOLUME",
            "ENV",
            "EXPOSE",
            "HEALTHCHECK",
            "STOPSIGNAL",
            "ENTRYPOINT",
            "CMD",
        ];
        Assert.All(lines.Where(l => l.Length > 0 && l[0] is not ('#' or ' ')), l => Assert.Contains(l.Split(' ')[0], words));
    }

    [Fact]
    public void The_buildpack_names_the_program()
    {
        var project = TomlSerializer.Deserialize<Dictionary<string, object>>(Repository.Read("packaging", "buildpack", "project.toml"))!;
        Assert.Equal(["_", "io"], project.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("value = \"./src/Varve.Cli\"", Repository.Read("packaging", "buildpack", "project.toml"), StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(Repository.Root, "src", "Varve.Cli")));
    }
}
