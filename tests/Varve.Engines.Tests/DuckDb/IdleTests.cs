using NodaTime;
using Varve.Catalog;
using Varve.DuckDb;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Policies;

namespace Varve.Engines.Tests.DuckDb;

/// <summary>A run that has nothing to do asks little of each table, however many there are and however often it came.</summary>
public sealed class IdleTests : Files
{
    private const int Most = 15;

    private static readonly Instant s_asOf = Instant.FromUtc(2025, 1, 4, 0, 0);

    [Fact]
    public async Task A_run_with_nothing_to_do_is_a_look_and_one_record_for_each_table()
    {
        var few = await AskedAsync(2);
        var many = await AskedAsync(6);
        Assert.True((many.First - few.First) / 4 <= Most, $"{(many.First - few.First) / 4.0} for each table");
        // What was done before makes nothing dearer, and what is asked once an hour is not asked again.
        Assert.True(many.Later <= many.First, $"{many.Later} after {many.First}");
    }

    private async Task<(int First, int Later)> AskedAsync(int tables)
    {
        await using var file = New($"{tables}.duckdb");
        var names = Enumerable.Range(0, tables).Select(i => FormattableString.Invariant($"t{i}")).ToList();
        foreach (var name in names)
            await Do(
                file,
                $"CREATE TABLE {new Varve.Sql.Identifier(name)} AS SELECT TIMESTAMP '2025-01-01' + to_minutes(j * 10) AS ts, 'h' AS host, CAST(j AS DOUBLE) AS v FROM range(432) r(j)"
            );
        var counted = new LongestStatement(file.Engine);
        var lifecycle = new Lifecycle(new Database(counted, "counted"));
        await lifecycle.ApplyAsync(
            PolicyYaml.Parse(
                string.Join(
                    "---\n",
                    names.Select(n =>
                        $"policy: {n}\ntable: {n}\ntime: ts\nseries: [host]\nmeasures: {{ v: [avg] }}\ntiers: [{{ every: 1h }}, {{ every: 1d }}]\n"
                    )
                ),
                "idle.yaml"
            )
        );
        await RunAsync(lifecycle);
        var (first, later) = (await CountAsync(), 0);
        for (var again = 0; again < 3; again++)
            later = await CountAsync();
        Assert.Equal(
            4 * tables,
            (await lifecycle.HistoryAsync(Selection.All, 1000, idle: true)).Count(r =>
                r is { Status: RunStatus.Done, Steps: 0, StepsDone: 0 } && r.FinishedAt >= r.StartedAt
            )
        );
        return (first, later);

        async Task<int> CountAsync()
        {
            var before = counted.Count;
            Assert.Empty(await RunAsync(lifecycle));
            return counted.Count - before;
        }
    }

    private static async Task<IReadOnlyList<RunEvent.StepDone>> RunAsync(Lifecycle lifecycle)
    {
        List<RunEvent.StepDone> done = [];
        await foreach (var happened in lifecycle.RunAsync(Selection.All, new RunOptions { AsOf = s_asOf, Yes = true }))
        {
            Assert.False(happened is RunEvent.Failed or RunEvent.StepFailed or RunEvent.StepSkipped, happened.ToString());
            if (happened is RunEvent.StepDone step)
                done.Add(step);
        }

        return done;
    }
}
