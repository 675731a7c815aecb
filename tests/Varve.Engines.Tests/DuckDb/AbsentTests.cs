using DuckDB.NET.Data;
using Varve.Catalog;
using Varve.DuckDb;
using Varve.Policies;

namespace Varve.Engines.Tests.DuckDb;

public sealed class AbsentTests
{
    [Theory]
    [InlineData("cpu_1h", null)]
    [InlineData("nowhere.cpu", null)]
    [InlineData("we'ird", null)]
    [InlineData("CPU", "main.cpu")]
    [InlineData("side.cpu", null)]
    [InlineData("broken", "main.broken")]
    [InlineData("duckdb_tables", null)]
    public async Task What_is_not_there_is_told_without_a_list_of_all_relations(string asked, string? there)
    {
        await using var connection = new DuckDBConnection("Data Source=:memory:");
        await connection.OpenAsync();
        using (var made = connection.CreateCommand())
        {
            made.CommandText =
                "CREATE SCHEMA side; CREATE TABLE cpu (ts TIMESTAMP); CREATE TABLE gone (a INTEGER); CREATE VIEW broken AS SELECT * FROM gone; DROP TABLE gone";
            made.ExecuteNonQuery();
        }

        var statements = new DuckDbStatements(connection, new DuckDbDialect("memory"), new DuckDbObserver(), "x", isReadOnly: true);
        var found = await statements.DescribeAsync(TableName.Parse(asked), default);
        Assert.Equal(there, found?.Table.Text);
        if (asked is "cpu_1h" or "nowhere.cpu" or "side.cpu")
            Assert.False(statements.HasListed);
    }

    [Fact]
    public async Task Many_policies_are_looked_at_together()
    {
        await using var file = DuckDbDatabase.Open(":memory:");
        List<string> names = [.. Enumerable.Range(0, 30).Select(n => $"t{n}")];
        foreach (var name in names)
            await file.Engine.TransactAsync(
                (s, token) => s.ExecuteAsync($"CREATE TABLE {new Varve.Sql.Identifier(name)} (ts TIMESTAMP, v DOUBLE)", token),
                Scope.Writing,
                default
            );
        var counted = new Scratch.LongestStatement(file.Engine);
        var lifecycle = new Lifecycle(new Database(counted, "counted"));
        await lifecycle.ApplyAsync(
            PolicyYaml.Parse(
                string.Join(
                    "---\n",
                    names.Select(n =>
                        $"policy: {n}\ntable: {n}\ntime: ts\nmeasures: {{ v: [sum] }}\ntiers: [{{ every: 1h }}, {{ every: 1d }}]\n"
                    )
                ),
                "many.yaml"
            )
        );
        var before = counted.Count;
        var status = await lifecycle.StatusAsync(Selection.All);
        Assert.Equal(names.Order(StringComparer.Ordinal), status.Select(s => s.Policy.Name));

        // Journal, ledgers and holds are read once for all of them.
        Assert.InRange(counted.Count - before, 1, 10 * names.Count);
        await lifecycle.RunAsync(Selection.All).CountAsync();
        before = counted.Count;
        Assert.All(await lifecycle.StatusAsync(Selection.All), s => Assert.Equal(RunStatus.Done, s.LastRun?.Status));
        Assert.InRange(counted.Count - before, 1, 20 * names.Count);
    }
}
