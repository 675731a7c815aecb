using System.Globalization;
using DuckDB.NET.Data;
using Varve.DuckDb;
using Varve.Sql;

namespace Varve.Engines.Tests.DuckDb;

public sealed class ErrorTests : Files
{
    [Fact]
    public void A_missing_file_is_named_with_the_way_to_make_one()
    {
        var error = Refused(Named("none.duckdb"));
        Assert.Equal(EngineCodes.Missing, error.Code);
        Assert.Contains(Named("none.duckdb"), error.Message, StringComparison.Ordinal);
        Assert.Contains("DuckDbOptions.Create", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Named("none.duckdb")));
        Assert.Equal(EngineCodes.Missing, Refused(Named("none.duckdb"), new() { ReadOnly = true, Create = true }).Code);
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        var error = Refused(Named("no/such/x.duckdb"), new() { Create = true });
        Assert.Equal(EngineCodes.Missing, error.Code);
        Assert.Contains(Named("no/such"), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello world, I am no database")]
    [InlineData("")]
    public void A_file_that_is_no_database_is_refused_and_stays_as_it_is(string content)
    {
        var file = Named("text.duckdb");
        File.WriteAllText(file, content.PadRight(content.Length * 500));
        var before = File.ReadAllBytes(file);
        Assert.Equal(EngineCodes.NotADatabase, Refused(file).Code);
        Assert.Equal(before, File.ReadAllBytes(file));
    }

    [Fact]
    public void A_folder_is_no_database()
    {
        Assert.Equal(EngineCodes.NotADatabase, Refused(Named(".")).Code);
    }

    [Fact]
    public async Task A_damaged_file_is_told_from_a_foreign_one()
    {
        await using (var database = New())
            await Do(database, $"CREATE TABLE t AS SELECT 1 AS a");
        var bytes = await File.ReadAllBytesAsync(Named("x.duckdb"));
        bytes[12] ^= 0x55;
        await File.WriteAllBytesAsync(Named("damaged.duckdb"), bytes);
        Assert.Equal(EngineCodes.Damaged, Refused(Named("damaged.duckdb")).Code);
    }

    [Fact]
    [Rule("duckdb-lease")]
    public async Task A_file_that_another_process_holds_names_that_process()
    {
        var file = Named("held.duckdb");
        await using (var other = await OtherProcess.HoldingAsync(file))
        {
            var error = Assert.Throws<BusyException>(() => DuckDbDatabase.Open(file));
            Assert.Contains(other.Id.ToString(CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
            Assert.Equal(6, error.ExitCode);
            await Assert.ThrowsAsync<BusyException>(() => DuckDbDatabase.OpenAsync(file, new() { ReadOnly = true }));
        }

        await using var free = DuckDbDatabase.Open(file);
        Assert.Equal(1, await One(free, $"SELECT 1"));
    }

    [Fact]
    public async Task Readers_read_together_and_write_nothing()
    {
        await using (var database = New())
            await Do(database, $"CREATE TABLE t AS SELECT 1 AS a");
        await using var one = DuckDbDatabase.Open(Named("x.duckdb"), new() { ReadOnly = true });
        await using var two = DuckDbDatabase.Open(Named("x.duckdb"), new() { ReadOnly = true });
        Assert.Equal(1, await One(two, $"SELECT a FROM t"));
        var error = await Assert.ThrowsAsync<EngineException>(() => Do(one, $"INSERT INTO t VALUES (2)"));
        Assert.Equal(EngineCodes.ReadOnly, error.Code);
        Assert.Equal(EngineCodes.ReadOnly, Refused(Named("x.duckdb")).Code);
    }

    [Fact]
    public async Task A_file_opened_for_reading_stays_unwritten_even_where_the_process_may_write_it()
    {
        await using var writer = New();
        await Do(writer, $"CREATE TABLE t AS SELECT 1 AS a");
        await using var reader = DuckDbDatabase.Open(Named("x.duckdb"), new() { ReadOnly = true });
        Assert.Equal(EngineCodes.ReadOnly, (await Assert.ThrowsAsync<EngineException>(() => Do(reader, $"DROP TABLE t"))).Code);
    }

    [Fact]
    public async Task Errors_of_statements_are_told_apart_without_values_or_sql()
    {
        await using var database = New();
        await Do(database, $"CREATE TABLE t (a INTEGER, b BIGINT PRIMARY KEY, s VARCHAR)");
        await Do(database, $"INSERT INTO t VALUES (1, 9223372036854775807, 'geheim')");
        (SqlText Statement, string Code, string Says)[] cases =
        [
            ($"SELECT * FROM nope", EngineCodes.Unknown, "table nope"),
            ($"SELECT nope FROM t", EngineCodes.Unknown, "column nope"),
            ($"SELECT nope(a) FROM t", EngineCodes.Unknown, "does not exist"),
            ($"SELECT CAST(s AS INTEGER) FROM t", EngineCodes.Conversion, "INT32"),
            ($"SELECT CAST({"geheim"} AS INTEGER)", EngineCodes.Conversion, "INT32"),
            ($"SELECT b + 1 FROM t", EngineCodes.Overflow, "Overflow in addition"),
            ($"INSERT INTO t VALUES (1, 9223372036854775807, 'geheim')", EngineCodes.Constraint, "constraint"),
            ($"CREATE TABLE t (a INTEGER)", EngineCodes.NameTaken, "exists already"),
            ($"SELEC geheim", EngineCodes.Statement, "plan --sql"),
            ($"SELECT error('geheim')", EngineCodes.Refused, "history"),
        ];
        foreach (var (statement, code, says) in cases)
        {
            var error = await Assert.ThrowsAsync<EngineException>(() => Do(database, statement));
            Assert.Equal((says, code), (says, error.Code));
            Assert.Contains(says, error.Message, StringComparison.OrdinalIgnoreCase);
            Assert.StartsWith(Named("x.duckdb"), error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("geheim", error.Message, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("9223372036854775807", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("LINE", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", error.Message, StringComparison.Ordinal);
            Assert.False(error.IsTransient);
        }
    }

    /// <summary>What writes waits for whoever writes to the same file, but not for the transaction that it is done in.</summary>
    [Fact]
    public async Task Two_connections_of_a_file_write_one_after_the_other_and_within_each_other()
    {
        await using var one = New();
        await using var two = New();
        await Do(one, $"CREATE TABLE t AS SELECT 1 AS a");
        await Do(one, $"CREATE TABLE u AS SELECT 1 AS a");
        var begun = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        var first = Task.Run(() =>
            one.Engine.TransactAsync(
                async (statements, token) =>
                {
                    await statements.ExecuteAsync($"UPDATE t SET a = 2", token);
                    await Do(two, $"UPDATE u SET a = 2", token);
                    begun.SetResult();
                    await goOn.Task;
                    return 0;
                },
                Scope.Writing,
                default
            )
        );
        await begun.Task;
        var second = Do(two, $"UPDATE t SET a = 3");
        Assert.NotEqual(second, await Task.WhenAny(second, Task.Delay(200)));
        goOn.SetResult();
        await first;
        Assert.Equal(1, await second);
        Assert.Equal(3, await One(two, $"SELECT a FROM t"));
    }

    [Fact]
    public async Task Two_writers_of_the_same_row_conflict_and_may_try_again()
    {
        await using var one = New();
        await Do(one, $"CREATE TABLE t AS SELECT 1 AS a");

        // Somebody else in this process, who does not wait for whoever writes.
        using var two = new DuckDBConnection($"Data Source={Named("x.duckdb")}");
        two.Open();
        using (var open = two.BeginTransaction())
        {
            using var update = two.CreateCommand();
            update.CommandText = "UPDATE t SET a = 2";
            update.ExecuteNonQuery();
            var error = await Assert.ThrowsAsync<EngineException>(() => Do(one, $"UPDATE t SET a = 3"));
            Assert.Equal(EngineCodes.Conflict, error.Code);
            Assert.True(error.IsTransient);
            open.Rollback();
        }

        Assert.Equal(1, await Do(one, $"UPDATE t SET a = 3"));
    }

    [Fact]
    public async Task Too_little_memory_says_which_knob_to_turn()
    {
        await using var database = DuckDbDatabase.Open(":memory:", new() { MemoryLimit = "20MB" });
        var error = await Assert.ThrowsAsync<EngineException>(() =>
            Ask(database, $"SELECT count(*) FROM (SELECT DISTINCT i, random() FROM range(20000000) r(i))")
        );
        Assert.Contains(error.Code, new[] { EngineCodes.OutOfMemory, EngineCodes.DiskFull });
        Assert.Contains("memory_limit", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        Assert.Equal(1, await One(database, $"SELECT 1"));
    }

    [Fact]
    public void A_setting_that_duckdb_refuses_is_named()
    {
        var error = Refused(":memory:", new() { MemoryLimit = "20XB" });
        Assert.Equal(EngineCodes.Setting, error.Code);
        Assert.Contains("20XB", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("duckdb:x.duckdb?memory=1GB", "memory")]
    [InlineData("duckdb:x.duckdb?threads=many", "threads=many")]
    [InlineData("duckdb:x.duckdb?threads=0", "threads=0")]
    [InlineData("postgresql://host/db", "duckdb:FILE")]
    public void A_url_that_duckdb_cannot_serve_is_refused(string url, string says)
    {
        var error = Assert.Throws<PolicyException>(() => DuckDbDatabase.Open(DatabaseUrl.Parse(url)));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IO Error: Could not write file \"/x\": No space left on device", EngineCodes.DiskFull)]
    [InlineData("IO Error: Could not write file \"/x\": File too large", EngineCodes.DiskFull)]
    [InlineData("IO Error: Cannot open file \"/x\": Permission denied", EngineCodes.ReadOnly)]
    [InlineData("IO Error: Cannot open file \"/x\": Read-only file system", EngineCodes.ReadOnly)]
    [InlineData(
        "IO Error: Trying to read a database file with version number 99, but we can only read versions between 64 and 67.",
        EngineCodes.OtherVersion
    )]
    [InlineData(
        "Serialization Error: Error opening \"/x\": file was written with a storage version greater than the latest version supported by this DuckDB instance. Try opening the file with a newer version of DuckDB.",
        EngineCodes.OtherVersion
    )]
    [InlineData(
        "TransactionContext Error: Failed to commit: Could not write file \"/x.wal\": No space left on device",
        EngineCodes.DiskFull
    )]
    [InlineData("TransactionContext Error: Failed to commit: Could not write file \"/x.wal\": File too large", EngineCodes.DiskFull)]
    [InlineData(
        "TransactionContext Error: Failed to commit: failed to pin block of size 256.0 KiB (1 MiB/1 MiB used)",
        EngineCodes.OutOfMemory
    )]
    [InlineData(
        "TransactionContext Error: Failed to commit: could not allocate block of size 256.0 KiB (1 MiB/1 MiB used)",
        EngineCodes.OutOfMemory
    )]
    [InlineData("FATAL Error: Failed: database has been invalidated because of a previous fatal error.", EngineCodes.Damaged)]
    public void Words_of_the_operating_system_are_understood(string text, string code) =>
        Assert.Equal(code, DuckDbFileErrors.Read(text)!.Value.Code);

    [Fact]
    public void Words_in_a_value_are_not_taken_for_the_operating_systems() =>
        Assert.Null(DuckDbFileErrors.Read("Conversion Error: Could not convert string 'No space left' to INT32"));

    [Fact]
    public void Words_in_a_value_that_a_commit_quotes_are_not_taken_for_the_operating_systems() =>
        Assert.Null(
            DuckDbFileErrors.Read(
                "TransactionContext Error: Failed to commit: PRIMARY KEY or UNIQUE constraint violation: duplicate key \"No space left\""
            )
        );

    private static EngineException Refused(string path, DuckDbOptions? options = null) =>
        Assert.Throws<EngineException>(() => DuckDbDatabase.Open(path, options));
}
