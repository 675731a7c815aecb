using NodaTime;
using Varve.Engines.Tests.CrateDb.Executing;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.CrateDb.Deaths;

/// <summary>
/// The stand-in that executes, of three hosts, which commands kill and start as they do a real cluster's. It proves that the tests
/// of the nodes work and that a run finds its end, and nothing about how CrateDB loses a node.
/// </summary>
public sealed class StandInNodeDeathTests : NodeDeathSuite
{
    private readonly SettableTime _clock;

    public StandInNodeDeathTests()
        : this(new SettableTime(Instant.FromUtc(2026, 1, 1, 0, 0))) { }

    private StandInNodeDeathTests(SettableTime clock)
        : base(() => new CrateDbScratch(() => StartAsync(clock))) => _clock = clock;

    protected override TimeSpan Patience => TimeSpan.FromMilliseconds(200);

    protected override (int Count, int First) Dying(string what) => (1, what.Length % 3);

    protected override Task LeaseEndsAsync()
    {
        _clock.Now += Duration.FromSeconds(61);
        return Task.CompletedTask;
    }

    private static async Task<ICrateServer> StartAsync(SettableTime clock)
    {
        var crate = await ExecutingCrate.StartAsync(nodes: 3);
        crate.Clock = clock;
        var door = new NodeDoor(crate);
        return new NodeCluster(door, NodeCommand.Read(door.Commands));
    }
}
