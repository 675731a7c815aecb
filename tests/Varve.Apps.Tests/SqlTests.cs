using System.Diagnostics;

namespace Varve.Apps.Tests;

/// <summary>Statements that are typed: on the same connection, in the forms of query, and never writing unasked.</summary>
public sealed class SqlTests(SqlTests.Table table) : IClassFixture<SqlTests.Table>
{
    [Theory]
    [InlineData("csv", "host,n\nhost0,2880\nhost1,2880\nhost2,2880\n")]
    [InlineData("tsv", "host\tn\nhost0\t2880\nhost1\t2880\nhost2\t2880\n")]
    [InlineData("ndjson", "{\"host\":\"host0\",\"n\":2880}\n{\"host\":\"host1\",\"n\":2880}\n{\"host\":\"host2\",\"n\":2880}\n")]
    public async Task What_is_asked_is_printed_as_query_prints_it(string format, string expected)
    {
        var asked = await table.Box.RunAsync("sql", "SELECT host, count(*) AS n FROM cpu GROUP BY host ORDER BY host", "-o", format);
        Assert.Equal((0, expected, ""), (asked.ExitCode, asked.Out.ReplaceLineEndings("\n"), asked.Error));
    }

    [Fact]
    public async Task Values_of_every_type_are_those_that_DuckDB_writes()
    {
        const string Values =
            "SELECT TIMESTAMP '2025-03-01 10:00:00.5' AS t, DATE '-infinity' AS d, INTERVAL '1 month 2 days' AS i, [1, 2, NULL] AS l, {'a': 1, 'b': 'x'} AS s, '\\xAB'::BLOB AS b, 12345678901234567890123::HUGEINT AS h, 1.50::DECIMAL(9,2) AS n, NULL AS nothing, 'a,\"b\"' AS v, TIME '10:20:30' AS c";
        var asked = await table.Box.RunAsync("sql", Values, "-o", "csv", "--no-headers");
        Assert.Equal(
            "2025-03-01 10:00:00.5,-infinity,1 month 2 days,\"[1, 2, NULL]\",\"{'a': 1, 'b': x}\",\\xAB,12345678901234567890123,1.50,,\"a,\"\"b\"\"\",10:20:30\n",
            asked.Out.ReplaceLineEndings("\n")
        );
    }

    [Fact]
    [Rule("query-tsv")]
    public async Task What_would_end_a_value_or_a_line_of_tsv_is_written_in_two_characters()
    {
        var asked = await table.Box.RunAsync(
            "sql",
            "SELECT 'a' || chr(9) || 'b' || chr(10) || 'c' || chr(13) || 'd\\e' AS v, 1 AS w",
            "-o",
            "tsv"
        );
        Assert.Equal((0, "v\tw\na\\tb\\nc\\rd\\\\e\t1\n"), (asked.ExitCode, asked.Out));
    }

    [Theory]
    [InlineData("DELETE FROM cpu")]
    [InlineData("CREATE TABLE other (i INTEGER)")]
    [InlineData("SELECT 1; UPDATE varve.meta SET value = 'x'")]
    public async Task What_writes_is_refused_without_write(string statement)
    {
        var refused = await table.Box.RunAsync("sql", statement);
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("VRV404", refused.Error, StringComparison.Ordinal);
        Assert.Contains("varve sql --write", refused.Error, StringComparison.Ordinal);
        Assert.Equal(8640, table.Box.Count("SELECT count(*) FROM cpu"));
    }

    [Fact]
    public async Task What_writes_is_done_with_write()
    {
        Assert.Equal(
            0,
            (await table.Box.RunAsync("sql", "--write", "CREATE TABLE note (i INTEGER); INSERT INTO note VALUES (1), (2)")).ExitCode
        );
        Assert.Equal(2, table.Box.Count("SELECT count(*) FROM note"));
    }

    [Fact]
    public async Task What_comes_in_is_run_statement_by_statement_and_the_first_error_ends_it()
    {
        var start = Tool.Command(table.Box.Folder, ["sql", "--db", table.Box.Db, "-o", "csv"]);
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(
            "SELECT ';' AS a; -- not; this\nSELECT $$b;$$ AS b;\nSELECT nonsense FROM cpu;\nSELECT 3 AS c"
        );
        process.StandardInput.Close();
        var (printed, error) = (await process.StandardOutput.ReadToEndAsync(), await process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Equal((4, "a\n;\nb\nb;\n"), (process.ExitCode, printed.ReplaceLineEndings("\n")));
        Assert.Contains("nonsense", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_goes_on_after_an_error_and_ends_when_told()
    {
        using var terminal = Terminal.Open(table.Box, "sql");
        await terminal.UntilAsync("varve> ");
        await terminal.TypeAsync("SELECT nonsense;\n");
        await terminal.UntilAsync("nonsense");
        await terminal.UntilAsync("varve> ");
        await terminal.TypeAsync("SELECT 6 *\n");
        await terminal.UntilAsync("... ");
        await terminal.TypeAsync("7 AS answer;\n");
        await terminal.UntilAsync("42");
        await terminal.UntilAsync("varve> ");
        await terminal.TypeAsync("exit\n");
        Assert.Equal(0, await terminal.EndAsync());
    }

    [Fact]
    public async Task The_versions_of_all_that_is_inside_are_said()
    {
        var version = LifecycleTests.Json(await Tool.RunAsync("version", "--output", "json"));
        Assert.All(
            new[] { "varve", "duckDb", "runtime" },
            name => Assert.Matches(@"^\d+\.\d+\.\d+", version.GetProperty(name).GetString())
        );
        Assert.Contains(
            $"DuckDB     {version.GetProperty("duckDb").GetString()}",
            (await Tool.RunAsync("version")).Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_document_has_columns_and_rows()
    {
        var document = LifecycleTests.Json(await table.Box.RunAsync("sql", "SELECT 1 AS a WHERE false", "-o", "json"));
        Assert.Equal(("a", 0), (document.GetProperty("columns")[0].GetString(), document.GetProperty("rows").GetArrayLength()));
        Assert.Equal(2, (await table.Box.RunAsync("sql", "SELECT 1; SELECT 2", "-o", "json")).ExitCode);
    }

    /// <summary>One table for all of them.</summary>
    public sealed class Table : IAsyncLifetime
    {
        internal Sandbox Box { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Box = await Sandbox.AppliedAsync();

        public ValueTask DisposeAsync()
        {
            Box.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
