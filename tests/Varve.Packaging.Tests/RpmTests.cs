namespace Varve.Packaging.Tests;

/// <summary>The package for systems with rpm: built, looked at, unpacked.</summary>
public sealed class RpmTests
{
    [Fact]
    public async Task It_has_the_files_of_the_Debian_package_and_rpmlint_finds_no_error()
    {
        Repository.Need("rpmbuild");
        Repository.Need("dpkg-deb");
        using var build = await Build.OfAsync("deb", "rpm", "--rid", "linux-x64", "--version", "1.2.3-rc.1");
        var rpm = build.File("varve-1.2.3~rc.1-1.x86_64.rpm");
        var files = (
            await Repository.BashAsync(
                $"cd '{build.Folder}' && mkdir unpacked && cd unpacked && rpm2cpio '{rpm}' | cpio --quiet -id && find . -type f -o -type l | sort"
            )
        ).Printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var deb = (
            await Repository.BashAsync(
                $"cd '{build.Folder}' && dpkg-deb --extract out/*.deb debian && cd debian && find . -type f -o -type l | sort"
            )
        ).Printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(deb.Where(IsShared).Select(Moved).Order(StringComparer.Ordinal), files.Where(IsShared).Order(StringComparer.Ordinal));
        Assert.Equal(
            "/etc/varve/environment\n/etc/varve/serve.yaml\n",
            (await Repository.BashAsync($"rpm --query --configfiles --package '{rpm}'")).Printed
        );
        Assert.Contains(
            "-rw-r-----    1 root     varve ",
            (await Repository.BashAsync($"rpm --query --list --verbose --package '{rpm}'")).Printed,
            StringComparison.Ordinal
        );
        Repository.Need("rpmlint");
        var lint = await Repository.BashAsync($"rpmlint --ignore-unused-rpmlintrc --rpmlintrc packaging/rpm/varve.rpmlintrc '{rpm}'");
        Assert.True(lint.ExitCode == 0 && lint.Printed.Contains(" 0 errors", StringComparison.Ordinal), lint.Printed);
    }

    [Fact]
    public async Task Its_scripts_end_well_where_no_systemd_runs()
    {
        Repository.Need("rpmbuild");
        using var build = await Build.OfAsync("rpm", "--rid", "linux-x64");
        // The ones that make users are left to a machine of their own.
        foreach (
            var (script, argument, says) in new[]
            {
                ("POSTIN", "1", "off until it is configured"),
                ("POSTIN", "2", ""),
                ("PREUN", "0", ""),
                ("POSTUN", "0", ""),
                ("POSTUN", "1", ""),
            }
        )
        {
            var ended = await Repository.BashAsync(
                $"rpm --query --queryformat '%{{{script}}}' --package '{build.Out}'/*.rpm | sed 's,/run/systemd/system,/nowhere,' | sh -s {argument}"
            );
            Assert.Equal(0, ended.ExitCode);
            Assert.Contains(says, ended.Printed, StringComparison.Ordinal);
        }
    }

    private static bool IsShared(string path) =>
        !path.StartsWith("./usr/share/doc/", StringComparison.Ordinal)
        && !path.StartsWith("./usr/share/lintian/", StringComparison.Ordinal);

    private static string Moved(string path) =>
        path.Replace("./lib/systemd/", "./usr/lib/systemd/", StringComparison.Ordinal)
            .Replace("/vendor-completions/", "/site-functions/", StringComparison.Ordinal);
}
