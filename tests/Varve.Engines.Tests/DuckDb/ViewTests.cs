using Varve.DuckDb;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Engines.Tests.DuckDb;

/// <summary>
/// Why Varve looks for readers of its views itself: DuckDB lets them lose a column, and fails, or answers with less, when a
/// reader is read.
/// </summary>
public sealed class ViewTests
{
    [Fact]
    public async Task A_view_breaks_when_what_it_names_goes_and_one_of_a_star_becomes_another()
    {
        await using var database = DuckDbDatabase.Open(":memory:");
        await Do(database, $"CREATE VIEW a AS SELECT 1 AS x, 2 AS y");
        await Do(database, $"CREATE VIEW names AS SELECT x, y FROM a");
        await Do(database, $"CREATE VIEW star AS SELECT * FROM a");
        await Do(database, $"CREATE VIEW behind AS SELECT y FROM star");
        await Do(database, $"CREATE OR REPLACE VIEW a AS SELECT 1 AS x");
        await Assert.ThrowsAsync<EngineException>(() => Do(database, $"CREATE TABLE t AS SELECT * FROM names"));
        await Assert.ThrowsAsync<EngineException>(() => Do(database, $"CREATE TABLE t AS SELECT * FROM behind"));
        await Do(database, $"CREATE TABLE t AS SELECT * FROM star");
        Assert.Equal(["x"], (await database.Engine.DescribeAsync(new(null, "t"), default))!.Columns.Select(c => c.Name));
    }

    [Theory]
    [InlineData("SELECT v_max FROM m.cpu", "v_max", true)]
    [InlineData("SELECT \"V_Max\" FROM \"m\".\"cpu\"", "v_max", true)]
    [InlineData("SELECT v_max FROM other.cpu", "v_max", false)]
    [InlineData("SELECT v_max FROM db.m.cpu", "v_max", true)]
    [InlineData("SELECT c.* FROM cpu AS c", "v_max", true)]
    [InlineData("SELECT (a * b) FROM cpu", "v_max", false)]
    [InlineData("SELECT 'v_max', 'it''s cpu' FROM cpu", "v_max", false)]
    [InlineData("SELECT 'cpu' AS v_max FROM t", "v_max", false)]
    [InlineData("SELECT \"we\"\"ird\" FROM cpu", "we\"ird", true)]
    public void What_a_view_reads_is_told_by_its_names(string sql, string column, bool reads)
    {
        var text = new ViewText(sql, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(reads, text.Names(new TableName("m", "cpu")) && text.Reads(column));
    }

    private static Task Do(Database database, SqlText statement) =>
        database.Engine.TransactAsync((s, token) => s.ExecuteAsync(statement, token), Scope.Writing, default);
}
