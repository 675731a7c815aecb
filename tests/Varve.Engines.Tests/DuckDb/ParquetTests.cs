using Varve.DuckDb;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.DuckDb;

/// <summary>Every type that is archived comes back to the last bit; every other one is refused by name.</summary>
public sealed class ParquetTests
{
    /// <summary>A type, and values at its edges; NULL is added to each.</summary>
    public static TheoryData<string, string> Kept =>
        new()
        {
            { "TINYINT", "-128, 0, 127" },
            { "SMALLINT", "-32768, 32767" },
            { "INTEGER", "-2147483648, 2147483647" },
            { "BIGINT", "-9223372036854775808, 9223372036854775807" },
            { "UTINYINT", "0, 255" },
            { "USMALLINT", "0, 65535" },
            { "UINTEGER", "0, 4294967295" },
            { "UBIGINT", "0, 18446744073709551615" },
            { "FLOAT", "'NaN', 'Infinity', '-Infinity', '-0.0', 0, 1.4e-45, 3.4028235e38" },
            { "DOUBLE", "'NaN', 'Infinity', '-Infinity', '-0.0', 0, 5e-324, 1.7976931348623157e308, 0.1" },
            { "DECIMAL(4,2)", "-99.99, 0, 99.99" },
            { "DECIMAL(9,3)", "-999999.999, 999999.999" },
            { "DECIMAL(18,0)", "-999999999999999999, 999999999999999999" },
            { "DECIMAL(38,10)", "-9999999999999999999999999999.9999999999, 9999999999999999999999999999.9999999999" },
            { "BOOLEAN", "true, false" },
            { "VARCHAR", "'', 'a' || chr(0) || 'b', 'ü漢字🎉', repeat('x', 100000)" },
            { "JSON", "'{}', '{\"a\": [1, null]}', '\"\"'" },
            { "BLOB", "''::BLOB, '\\x00\\xFF'::BLOB" },
            { "UUID", "'00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'" },
            { "DATE", "'infinity', '-infinity', '5877642-06-25 (BC)', '5881580-07-10', '1969-12-31'" },
            { "TIME", "'00:00:00', '23:59:59.999999', '24:00:00'" },
            {
                "TIMESTAMP",
                "'infinity', '-infinity', '290309-12-22 (BC) 00:00:00', '294247-01-10 04:00:54.775806', '1969-12-31 23:59:59.999999'"
            },
            { "TIMESTAMP_S", "'1969-12-31 23:59:59', '0001-01-01', '9999-12-31 23:59:59'" },
            { "TIMESTAMP_MS", "'infinity', '-infinity', '1969-12-31 23:59:59.999', '0001-01-01', '9999-12-31 23:59:59.999'" },
            {
                "TIMESTAMP_NS",
                "'infinity', '-infinity', '1677-09-22 00:00:00', '2262-04-11 23:47:16.854775806', '1969-12-31 23:59:59.999999999'"
            },
            { "TIMESTAMP WITH TIME ZONE", "'infinity', '-infinity', '290309-12-22 (BC) 00:00:00+00', '294247-01-10 04:00:54.775806+00'" },
            { "INTEGER[]", "[], [NULL, 1], [2147483647]" },
            { "VARCHAR[][]", "[], [[]], [NULL, ['', NULL]]" },
        };

    public static TheoryData<string> Refused =>
        [
            "HUGEINT",
            "UHUGEINT",
            "INTERVAL",
            "BIT",
            "TIME WITH TIME ZONE",
            "ENUM('a', 'b')",
            "STRUCT(a INTEGER)",
            "MAP(VARCHAR, INTEGER)",
            "UNION(a INTEGER, b VARCHAR)",
            "INTEGER[2]",
            "INTERVAL[]",
        ];

    [Theory]
    [MemberData(nameof(Kept))]
    public async Task A_type_that_is_archived_comes_back_to_the_last_bit(string type, string values)
    {
        using var cold = new ColdPlace();
        await using var db = new DuckDbScratch();
        var rows = Split(values).Append("NULL").Select((v, i) => FormattableString.Invariant($"({i}, CAST({v} AS {type}))"));
        await db.ExecuteAsync($"CREATE TABLE t AS SELECT * FROM (VALUES {string.Join(", ", rows)}) AS v(ts, x)");
        await using var database = await db.OpenAsync();
        var description = (await database.Engine.DescribeAsync(new(null, "t"), default))!;
        var parquet = new DuckDbParquet();
        Assert.True(parquet.Survives(description.Columns[1].TypeName), description.Columns[1].TypeName);
        var path = cold.At("t.parquet");
        await database.Engine.TransactAsync(
            async (s, token) => await s.ExecuteAsync(parquet.Write($"SELECT ts, x FROM t", path), token),
            Scope.Writing,
            default
        );
        var odd = await database.Engine.TransactAsync(
            async (s, token) =>
            {
                var back = parquet.Read(description.Columns, [path]);
                var different = await s.QueryAsync(
                    $"SELECT t.ts FROM t JOIN {back} AS b USING (ts) WHERE t.x IS DISTINCT FROM b.x OR typeof(t.x) <> typeof(b.x) OR hash(t.x) <> hash(b.x) OR CAST(t.x AS VARCHAR) IS DISTINCT FROM CAST(b.x AS VARCHAR)",
                    token
                );
                var counts = await s.QueryAsync($"SELECT (SELECT count(*) FROM t), count(*) FROM {back} AS b", token);
                Assert.Equal(counts[0].Long(0), counts[0].Long(1));
                return different;
            },
            Scope.Reading,
            default
        );
        Assert.Empty(odd);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_type_that_is_not_archived_is_refused_with_its_column(string type)
    {
        await using var db = new DuckDbScratch();
        await db.ExecuteAsync($"CREATE TABLE t (ts TIMESTAMP, odd {type})");
        await using var database = await db.OpenAsync();
        var reports = await new Lifecycle(database).CheckAsync(
            Varve.Policies.PolicyYaml.Parse("table: t\ntime: ts\nkeep: 7d\narchive: cold\n", "t.yaml")
        );
        var problem = Assert.Single(reports[0].Problems, p => p.Code == "VRV143");
        Assert.Contains("`odd`", problem.Message, StringComparison.Ordinal);
        Assert.False(reports[0].IsSound);
    }

    [Fact]
    public async Task A_drill_is_refused_where_there_are_no_snapshots()
    {
        await using var db = new DuckDbScratch();
        await db.ExecuteAsync("CREATE TABLE t (ts TIMESTAMP)");
        await using var database = await db.OpenAsync();
        var reports = await new Lifecycle(database).CheckAsync(
            Varve.Policies.PolicyYaml.Parse("table: t\ntime: ts\nkeep: 7d\nsource:\n  archive: { to: cold, drill: true }\n", "t.yaml")
        );
        Assert.Equal(5, Assert.Single(reports[0].Problems, p => p.Code == "VRV144").Position?.Line);
    }

    // Commas inside of brackets and quotes belong to a value.
    private static IEnumerable<string> Split(string values)
    {
        var (depth, quoted, from) = (0, false, 0);
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] == '\'')
                quoted = !quoted;
            if (!quoted && (values[i] is '[' or '('))
                depth++;
            if (!quoted && (values[i] is ']' or ')'))
                depth--;
            if (values[i] != ',' || quoted || depth > 0)
                continue;
            yield return values[from..i].Trim();
            from = i + 1;
        }

        yield return values[from..].Trim();
    }
}
