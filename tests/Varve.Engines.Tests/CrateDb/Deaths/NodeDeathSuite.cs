using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Planning;

namespace Varve.Engines.Tests.CrateDb.Deaths;

/// <summary>
/// One node after the other dies while a run works, and comes back. The run, or the next one, leaves what one would have left
/// that nobody disturbed: every number of the tiers, the same rows and partitions, every archive whole, every shard in its place.
/// </summary>
public abstract class NodeDeathSuite(Func<ScratchDatabase> create) : DaysSuite(create)
{
    private static readonly string[] s_runs = ["2025-04-06T12:00Z", "2025-04-08T12:00Z", "2025-04-10T12:00Z"];

    /// <summary>How many nodes die one after the other in a test, and which is the first.</summary>
    protected abstract (int Count, int First) Dying(string what);

    /// <summary>For how long a run waits for its node before it comes back.</summary>
    protected abstract TimeSpan Patience { get; }

    [Theory]
    [InlineData("INSERT INTO \"m\".\"cpu_1h_states\"", "rolls up")]
    [InlineData("DELETE FROM \"m\".\"cpu\" WHERE", "expires")]
    [InlineData("SET (\"routing.allocation.require.storage\"", "relocates")]
    [InlineData("CREATE SNAPSHOT", "archives")]
    public async Task What_a_run_leaves_is_the_same_whichever_node_dies_while_it(string statement, string what)
    {
        var cluster = await ClusterAsync();
        var to = what == "relocates" ? await PlaceAsync(cluster) : null;
        if (what == "archives")
            await RepositoryAsync();
        var story = await DaysAsync(
            (to is null ? "" : $"source: {{ expire: partitions, relocate: {{ after: 8d, to: {{ storage: {to} }} }} }}\n")
                + (what == "archives" ? "archive: { to: cold }\n" : "")
                + Days
        );
        var (count, first) = Dying(what);
        for (var i = 0; i < count; i++)
        {
            await DieAsync(cluster, story, cluster.Nodes[(first + i) % cluster.Nodes.Count], statement, s_runs[i], isBefore: i % 2 == 0);
            await RunOnAsync(story, s_runs[i]);
            await ExpectAsync(story, what, to);
        }
    }

    [Fact]
    public async Task What_only_a_dead_node_has_is_waited_for_and_the_shard_is_named()
    {
        var cluster = await ClusterAsync();
        var story = await DaysAsync();
        await RunOnAsync(story, "2025-04-04T12:00Z");
        var rows = await cluster.AskAsync(
            """
            SELECT partition_ident, node['name'] FROM sys.shards
            WHERE schema_name = 'm' AND table_name = 'cpu' AND "primary" = TRUE ORDER BY 1 LIMIT 1
            """
        );
        var before = await IdentsAsync();
        var node = rows[0][1].GetString()!;
        await cluster.KillAsync(cluster.Node(node));
        var outcome = await story.RunAsync(s_runs[2]);
        Assert.Contains(
            outcome.Errors.OfType<EngineException>(),
            e => e.IsTransient && e.Message.Contains(rows[0][0].GetString()!, StringComparison.Ordinal)
        );
        Assert.Empty(outcome.Done.OfType<PlanStep.Expire>());
        await cluster.HealAsync();
        Assert.Equal(before, await IdentsAsync());
        await RunOnAsync(story, s_runs[2]);
        await ExpectAsync(story, "expires", null);
    }

    /// <summary>A lease that could not be given back ends.</summary>
    protected abstract Task LeaseEndsAsync();

    private async Task<NodeCluster> ClusterAsync() => (NodeCluster)await ((CrateDbScratch)Db).ServerAsync();

    /// <summary>
    /// A run; just before its first statement of a kind, or while that is worked on, a node dies. It comes back once the run has
    /// ended without it, or has waited for it for a while.
    /// </summary>
    private async Task DieAsync(NodeCluster cluster, Story story, NodeCommand node, string statement, string asOf, bool isBefore)
    {
        var death = new TaskCompletionSource();
        var isArmed = 1;
        cluster.Before = async sent =>
        {
            if (!sent.Contains(statement, StringComparison.Ordinal) || Interlocked.Exchange(ref isArmed, 0) == 0)
                return;
            var dies = KillAsync();
            if (isBefore)
                await dies;
        };
        var run = RunAsync();
        await Task.WhenAny(run, death.Task);
        Assert.True(isArmed == 0, $"No statement of the run was {statement}.");
        await death.Task;
        await Task.WhenAny(run, Task.Delay(Patience, TestContext.Current.CancellationToken));
        await cluster.HealAsync();
        await run;
        cluster.Before = _ => Task.CompletedTask;

        async Task KillAsync()
        {
            try
            {
                await cluster.KillAsync(node);
                death.TrySetResult();
            }
            catch (InvalidOperationException failed)
            {
                death.TrySetException(failed);
            }
        }

        async Task RunAsync()
        {
            try
            {
                await story.RunAsync(asOf);
            }
            catch (VarveException)
            {
                // What a run says without its node is as good as an end; the next one has to find everything as it should be.
            }
        }
    }

    /// <summary>The same run again, in which nothing may fail; the lease of the one before it ends first where it is still there.</summary>
    private async Task RunOnAsync(Story story, string asOf)
    {
        var outcome = await story.RunAsync(asOf);
        if (outcome.Errors.Any(e => e is BusyException))
        {
            await LeaseEndsAsync();
            outcome = await story.RunAsync(asOf);
        }

        Assert.Empty(outcome.Errors);
        Assert.Empty(outcome.Skipped);
        Assert.Empty((await story.PlanAsync(asOf)).Steps);
    }

    private async Task ExpectAsync(Story story, string what, string? to)
    {
        var first = story.AsOf.InUtc().Date.PlusDays(-10).AtMidnight().InUtc().ToInstant();
        await story.ExpectTiersAsync(Rows);
        Same(Rows.Where(r => r.At >= first), await story.SourceAsync());
        Assert.Equal((At("2025-04-15") - first).Days, (await IdentsAsync()).Count);
        Assert.Empty(await IdentsAsync("settings['blocks']['write'] = 'true'"));
        Assert.Equal(Rows.Count, Number(await Db.QueryAsync("SELECT sum(varve_rows) FROM m.cpu_all"), 0));
        if (to is not null)
            await ExpectPlaceAsync(to);
        if (what != "archives")
            return;
        var parts = (await story.WithAsync(l => l.VerifyArchivesAsync([]))).Parts;
        Assert.Equal((first - At("2025-03-20")).Days, parts.Count);
        Assert.All(parts, p => Assert.Null(p.Problem));
    }

    /// <summary>Every copy of every shard that is asked to be there is there, and works.</summary>
    private async Task ExpectPlaceAsync(string to)
    {
        var moved = await IdentsAsync($"settings['routing']['allocation']['require']['storage'] = '{to}'");
        Assert.Equal(2, moved.Count);
        var shards = await Db.QueryAsync(
            $"""
            SELECT s.state, n.attributes['storage'] FROM sys.shards s LEFT JOIN sys.nodes n ON n.id = s.node['id']
            WHERE s.schema_name = 'm' AND s.table_name = 'cpu' AND s.partition_ident IN ({string.Join(", ", moved.Select(m => $"'{m}'"))})
            """
        );
        Assert.Equal(4, shards.Count);
        Assert.All(shards, s => Assert.Equal(["STARTED", to], s));
    }

    /// <summary>What the fewest nodes have, so that there is something to move.</summary>
    private static async Task<string> PlaceAsync(NodeCluster cluster)
    {
        var values = (await cluster.AskAsync("SELECT attributes['storage'] FROM sys.nodes"))
            .Select(r => r[0].GetString())
            .OfType<string>()
            .GroupBy(v => v)
            .OrderBy(g => g.Count())
            .ThenByDescending(g => g.Key, StringComparer.Ordinal)
            .ToList();
        Assert.SkipWhen(values.Count < 2, "No two nodes of the cluster have a node.attr.storage of their own: nothing can move.");
        return values[0].Key;
    }
}
