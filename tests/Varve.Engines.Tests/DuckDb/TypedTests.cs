using Varve.Engines.Tests.Scratch;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Engines.Tests.DuckDb;

/// <summary>What a person wrote, as a value of a column.</summary>
public sealed class TypedTests : Files
{
    [Theory]
    [InlineData("UUID", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "AAAAAAAA-bbbb-cccc-dddd-eeeeeeeeeeee", true)]
    [InlineData("UUID", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "aaaaaaaa", null)]
    [InlineData("VARCHAR", "03", "3", false)]
    [InlineData("VARCHAR", " x", " x", true)]
    [InlineData("ENUM('a', 'b')", "a", "a", true)]
    [InlineData("ENUM('a', 'b')", "a", "A", null)]
    [InlineData("UHUGEINT", "3", "03", true)]
    [InlineData("UHUGEINT", "3", "3.2", null)]
    [InlineData("UTINYINT", "3", "-3", null)]
    [InlineData("FLOAT", "0.1", "0.1", true)]
    [InlineData("DOUBLE", "NaN", "nan", true)]
    [InlineData("DATE", "2025-04-05", "2025-04-05T00:00:00Z", true)]
    [InlineData("DATE", "2025-04-05", "2025-04-05T12:00:00Z", null)]
    [InlineData("TIMESTAMP_S", "2025-04-05", "2025-04-05T00:00:00.4Z", null)]
    [InlineData("TIMESTAMP_MS", "2025-04-05 00:00:00.123", "2025-04-05T00:00:00.123Z", true)]
    [InlineData("TIMESTAMP_MS", "2025-04-05 00:00:00.123", "2025-04-05T00:00:00.1234Z", null)]
    [InlineData("TIMESTAMP_NS", "2025-04-05 00:00:00.123456789", "2025-04-05T00:00:00.123456789Z", true)]
    [InlineData("TIMESTAMP", "infinity", "infinity", true)]
    [InlineData("TIMESTAMP WITH TIME ZONE", "2025-04-05 00:00:00+00", "2025-04-05", true)]
    [InlineData("TIMESTAMP WITH TIME ZONE", "2025-04-05 00:00:00+00", "2025-04-05T02:00:00+02:00", true)]
    [InlineData("TIME", "01:02:03", "1:02:03", true)]
    [InlineData("INTEGER[]", "[1, 2]", "[1,2]", true)]
    public async Task A_text_is_a_value_of_its_column_or_none(string type, string stored, string written, bool? same)
    {
        await using var scratch = new Scratch.DuckDbScratch();
        await scratch.ExecuteAsync($"CREATE TABLE t (v {type}); INSERT INTO t VALUES ('{stored}')");
        await using var database = await scratch.OpenAsync();
        var table = new TableName("main", "t");
        var column = (await database.Engine.DescribeAsync(table, default))!.Columns[0];
        Assert.Equal(same is not null, await One(database, WhereSql.Fits(database.Engine.Dialect, table, column, written)));
        Assert.Equal(
            same is true ? 1L : 0L,
            await One(database, $"SELECT count(*) FROM {table} WHERE {WhereSql.Matches(database.Engine.Dialect, [(column, written)])}")
        );
    }
}
