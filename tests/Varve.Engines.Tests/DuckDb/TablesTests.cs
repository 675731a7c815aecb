using Varve.Sql;

namespace Varve.Engines.Tests.DuckDb;

public sealed class TablesTests : Files
{
    [Fact]
    public async Task Base_tables_are_those_with_rows_of_their_own_in_this_database()
    {
        await using var database = New();
        await Do(database, $"CREATE TABLE zebra (a INTEGER)");
        await Do(database, $"CREATE SCHEMA {new Identifier("we\"ird")}");
        await Do(database, $"CREATE TABLE {new Identifier("we\"ird")}.{new Identifier("Ta.ble")} (a INTEGER)");
        await Do(database, $"CREATE SCHEMA varve");
        await Do(database, $"CREATE TABLE varve.meta (a INTEGER)");
        await Do(database, $"CREATE VIEW a_view AS SELECT * FROM zebra");
        await Do(database, $"CREATE TEMPORARY TABLE passing (a INTEGER)");
        await Do(database, $"ATTACH ':memory:' AS other");
        await Do(database, $"CREATE TABLE other.foreign_table (a INTEGER)");
        (string, string)[] expected = [("main", "zebra"), ("we\"ird", "Ta.ble")];
        Assert.Equal(expected, (await Ask(database, database.Engine.Dialect.BaseTables("varve"))).Select(r => (r.Text(0), r.Text(1))));
        Assert.Contains(await Ask(database, database.Engine.Dialect.BaseTables("elsewhere")), r => r.Text(1) == "meta");
    }
}
