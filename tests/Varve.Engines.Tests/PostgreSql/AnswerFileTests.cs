using System.Globalization;
using DuckDB.NET.Data;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;
using Varve.Reading;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>Answers of a server as Parquet: the rows of the answer, in its order, with the types that such a file has.</summary>
public sealed class AnswerFileTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    private const string Typed = """
        policy: cpu
        table: m.cpu
        time: ts
        series: [host]
        measures:
          i: [sum, last]
          v: [avg, min]
          n: [sum, avg, max]
          big: [last]
          b: [last]
          d: [max]
          u: [last]
          e: [last]
          at: [first]
          o: [last]
        tiers: [{ every: 1h }, { every: 1d, zone: Europe/Berlin, name: day }]
        """;

    private string Folder => ((PostgreSqlScratch)Db).Folder;

    private string Path => System.IO.Path.Combine(Folder, "answer.parquet");

    [Fact]
    public async Task All_slices_of_an_answer_are_in_one_file_in_their_order()
    {
        var story = await BeginAsync();
        var request = new QueryRequest
        {
            Policy = "cpu",
            From = At("2025-01-01"),
            To = At("2025-03-01"),
            Every = "1h",
        };
        var (_, rows) = await story.WithAsync(l => l.ExportAsync(request, Path));
        var answer = await story.WithAsync(l => l.QueryAsync(request));
        Assert.Equal(answer.Rows.Count, rows);
        Assert.InRange(rows, 1_000, 3_000);
        var read = Read("SELECT CAST(epoch_us(ts) AS VARCHAR), host, CAST(i_last AS VARCHAR), CAST(v_min AS VARCHAR)");
        var (host, last, least) = (Place("host"), Place("i_last"), Place("v_min"));
        Assert.Equal(
            answer.Rows.Select((r, i) => string.Join('|', answer.Starts[i].ToUnixTimeTicks() / 10, r[host], r[last], Written(r[least]))),
            read.Select(r => string.Join('|', r[0], r[1], r[2], Written(double.Parse(r[3]!, CultureInfo.InvariantCulture))))
        );
        Assert.Equal(["answer.parquet"], Directory.GetFileSystemEntries(Folder).Select(System.IO.Path.GetFileName));

        int Place(string column) => answer.Columns.ToList().IndexOf(column);
        static string? Written(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Columns_have_types_and_what_such_a_file_has_no_type_for_is_text()
    {
        var story = await BeginAsync();
        await story.WithAsync(l =>
            l.ExportAsync(
                new()
                {
                    Policy = "cpu",
                    From = At("2025-01-01"),
                    To = At("2025-02-01"),
                    Every = "day",
                },
                Path
            )
        );
        var types = Read("SELECT column_name, column_type FROM (DESCRIBE FROM $path)", "").ToDictionary(r => r[0]!, r => r[1]!);
        Dictionary<string, string> expected = new()
        {
            ["ts"] = "TIMESTAMP WITH TIME ZONE",
            ["varve_local"] = "DATE",
            ["host"] = "VARCHAR",
            ["i_sum"] = "DECIMAL(38,0)",
            ["i_last"] = "INTEGER",
            ["v_avg"] = "DOUBLE",
            ["n_sum"] = "DECIMAL(38,2)",
            ["n_max"] = "DECIMAL(38,2)",
            ["big_last"] = "VARCHAR",
            ["b_last"] = "BOOLEAN",
            ["d_max"] = "DATE",
            ["u_last"] = "UUID",
            ["e_last"] = "VARCHAR",
            ["at_first"] = "TIMESTAMP",
            ["o_last"] = "VARCHAR",
        };
        foreach (var (column, type) in expected)
            Assert.Equal((column, type), (column, types[column]));
        Assert.Equal(
            ["12345678901234567890123456789012345678901234567890.5", "hot", "10.0.0.1/32"],
            Read("SELECT DISTINCT big_last, e_last, CAST(o_last AS VARCHAR)").Single()
        );
    }

    [Fact]
    public async Task An_answer_without_rows_has_its_columns()
    {
        var story = await BeginAsync();
        var (_, rows) = await story.WithAsync(l =>
            l.ExportAsync(
                new()
                {
                    Policy = "cpu",
                    From = At("2030-01-01"),
                    To = At("2030-02-01"),
                    Every = "1h",
                },
                Path
            )
        );
        Assert.Equal(0, rows);
        Assert.Equal(["0"], Read("SELECT CAST(count(v_avg) + count(u_last) + count(varve_complete) AS VARCHAR)").Single());
    }

    private List<string?[]> Read(string select, string from = " FROM $path")
    {
        using var duck = new DuckDBConnection("DataSource=:memory:");
        duck.Open();
        using var command = duck.CreateCommand();
        command.CommandText = (select + from).Replace("$path", $"'{Path}'", StringComparison.Ordinal);
        using var reader = command.ExecuteReader();
        List<string?[]> rows = [];
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetString(i))]);
        return rows;
    }

    private async Task<Story> BeginAsync()
    {
        await Db.ExecuteAsync(
            """
            CREATE SCHEMA m; CREATE TYPE m.heat AS ENUM ('cold', 'hot');
            CREATE TABLE m.cpu (ts TIMESTAMPTZ, host TEXT, i INTEGER, v DOUBLE PRECISION, n NUMERIC(10, 2), big NUMERIC, b BOOLEAN, d DATE, u UUID, e m.heat, at TIMESTAMP, o INET);
            INSERT INTO m.cpu SELECT TIMESTAMPTZ '2025-01-01 00:00:00+00' + n * INTERVAL '30 minutes', 'h' || n % 2, n, n / 7.0, n / 4.0, 12345678901234567890123456789012345678901234567890.5, n % 3 = 0,
              DATE '2025-01-01' + n % 100, CAST(md5(CAST(n AS TEXT)) AS UUID), 'hot', TIMESTAMP '2025-01-01' + n * INTERVAL '1 second', '10.0.0.1' FROM generate_series(0, 2600) n
            """
        );
        var story = new Story(Db, Cpu());
        await story.WithAsync(l => l.ApplyAsync(PolicyYaml.Parse(Typed, "policy.yaml")));
        await story.RunWellAsync("2025-03-01");
        return story;
    }
}
