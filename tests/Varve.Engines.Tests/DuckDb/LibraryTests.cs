using NodaTime;
using Varve.Execution;
using Varve.Policies;
using Varve.Reading;
using Varve.Time;

namespace Varve.Engines.Tests.DuckDb;

/// <summary>What an application does with the library: policies in code, a run to its end, rows by name.</summary>
public sealed class LibraryTests : Files
{
    private static readonly Instant s_asOf = Instant.FromUtc(2025, 1, 11, 0, 0);

    private static readonly Policy s_policy = new()
    {
        Name = "cpu",
        Table = new(null, "cpu"),
        Time = "ts",
        Series = ["host"],
        Measures =
        [
            new()
            {
                Name = "load",
                Column = "load",
                Functions = [Function.Avg, Function.Max],
            },
        ],
        Keep = Keep.Parse("7d"),
        Tiers = [new() { Every = Width.Parse("1h") }, new() { Every = Width.Parse("1d"), Zone = "Europe/Berlin" }],
    };

    [Fact]
    public async Task A_policy_that_was_built_in_code_is_applied_and_run_to_its_end()
    {
        await using var database = New();
        await Do(
            database,
            $"CREATE TABLE cpu AS SELECT ts, 'a' AS host, 1.5::DOUBLE AS load FROM range(TIMESTAMP '2025-01-01', TIMESTAMP '2025-01-11', INTERVAL 1 HOUR) t(ts)"
        );
        var lifecycle = new Lifecycle(database);
        await lifecycle.ApplyAsync([PolicyDocument.Of(s_policy)]);
        var braked = Assert.Single(await lifecycle.RunToEndAsync(Selection.All, new() { AsOf = s_asOf }));
        Assert.False(braked.IsWhole);
        Assert.Equal((72, 0), (braked.Brake!.SourceRows, braked.Summary!.RowsRemoved));
        var done = Assert.Single(await lifecycle.RunToEndAsync(Selection.All, new() { AsOf = s_asOf, Confirm = [braked.Brake.Hash] }));
        Assert.True(done.IsWhole);
        Assert.Equal(72, done.Summary!.RowsRemoved);
        var status = (await lifecycle.StatusAsync(Selection.All, s_asOf + Duration.FromDays(2)))[0].Relations;
        Assert.Equal(
            [Instant.FromUtc(2025, 1, 10, 23, 0), Instant.FromUtc(2025, 1, 10, 23, 0), Instant.FromUtc(2025, 1, 9, 23, 0)],
            status.Select(r => r.Last!.Value)
        );
        Assert.Equal(s_asOf, status[1].CoveredUntil);
        var answer = await lifecycle.QueryAsync(
            new()
            {
                Policy = "cpu",
                From = Instant.FromUtc(2025, 1, 2, 0, 0),
                To = Instant.FromUtc(2025, 1, 4, 0, 0),
                Every = "6h",
            }
        );
        Assert.All(answer.ByName(), row => Assert.Equal(("a", 1.5, 6.0), (row["HOST"], row.Number("load_avg"), row.Number("varve_rows"))));
        Assert.Equal(8, answer.ByName().Count());
        var unknown = Assert.Throws<PolicyException>(() => answer.ByName().First()["load_min"]);
        Assert.Contains("load_avg", unknown.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidCastException>(() => answer.ByName().First().Number("host"));
    }

    [Fact]
    public async Task One_policy_that_fails_is_thrown_once_the_others_are_done()
    {
        await using var database = New();
        foreach (var name in new[] { "gone", "cpu" })
        {
            await Do(
                database,
                $"CREATE TABLE {new Sql.Identifier(name)} AS SELECT TIMESTAMP '2025-01-10' AS ts, 'a' AS host, 1.5::DOUBLE AS load"
            );
            await new Lifecycle(database).ApplyAsync([PolicyDocument.Of(s_policy with { Name = name, Table = new(null, name) })]);
        }

        await Do(database, $"DROP TABLE gone");
        var error = await Assert.ThrowsAsync<PolicyException>(() =>
            new Lifecycle(database).RunToEndAsync(Selection.All, new() { AsOf = s_asOf })
        );
        Assert.Contains("gone", error.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await One(database, $"SELECT count(*) FROM cpu_1h"));
    }

    [Fact]
    public async Task Text_that_is_a_time_gets_a_way_out_and_a_unit_that_is_too_fine_is_asked_about()
    {
        await using var database = New();
        await Do(database, $"CREATE TABLE cpu AS SELECT '2025-01-01' AS ts, 'a' AS host, 1.5::DOUBLE AS load");
        var text = await Assert.ThrowsAsync<PolicyException>(() => new Lifecycle(database).ApplyAsync([PolicyDocument.Of(s_policy)]));
        Assert.Contains("cast `ts` of main.cpu once to TIMESTAMP", text.Message, StringComparison.Ordinal);
        await Do(
            database,
            $"CREATE OR REPLACE TABLE cpu AS SELECT 1735689600 + i AS ts, 'a' AS host, 1.5::DOUBLE AS load FROM range(100) r(i)"
        );
        var seconds = (
            await new Lifecycle(database).PlanAsync([PolicyDocument.Of(s_policy with { Unit = TimeUnit.Milliseconds })], s_asOf)
        )[0]
            .Notes.Single(n => n.Code == "VRV217");
        Assert.Contains(
            "The newest would be of 2025-01-01T00:01:39Z then (time: { column: ts, unit: s })",
            seconds.Message,
            StringComparison.Ordinal
        );
        foreach (
            var (unit, asked) in new[]
            {
                (TimeUnit.Milliseconds, true),
                (TimeUnit.Microseconds, true),
                (TimeUnit.Nanoseconds, true),
                (TimeUnit.Seconds, false),
            }
        )
        {
            var document = PolicyDocument.Of(s_policy with { Unit = unit });
            var plan = (await new Lifecycle(database).PlanAsync([document], s_asOf))[0];
            var check = (await new Lifecycle(database).CheckAsync([document]))[0];
            foreach (var notes in new[] { plan.Notes, check.Problems })
                Assert.Equal(
                    asked,
                    notes.Any(n => n.Code == "VRV217" && n.Message.Contains("is the unit of ts s?", StringComparison.Ordinal))
                );
        }

        await new Lifecycle(database).ApplyAsync([PolicyDocument.Of(s_policy with { Unit = TimeUnit.Milliseconds })]);
        Assert.Contains(await new Lifecycle(database).DiagnoseAsync(), f => f.Check == "source.unit");
    }
}
