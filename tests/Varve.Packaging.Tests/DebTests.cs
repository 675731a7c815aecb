namespace Varve.Packaging.Tests;

/// <summary>The Debian package, as it is before anybody installs it.</summary>
public sealed class DebTests
{
    private static readonly string[] Files =
    [
        "./etc/varve/environment",
        "./etc/varve/serve.yaml",
        "./lib/systemd/system/varve-run.service",
        "./lib/systemd/system/varve.service",
        "./lib/systemd/system/varve.timer",
        "./usr/bin/varve",
        "./usr/lib/sysusers.d/varve.conf",
        "./usr/lib/varve/varve",
        "./usr/share/bash-completion/completions/varve",
        "./usr/share/doc/varve/copyright",
        "./usr/share/fish/vendor_completions.d/varve.fish",
        "./usr/share/man/man1/varve.1.gz",
        "./usr/share/man/man1/varve-policy-hold.1.gz",
        "./usr/share/zsh/vendor-completions/_varve",
    ];

    [Fact]
    public async Task It_has_what_an_operator_looks_for_and_lintian_finds_nothing_wrong()
    {
        Repository.Need("dpkg-deb");
        using var build = await Build.OfAsync("deb", "--rid", "linux-x64", "--version", "1.2.3-rc.1");
        var deb = build.File("varve_1.2.3~rc.1_amd64.deb");
        var list = (await Repository.BashAsync($"dpkg-deb --contents '{deb}' | awk '{{ print $6, $1, $2 }}'")).Printed.Split('\n');
        Assert.All(Files, file => Assert.Contains(list, line => line.Split(' ')[0] == file));
        Assert.All(list.Where(l => l.Length > 0), line => Assert.EndsWith(" root/root", line, StringComparison.Ordinal));
        Assert.Contains("./etc/varve/environment -rw-r----- root/root", list);
        Assert.Equal(
            "/etc/varve/environment\n/etc/varve/serve.yaml\n",
            (await Repository.BashAsync($"dpkg-deb --info '{deb}' conffiles")).Printed
        );
        Assert.Equal(
            "varve 1.2.3~rc.1 amd64\n",
            (await Repository.BashAsync($"dpkg-deb --show --showformat='${{Package}} ${{Version}} ${{Architecture}}\\n' '{deb}'")).Printed
        );
        Repository.Need("lintian");
        var lint = await Repository.BashAsync($"lintian --allow-root --fail-on error,warning '{deb}'");
        Assert.True(lint.ExitCode == 0, lint.Printed);
    }

    [Theory]
    [InlineData(
        "varve.service",
        "ExecStart=/usr/bin/varve serve --config /etc/varve/serve.yaml",
        "RestartPreventExitStatus=2 4 5 6",
        "StartLimitBurst=4",
        "ProtectSystem=strict",
        "User=varve"
    )]
    [InlineData(
        "varve-run.service",
        "Type=oneshot",
        "ExecStart=/usr/bin/varve run --quiet --wait 60s --for 50m",
        "ProtectSystem=strict",
        "User=varve"
    )]
    [InlineData("varve.timer", "Unit=varve-run.service", "Persistent=true", "WantedBy=timers.target")]
    public void A_unit_says(string unit, params string[] lines) =>
        Assert.All(lines, line => Assert.Contains(line, Repository.Read("packaging", "systemd", unit).Split('\n')));

    [Fact]
    public async Task Units_are_as_systemd_reads_them()
    {
        Repository.Need("systemd-analyze");
        var folder = Directory.CreateTempSubdirectory("varve-units-").FullName;
        try
        {
            // What a unit starts must be there for the check.
            var ended = await Repository.BashAsync(
                $"cp packaging/systemd/varve* '{folder}' && sed -i 's,=/usr/bin/varve,=/bin/true,' '{folder}'/*.service && SYSTEMD_UNIT_PATH='{folder}:' systemd-analyze verify --man=no '{folder}'/*"
            );
            Assert.Equal((0, ""), (ended.ExitCode, ended.Printed));
            var exposure = await Repository.BashAsync(
                $"systemd-analyze security --offline=yes --threshold=20 --no-pager '{folder}/varve.service' '{folder}/varve-run.service'"
            );
            Assert.True(exposure.ExitCode == 0, exposure.Printed);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_settings_that_are_installed_are_the_ones_that_the_server_reads()
    {
        var yaml = new YamlDotNet.Serialization.DeserializerBuilder()
            .Build()
            .Deserialize<Dictionary<string, string>>(Repository.Read("packaging", "systemd", "serve.yaml"));
        Assert.Equal(new() { ["home"] = "duckdb:/var/lib/varve/home.duckdb", ["listen"] = "http://127.0.0.1:8642" }, yaml);
        Assert.DoesNotContain(
            Repository.Read("packaging", "systemd", "environment").Split('\n'),
            line => line.Length > 0 && line[0] != '#'
        );
    }
}
