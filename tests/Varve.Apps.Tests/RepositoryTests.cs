namespace Varve.Apps.Tests;

/// <summary>What is refused before a cluster is asked. A secret that was typed is in no message.</summary>
public sealed class RepositoryTests
{
    private const string Cluster = "cratedb://crate@127.0.0.1:1/";

    [Theory]
    [InlineData("Repositories are CrateDB's", "cold", "--type", "fs", "--set", "location=/b", "--db", "duckdb:x.duckdb")]
    [InlineData("needs bucket", "cold", "--type", "s3", "--db", Cluster)]
    [InlineData("is a secret", "cold", "--type", "s3", "--set", "bucket=b", "--set", "secret_key=s3cret", "--db", Cluster)]
    [InlineData("where it is", "cold", "--type", "s3", "--set", "bucket=b", "--secret", "secret_key=s3cret", "--db", Cluster)]
    [InlineData(
        "has no variable VARVE_NOT_THERE",
        "cold",
        "--type",
        "s3",
        "--set",
        "bucket=b",
        "--secret",
        "secret_key=env:VARVE_NOT_THERE",
        "--db",
        Cluster
    )]
    [InlineData("cannot be read", "cold", "--type", "s3", "--set", "bucket=b", "--secret", "secret_key=file:/not/there", "--db", Cluster)]
    [InlineData("is no secret", "cold", "--type", "s3", "--set", "bucket=b", "--secret", "region=env:PATH", "--db", Cluster)]
    [InlineData("small letters", "Cold", "--type", "fs", "--set", "location=/b", "--db", Cluster)]
    [InlineData("twice", "cold", "--type", "fs", "--set", "location=/b", "--set", "location=/c", "--db", Cluster)]
    [InlineData("no key before", "cold", "--type", "fs", "--set", "s3cret", "--db", Cluster)]
    public async Task What_cannot_be_a_repository_is_refused_by_name(string message, params string[] words)
    {
        var refused = await Tool.RunAsync([.. new[] { "archive", "repository", "create" }, .. words]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(message, refused.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refused.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("is another database: leave --verify-repositories out", "--db", "duckdb:x.duckdb")]
    [InlineData("leave --server out", "--server", "http://127.0.0.1:1/")]
    public async Task Only_the_repositories_of_a_cluster_at_hand_are_verified(string message, params string[] words)
    {
        var refused = await Tool.RunAsync([.. new[] { "doctor", "--verify-repositories" }, .. words]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(message, refused.Text, StringComparison.Ordinal);
    }
}
