using System.Globalization;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>Types, errors, jobs and faults of the stand-in that executes.</summary>
public sealed class ProtocolExecutedTests : ExecutingSuite
{
    [Theory]
    [InlineData("9223372036854775807", "9223372036854775807", 10)]
    [InlineData("5", "5", 9)]
    [InlineData("1.5", "1.5", 6)]
    [InlineData("'NaN'::DOUBLE PRECISION", "\"NaN\"", 6)]
    [InlineData("'12345678901234567890.0123456789'::NUMERIC", "12345678901234567890.0123456789", 22)]
    [InlineData("'2025-03-01T00:00:00Z'::TIMESTAMP WITH TIME ZONE", "1740787200000", 11)]
    [InlineData("'20230627'::TIMESTAMP", "20230627", 15)]
    [InlineData("[1, NULL]", "[1,null]", 0)]
    [InlineData("['a\"b', 'c']", "[\"a\\u0022b\",\"c\"]", 0)]
    [InlineData("date_bin('60 seconds'::INTERVAL, -60000, 0)", "-120000", 11)]
    [InlineData("date_bin('60 seconds'::INTERVAL, -60000, -864000000000000)", "-60000", 11)]
    [InlineData("-7 / 2", "-3", 9)]
    [InlineData("date_trunc('day', 'Europe/Berlin', 1700006400000::TIMESTAMP WITH TIME ZONE)", "1700002800000", 11)]
    [InlineData("TRY_CAST('x' AS BIGINT)", "null", 10)]
    [InlineData("pg_typeof(now())", "\"timestamp with time zone\"", 4)]
    public async Task Values_have_their_types(string expression, string value, int type)
    {
        var answer = (await Crate.DoAsync($"SELECT {expression} AS v")).Body;
        Assert.Contains($"\"rows\":[[{value}]]", answer, StringComparison.Ordinal);
        if (type > 0)
            Assert.Contains(FormattableString.Invariant($"\"col_types\":[{type}]"), answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELEC 1", 4000)]
    [InlineData("SELECT * FROM doc.nope", 4041)]
    [InlineData("SELECT * FROM nopes.nope", 4045)]
    [InlineData("SELECT nope FROM sys.nodes", 4043)]
    [InlineData("SELECT 1 / 0", 4000)]
    [InlineData("SELECT 'x'::BIGINT", 4000)]
    [InlineData("SELECT 1 EXCEPT SELECT 2", 4004)]
    [InlineData("SELECT sum(x) FROM unnest([9223372036854775807, 1]) AS t(x)", 5000)]
    [InlineData("MERGE INTO a USING b ON true", 4000)]
    [InlineData("ROLLBACK", 4000)]
    [InlineData("", 5000)]
    [InlineData("SELECT 1; SELECT 2", 4000)]
    public async Task Errors_have_their_codes(string statement, int code) => Assert.Equal(code, await RefusedAsync(statement));

    [Fact]
    public async Task A_bulk_statement_says_what_became_of_each_row()
    {
        await DoAsync("CREATE TABLE b (k INT PRIMARY KEY, v DOUBLE PRECISION)", "INSERT INTO b VALUES (2, 1)");
        using var client = new HttpClient();
        using var body = new StringContent(
            """{"stmt": "INSERT INTO b (k, v) VALUES (?, ?)", "bulk_args": [[1, 3], [2, 3.5], [3, "NaN"]]}"""
        );
        var answer = await (
            await client.PostAsync(
                new Uri($"http://127.0.0.1:{Crate.Http.Ports[0].ToString(CultureInfo.InvariantCulture)}/_sql?types"),
                body,
                Token
            )
        ).Content.ReadAsStringAsync(Token);
        Assert.Contains("""[{"rowcount":1},{"rowcount":-2,"error":{"code":4091,""", answer, StringComparison.Ordinal);
        await DoAsync("REFRESH TABLE b");
        Assert.Equal(["[1,3]", "[2,1]", "[3,\"NaN\"]"], await RowsAsync("SELECT * FROM b ORDER BY k"));
    }

    [Fact]
    public async Task A_statement_that_is_worked_on_is_listed_and_killed()
    {
        TaskCompletionSource begun = new();
        Crate.Before = async (call, killed) =>
        {
            if (!call.Says("'slow'"))
                return null;
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, killed);
            return null;
        };
        var slow = Session.QueryAsync($"SELECT 1 AS x WHERE 'slow' = 'slow'", Token);
        await Task.WhenAny(begun.Task, slow);
        var id = (await RowAsync("SELECT id FROM sys.jobs WHERE stmt LIKE '/* varve tests */%slow%'"))[2..^2];
        await DoAsync($"KILL '{id}'");
        Assert.Equal(EngineCodes.Interrupted, (await Assert.ThrowsAsync<EngineException>(() => slow)).Code);
        Assert.Empty(await RowsAsync("SELECT id FROM sys.jobs"));
    }

    [Fact]
    public async Task An_answer_is_lost_after_the_statement_was_done()
    {
        await DoAsync("CREATE TABLE b (k INT)");
        Crate.Http.Fails = call => call.Says("INSERT") ? Fault.LostAfter : Fault.None;
        await Assert.ThrowsAsync<EngineException>(() => Session.ExecuteAsync($"INSERT INTO b VALUES (1)", Token));
        await DoAsync("REFRESH TABLE b");
        Assert.Equal("[1]", await RowAsync("SELECT count(*) FROM b"));
    }

    [Fact]
    public async Task Keys_of_objects_become_columns_with_the_first_value()
    {
        await DoAsync("CREATE TABLE o (payload OBJECT(DYNAMIC))", "INSERT INTO o VALUES ({temperature = 1.5, n = 2})", "REFRESH TABLE o");
        Assert.Equal("[1.5,2]", await RowAsync("SELECT \"payload\"['temperature'], payload['n'] FROM o"));
        Assert.Equal(
            ["[\"payload\",\"object\"]", "[\"payload['n']\",\"bigint\"]", "[\"payload['temperature']\",\"double precision\"]"],
            [
                .. (
                    await RowsAsync("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'o' ORDER BY 1")
                ).Select(r => r.Replace("\\u0027", "'", StringComparison.Ordinal)),
            ]
        );
        Assert.Equal(4043, await RefusedAsync("SELECT payload['x'] FROM o"));
    }
}
