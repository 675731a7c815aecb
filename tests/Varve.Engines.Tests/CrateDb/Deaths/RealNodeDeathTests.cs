using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.CrateDb.Deaths;

/// <summary>A real cluster, whose nodes VARVE_TEST_CRATEDB_NODES says how to kill and to start.</summary>
public sealed class RealNodeDeathTests() : NodeDeathSuite(() => new CrateDbScratch(StartAsync))
{
    protected override TimeSpan Patience => TimeSpan.FromSeconds(20);

    protected override (int Count, int First) Dying(string what) => (3, 0);

    protected override Task LeaseEndsAsync() => Task.Delay(TimeSpan.FromSeconds(61), TestContext.Current.CancellationToken);

    private static async Task<ICrateServer> StartAsync()
    {
        var nodes = Environment.GetEnvironmentVariable(NodeCommand.Variable) ?? "";
        if (RealCrate.Named is not { } url || nodes.Length == 0)
        {
            Assert.Skip($"{NodeCommand.Variable} names no nodes of a cluster: no node of a real CrateDB was killed.");
            throw new System.Diagnostics.UnreachableException();
        }

        var commands = NodeCommand.Read(nodes);
        return new NodeCluster(await RealCrate.StartAsync(url), commands);
    }
}
