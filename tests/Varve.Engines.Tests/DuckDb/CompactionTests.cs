using DuckDB.NET.Data;
using Varve.DuckDb;
using Varve.Engines;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.DuckDb;

public sealed class CompactionTests : Files
{
    [Fact]
    public async Task Everything_that_a_file_can_hold_is_in_the_copy()
    {
        Say(
            """
            CREATE SCHEMA "m 1"; CREATE SCHEMA empty;
            CREATE TYPE "m 1".mood AS ENUM ('a', 'b');
            CREATE SEQUENCE "m 1".sq START 5 INCREMENT 2; CREATE SEQUENCE unused START 7;
            CREATE TABLE "m 1".t (id BIGINT DEFAULT nextval('"m 1".sq') PRIMARY KEY, x INTEGER CHECK (x > 0), mo "m 1".mood, "g g" INTEGER GENERATED ALWAYS AS (x * 2), u VARCHAR UNIQUE NOT NULL, l INTEGER[], st STRUCT(a INTEGER, b VARCHAR), h HUGEINT, d DECIMAL(38, 5), b BLOB, tz TIMESTAMPTZ, iv INTERVAL);
            INSERT INTO "m 1".t (x, mo, u, l, st, h, d, b, tz, iv) SELECT i + 1, 'b', i, [i, NULL], {'a': i, 'b': 'x'}, i, i / 3, 'x'::BLOB, TIMESTAMPTZ '2025-01-01 00:00:00+00', INTERVAL (i) DAY FROM range(5000) r(i);
            CREATE INDEX ix ON "m 1".t (x);
            CREATE TABLE z_parent (id INTEGER PRIMARY KEY); INSERT INTO z_parent VALUES (1), (2);
            CREATE TABLE a_child (id INTEGER REFERENCES z_parent (id)); INSERT INTO a_child VALUES (2), (NULL);
            CREATE VIEW z_view AS SELECT x FROM "m 1".t; CREATE VIEW a_view AS SELECT * FROM z_view;
            CREATE TABLE gone (a INTEGER); CREATE VIEW dangling AS SELECT * FROM gone; DROP TABLE gone;
            CREATE MACRO plus(a, b := 5) AS a + b; CREATE MACRO rows_of(n) AS TABLE SELECT n AS n;
            CREATE TABLE nan (v DOUBLE); INSERT INTO nan VALUES ('NaN'), ('-0.0'), ('Infinity'), (NULL);
            COMMENT ON TABLE "m 1".t IS 'a table'; COMMENT ON COLUMN "m 1".t.x IS 'a column'; COMMENT ON VIEW a_view IS 'a view'; COMMENT ON INDEX "m 1".ix IS 'an index'; COMMENT ON SEQUENCE unused IS 'a sequence';
            """
        );
        var report = await DuckDbCompaction.CompactAsync(
            Named("x.duckdb"),
            Named("y.duckdb"),
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(5008, report.Rows);
        Assert.Equal(4, report.Tables);
        Assert.Equal(new FileInfo(Named("y.duckdb")).Length, report.BytesAfter);
        Assert.Equal(
            [Named("x.duckdb"), Named("y.duckdb")],
            Directory.GetFileSystemEntries(Path.GetDirectoryName(Named("x"))!).Order(StringComparer.Ordinal)
        );

        // It goes on where the source was: the sequence with its next value, keys and checks in force.
        Say("INSERT INTO \"m 1\".t (x, u) VALUES (9, 'new')", "y.duckdb");
        await using var copy = DuckDbDatabase.Open(Named("y.duckdb"));
        Assert.Equal(10_005L, await One(copy, $"SELECT max(id) FROM \"m 1\".t"));
        Assert.Equal(18, await One(copy, $"SELECT \"g g\" FROM \"m 1\".t WHERE u = 'new'"));
        Assert.Equal(9, await One(copy, $"SELECT x FROM a_view WHERE x = 9 LIMIT 1"));
        Assert.Equal(6, await One(copy, $"SELECT plus(1)"));
        Assert.Equal(
            EngineCodes.Constraint,
            (await Assert.ThrowsAsync<EngineException>(() => Do(copy, $"INSERT INTO \"m 1\".t (x, u) VALUES (0, 'y')"))).Code
        );
        Assert.Equal(
            EngineCodes.Constraint,
            (await Assert.ThrowsAsync<EngineException>(() => Do(copy, $"INSERT INTO a_child VALUES (3)"))).Code
        );
    }

    [Fact]
    [Rule("duckdb-compact")]
    public async Task Space_of_removed_rows_is_given_back_and_the_catalog_goes_on()
    {
        await using var scratch = new DuckDbScratch();
        await scratch.ExecuteAsync(
            "CREATE SCHEMA m; CREATE TABLE m.cpu AS SELECT ts, 'a' AS host, random() AS v FROM range(TIMESTAMP '2025-01-01', TIMESTAMP '2025-02-01', INTERVAL 5 SECOND) r(ts)"
        );
        var story = new Story(
            scratch,
            new(new("m", "cpu"), "ts", TimeKind.Timestamp, [new("host", ValueKind.Text), new("v", ValueKind.Double)])
        );
        await story.ApplyAsync("table: m.cpu\ntime: ts\nseries: [host]\nmeasures: { v: [avg] }\nkeep: 2d\ntiers: [{ every: 1h }]\n");
        await story.RunWellAsync("2025-02-01");
        var head = await story.WithAsync(l => l.VerifyAuditAsync());
        var report = await DuckDbCompaction.CompactAsync(
            scratch.File,
            Named("y.duckdb"),
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.True(report.BytesAfter < report.BytesBefore / 2, $"{report.BytesBefore} to {report.BytesAfter} bytes");
        File.Move(Named("y.duckdb"), scratch.File, overwrite: true);
        Assert.Equal(head.Head, (await story.WithAsync(l => l.VerifyAuditAsync(head.Head))).Head);
        Assert.Empty((await story.RunWellAsync("2025-02-01")).Done);
        Assert.NotEmpty((await story.RunWellAsync("2025-02-03")).Done);
    }

    [Theory]
    [InlineData("x.duckdb")]
    [InlineData("there.duckdb")]
    [InlineData("link.duckdb")]
    [InlineData("waiting.duckdb")]
    public async Task Nothing_is_overwritten(string target)
    {
        Say("CREATE TABLE t (a INTEGER)");
        await File.WriteAllTextAsync(Named("there.duckdb"), "mine", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Named("waiting.duckdb.wal"), "mine", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Named("link.duckdb"), Named("x.duckdb"));
        var before = Directory.GetFileSystemEntries(Path.GetDirectoryName(Named("x"))!).Length;
        var refused = await Assert.ThrowsAsync<PolicyException>(() => DuckDbCompaction.CompactAsync(Named("x.duckdb"), Named(target)));
        Assert.Equal("VRV170", refused.Code);
        Assert.Equal(before, Directory.GetFileSystemEntries(Path.GetDirectoryName(Named("x"))!).Length);
        Assert.Equal("mine", await File.ReadAllTextAsync(Named("there.duckdb"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_copy_that_is_cancelled_leaves_nothing()
    {
        Say("CREATE TABLE t AS SELECT random() AS a, i::VARCHAR AS b FROM range(6000000) r(i)");
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(150));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            DuckDbCompaction.CompactAsync(Named("x.duckdb"), Named("y.duckdb"), cancellationToken: soon.Token)
        );
        Assert.Equal([Named("x.duckdb")], Directory.GetFileSystemEntries(Path.GetDirectoryName(Named("x"))!));
    }

    [Theory]
    [InlineData("CREATE MACRO f(a) AS a + 1; CREATE TABLE t (a INTEGER DEFAULT f(3))", "a definition")]
    [InlineData(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES t (id)); INSERT INTO t VALUES (1, NULL); INSERT INTO t VALUES (2, 1)",
        "the rows of main.t"
    )]
    public async Task What_duckdb_cannot_copy_is_said_and_leaves_nothing(string sql, string what)
    {
        Say(sql);
        var refused = await Assert.ThrowsAsync<EngineException>(() => DuckDbCompaction.CompactAsync(Named("x.duckdb"), Named("y.duckdb")));
        Assert.Equal(EngineCodes.NotWritten, refused.Code);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        Assert.Equal([Named("x.duckdb")], Directory.GetFileSystemEntries(Path.GetDirectoryName(Named("x"))!));
    }

    [Theory]
    [InlineData("DELETE FROM varve_compact.t WHERE a = 3", "rows of main.t")]
    [InlineData("UPDATE varve_compact.t SET a = 4 WHERE a = 3", "rows of main.t")]
    [InlineData("CREATE VIEW varve_compact.w AS SELECT 1 AS a", "view main.w")]
    [InlineData("DROP INDEX varve_compact.ix", "index main.ix")]
    [InlineData("SELECT nextval('varve_compact.sq')", "sequence main.sq")]
    public async Task A_copy_that_differs_is_found(string meddling, string expected)
    {
        Say("CREATE SEQUENCE sq; CREATE TABLE t AS SELECT i AS a FROM range(10) r(i); CREATE INDEX ix ON t (a)");
        await using var connection = new DuckDBConnection("DataSource=:memory:");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        Run(connection, $"ATTACH '{Named("x.duckdb")}' AS x (READ_ONLY); ATTACH '{Named("y.duckdb")}' AS varve_compact");
        var statements = new DuckDbStatements(connection, new DuckDbDialect("memory"), new DuckDbObserver(), "x");
        var tables = await new DuckDbCompactionCopy(statements, "x").RunAsync(default);
        var proof = new DuckDbCompactionProof(statements, "x", "x.duckdb");
        Assert.Equal(10, await proof.CompareAsync(tables, default));
        Run(connection, meddling);
        var error = await Assert.ThrowsAsync<EngineException>(() => proof.CompareAsync(tables, default));
        Assert.Equal(EngineCodes.NotWritten, error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_no_database_is_refused()
    {
        Assert.Equal(
            EngineCodes.Missing,
            (await Assert.ThrowsAsync<EngineException>(() => DuckDbCompaction.CompactAsync(Named("none.duckdb"), Named("y.duckdb")))).Code
        );
        await File.WriteAllTextAsync(Named("text.duckdb"), new string('x', 20_000), TestContext.Current.CancellationToken);
        Assert.Equal(
            EngineCodes.NotADatabase,
            (await Assert.ThrowsAsync<EngineException>(() => DuckDbCompaction.CompactAsync(Named("text.duckdb"), Named("y.duckdb")))).Code
        );
    }

    private void Say(string sql, string file = "x.duckdb")
    {
        using var connection = new DuckDBConnection($"DataSource={Named(file)}");
        connection.Open();
        Run(connection, sql);
    }

    private static void Run(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
