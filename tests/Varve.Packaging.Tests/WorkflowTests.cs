using System.Text.RegularExpressions;

namespace Varve.Packaging.Tests;

/// <summary>The workflows: what they may, and whose code they run.</summary>
public sealed partial class WorkflowTests
{
    public static TheoryData<string> Workflows =>
        [
            .. Directory
                .GetFiles(Path.Combine(Repository.Root, ".github", "workflows"))
                .Select(f => $".github/workflows/{Path.GetFileName(f)}")
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Actions_are_pinned_by_digest_with_their_version_beside(string path) =>
        Assert.All(
            Repository.Read(path.Split('/')).Split('\n').Where(l => l.Contains("uses:", StringComparison.Ordinal)),
            line => Assert.Matches(Pinned(), line)
        );

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Nobody_may_more_than_a_job_says(string path)
    {
        var workflow = Yaml.Of(path);
        var whole = workflow.At("permissions");
        Assert.True(
            whole.Keys().All(k => k == "contents") && whole?.At("contents")?.ToString() is null or "read",
            $"{path} gives rights to all of its jobs."
        );
        foreach (var job in workflow.At("jobs").Keys())
        {
            var rights = workflow.At("jobs", job, "permissions");
            if (rights.Keys().Any(k => rights!.At(k)!.ToString() == "write"))
                Assert.True(workflow.At("jobs", job, "environment") is not null, $"{path}: {job} may write, and nobody has to approve it.");
            Assert.True(workflow.At("jobs", job, "timeout-minutes") is not null, $"{path}: {job} may take for ever.");
        }
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void No_text_of_others_becomes_a_command(string path) =>
        Assert.All(
            Repository
                .Read(path.Split('/'))
                .Split('\n')
                .Where(l =>
                    l.Contains("${{ github.event", StringComparison.Ordinal) || l.Contains("${{ github.head_ref", StringComparison.Ordinal)
                ),
            line => Assert.Fail(line)
        );

    [Fact]
    public void A_release_builds_every_kind_signs_and_attests()
    {
        var release = Repository.Read(".github", "workflows", "release.yml");
        Assert.All(
            ["packaging/build.sh", "cosign sign-blob", "attest-build-provenance", "tags: ['v*']", "bash .ci/run"],
            part => Assert.Contains(part, release, StringComparison.Ordinal)
        );
    }

    [GeneratedRegex(@"uses: [\w./-]+@[0-9a-f]{40} # v[0-9.]+$")]
    private static partial Regex Pinned();
}
