namespace Varve.Engines.Tests.CrateDb;

/// <summary>A real cluster, where VARVE_TEST_CRATEDB names one.</summary>
public sealed class RealClusterTests : ClusterSuite
{
    private const string Variable = "VARVE_TEST_CRATEDB";

    protected override Task<string> UrlAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } url)
            return Task.FromResult(url);
        Assert.Skip($"{Variable} names no cluster: nothing ran on a real CrateDB.");
        throw new System.Diagnostics.UnreachableException();
    }
}
