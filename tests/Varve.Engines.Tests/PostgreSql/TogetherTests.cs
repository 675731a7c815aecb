using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>Many policies are looked at together, also where some of them cannot be looked at.</summary>
public sealed class TogetherTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    private const int Tables = 30;

    [Fact]
    public async Task Tables_that_cannot_be_read_are_told_by_themselves_and_the_others_are_looked_at_together()
    {
        await Db.ExecuteAsync("CREATE SCHEMA m");
        List<PolicyDocument> documents = [];
        foreach (var name in Enumerable.Range(10, Tables).Select(i => $"t{i}"))
        {
            await Db.ExecuteAsync(
                $"CREATE TABLE m.{name} (ts timestamp, host text, v double precision); INSERT INTO m.{name} VALUES ('2025-01-01', 'a', 1)"
            );
            documents.AddRange(
                PolicyYaml.Parse($"table: m.{name}\ntime: ts\nseries: [host]\nmeasures: {{ v: [avg] }}\ntiers: [{{ every: 1h }}]", "p.yaml")
            );
        }

        await WithAsync(async (l, _) => await l.ApplyAsync(documents));
        var well = await WithAsync(StatusAsync);
        Assert.DoesNotContain(well.Statuses, s => s.Failure is not null);

        // The error of a view comes while it is read, and ends the transaction; that of a table that is gone does not.
        foreach (var name in new[] { "t12", "t25" })
            await Db.ExecuteAsync(
                $"ALTER TABLE m.{name} RENAME TO {name}_was; CREATE VIEW m.{name} AS SELECT ts + INTERVAL '1 s' / (length(host) - 1) AS ts, host, v FROM m.{name}_was"
            );
        await Db.ExecuteAsync("DROP TABLE m.t30");
        var broken = await WithAsync(StatusAsync);
        Assert.Equal(["m.t12", "m.t25", "m.t30"], broken.Statuses.Where(s => s.Failure is not null).Select(s => s.Policy.Name));
        Assert.Equal(Tables - 3, broken.Statuses.Count(s => s.Relations is [{ Rows: 1 }, ..]));

        // Each of the three is looked at once more by itself, and each of the two views ended a look.
        Assert.Equal(well.Units + 3 + 2, broken.Units);
    }

    private static async Task<(IReadOnlyList<PolicyStatus> Statuses, int Units)> StatusAsync(Lifecycle lifecycle, CountingEngine engine)
    {
        var statuses = await lifecycle.StatusAsync(Selection.All, At("2025-01-02"));
        return (statuses, engine.Units);
    }

    private async Task<T> WithAsync<T>(Func<Lifecycle, CountingEngine, Task<T>> work)
    {
        await using var database = await Db.OpenAsync();
        var engine = new CountingEngine(database.Engine);
        return await work(new Lifecycle(new(engine, database.Name)), engine);
    }
}
