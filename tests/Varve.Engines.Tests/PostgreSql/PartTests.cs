using Npgsql;
using Varve.DuckDb;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>
/// Parts of one engine are parts of the other, every value of every type comes back, and a large archive takes little memory.
/// </summary>
public sealed class PartTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    private const string Kept = "archive: cold\nkeep: 3d\ntiers: [{ every: 1d }]";

    [Fact]
    public async Task A_part_that_DuckDb_wrote_is_restored_here_and_the_other_way_round()
    {
        var rows = Every("2025-01-01", "2025-01-10", "1h");
        using var cold = new ColdPlace();
        await using var file = DuckDbScratch.New();
        var there = await Story.BeginAsync(file, Cpu(), null, rows);
        there.Archives = cold.Declared;
        await there.ApplyAsync(Policy(Kept));
        await there.RunWellAsync("2025-01-10");
        await using (var database = await Db.OpenAsync())
        {
            var result = await new Lifecycle(database, new() { Archives = cold.Declared }).RestoreAsync(
                new() { Policy = "m.cpu", Location = "cold" }
            );
            Same(Before(rows, "2025-01-07"), await Db.ReadAsync(Cpu() with { Name = result.Table }));
        }

        using var colder = new ColdPlace();
        var here = await Story.BeginAsync(Db, Cpu(), null, rows);
        here.Archives = colder.Declared;
        await here.ApplyAsync(Policy(Kept));
        await here.RunWellAsync("2025-01-10");
        await using var other = DuckDbScratch.New();
        await using var empty = await other.OpenAsync();
        var back = await new Lifecycle(empty, new() { Archives = colder.Declared }).RestoreAsync(
            new() { Policy = "m.cpu", Location = "cold" }
        );
        Same(Before(rows, "2025-01-07"), await other.ReadAsync(Cpu() with { Name = back.Table }));
    }

    [Theory]
    [InlineData(false, "public")]
    [InlineData(true, "main")]
    public async Task A_table_whose_schema_nobody_chose_is_restored_where_such_a_table_is_here(bool isThere, string schema)
    {
        using var cold = new ColdPlace();
        await using var file = DuckDbScratch.New();
        await file.ExecuteAsync("CREATE TABLE cpu AS SELECT TIMESTAMP '2025-01-01' AS ts, 'a' AS host, 1.0::DOUBLE AS v");
        var there = new Story(file, Cpu() with { Name = new("main", "cpu") }) { Archives = cold.Declared };
        await there.ApplyAsync("table: cpu\ntime: ts\nseries: [host]\nmeasures: { v: [sum] }\narchive: cold\nkeep: 3d");
        await there.RunWellAsync("2025-01-10");
        if (isThere)
            await Db.ExecuteAsync("CREATE SCHEMA main");
        await using var database = await Db.OpenAsync();

        var result = await new Lifecycle(database, new() { Archives = cold.Declared }).RestoreAsync(
            new() { Policy = "cpu", Location = "cold" }
        );

        Assert.Equal(new TableName(schema, "cpu_restored"), result.Table);
        Assert.Equal(isThere, (await Db.QueryAsync("SELECT 1 FROM pg_namespace WHERE nspname = 'main'")).Count == 1);
    }

    [Fact]
    public async Task Every_value_of_every_type_comes_back_as_it_went()
    {
        await Db.ExecuteAsync(
            """
            CREATE SCHEMA m; CREATE TYPE m.mood AS ENUM ('sad', 'ok'); CREATE DOMAIN m.small AS numeric(9, 3);
            CREATE TABLE m.all (ts timestamptz, a smallint, b integer, c bigint, d real, e double precision, f numeric(38, 4), g boolean, h text, i varchar(9), j m.mood, k uuid, l bytea, m date, n time, o timestamp, p json, q jsonb, r m.small, s numeric(3, 0));
            INSERT INTO m.all VALUES
              ('2025-01-01 00:00:00+00', -32768, -2147483648, -9223372036854775808, '-Infinity', '1e-320', -9999999999999999999999999999999999.9999, false, '', '{a,"b"}', 'sad', '00000000-0000-0000-0000-000000000000', '', '-infinity', '00:00', '0005-02-29 23:59:59.999999 BC', '{"a": "\\u00e9"}', '[1, null]', 0.001, 999),
              ('2025-01-01 00:00:01+00', 32767, 2147483647, 9223372036854775806, 'NaN', 'NaN', 9999999999999999999999999999999999.9999, true, E'"quoted", \\back\nnew\tline é 😀', 'NULL', 'ok', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '\x00ff5c22', 'infinity', '23:59:59.999999', 'infinity', '"x"', '{}', -999999.999, -1),
              ('2025-01-01 00:00:02+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
              ('2025-01-01 00:00:03.000001+00', 0, 0, 9007199254740993, '3.4028235e38', '-0', 0.1, true, '\N', '\', 'ok', NULL, '\x5c', '9999-12-31', '12:00:00.000001', '9999-12-31 23:59:59.999999', 'null', '"\\"', 0.1, 0)
            """
        );
        using var cold = new ColdPlace();
        var story = new Story(Db, Cpu() with { Name = new("m", "all") }) { Archives = cold.Declared };
        await story.ApplyAsync("table: m.all\ntime: ts\nseries: []\nmeasures: {}\narchive: cold\nkeep: 3d");
        var columns = string.Join(", ", "a b c d e f g h i k l m n o p q s".Split(' ')) + ", j::text, r::numeric(38, 3), ts";
        await Db.ExecuteAsync($"CREATE TABLE m.kept AS SELECT {columns} FROM m.all");
        await story.RunWellAsync("2025-01-10");
        Assert.Equal(0L, Number(await Db.QueryAsync("SELECT count(*) FROM m.all"), 0));
        await story.WithAsync(l => l.RestoreAsync(new() { Policy = "m.all", Into = new("m", "back") }));
        Assert.Equal(4L, Number(await Db.QueryAsync("SELECT count(*) FROM m.back"), 0));
        const string Texts = "SELECT ts, a, b, c, d, e::text, f, g, h, i, j, k, l, m, n, o, p::text, q::text, r, s FROM m.";
        Assert.Empty(await Db.QueryAsync($"({Texts}kept EXCEPT ALL {Texts}back) UNION ALL ({Texts}back EXCEPT ALL {Texts}kept)"));
    }

    [Theory]
    [InlineData("numeric", "numeric(p, s)")]
    [InlineData("interval", "a bigint of microseconds")]
    [InlineData("timetz", "time")]
    [InlineData("inet", "text")]
    [InlineData("integer[]", "text")]
    public async Task A_type_that_would_not_come_back_is_refused_with_one_that_does(string type, string instead)
    {
        await Db.ExecuteAsync($"CREATE SCHEMA m; CREATE TABLE m.cpu (ts timestamp, host text, v double precision, odd {type})");
        var refused = await Assert.ThrowsAsync<PolicyException>(() => new Story(Db, Cpu()).ApplyAsync(Policy("archive: cold\nkeep: 3d")));
        var problem = Assert.Single(refused.Problems, p => p.Code == "VRV143");
        Assert.Contains(instead, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_is_written_meanwhile_is_in_no_part_and_stays()
    {
        var story = await BeginAsync(Policy(Kept), Every("2025-01-01", "2025-01-10", "1h"));
        using var cold = new ColdPlace();
        story.Archives = cold.Declared;
        await using var writer = await ((PostgreSqlScratch)Db).ConnectAsync();
        await using var writing = await writer.BeginTransactionAsync();
        await using (var insert = new NpgsqlCommand("INSERT INTO m.cpu VALUES ('2025-01-02 03:00', 'late', 7)", writer))
            await insert.ExecuteNonQueryAsync();
        await story.RunWellAsync("2025-01-10");
        await writing.CommitAsync();
        Assert.Equal(1L, Number(await Db.QueryAsync("SELECT count(*) FROM m.cpu WHERE host = 'late'"), 0));
        await story.WithAsync(l => l.RestoreAsync(new() { Policy = "m.cpu" }));
        Assert.Equal(0L, Number(await Db.QueryAsync("SELECT count(*) FROM m.cpu_restored WHERE host = 'late'"), 0));
    }

    [Fact]
    public async Task Nothing_of_a_bench_is_left_on_the_disk()
    {
        var bench = await DuckDbBench.OpenAsync(CancellationToken.None);
        Assert.True(File.Exists(Path.Combine(bench.Folder, "bench.duckdb")));
        Assert.StartsWith("1.", bench.Version, StringComparison.Ordinal);
        await bench.DisposeAsync();
        Assert.False(Directory.Exists(bench.Folder));
    }
}
