using System.Globalization;
using System.Text.Json;
using DuckDB.NET.Data;

namespace Varve.Apps.Tests;

/// <summary>What is read goes out as the database writes it, whatever its type, the output and the culture.</summary>
public sealed class ReadingValuesTests
{
    private static readonly (string Name, string Type, string Least, string Greatest)[] s_kinds =
    [
        ("tinyint", "TINYINT", "-128", "127"),
        ("smallint", "SMALLINT", "-32768", "32767"),
        ("integer", "INTEGER", "-2147483648", "2147483647"),
        ("bigint", "BIGINT", "-9223372036854775808", "9223372036854775807"),
        ("hugeint", "HUGEINT", "-170141183460469231731687303715884105728", "170141183460469231731687303715884105727"),
        ("utinyint", "UTINYINT", "0", "255"),
        ("usmallint", "USMALLINT", "0", "65535"),
        ("uinteger", "UINTEGER", "0", "4294967295"),
        ("ubigint", "UBIGINT", "0", "18446744073709551615"),
        ("uhugeint", "UHUGEINT", "0", "340282366920938463463374607431768211455"),
        ("float", "FLOAT", "-3.4028235e38", "3.4028235e38"),
        ("double", "DOUBLE", "-1.7976931348623157e308", "1.7976931348623157e308"),
        ("money", "DECIMAL(12, 3)", "-999999999.999", "1.500"),
        ("wide", "DECIMAL(38, 10)", "-9999999999999999999999999999.9999999999", "9999999999999999999999999999.9999999999"),
        ("whole", "DECIMAL(38, 0)", "-99999999999999999999999999999999999999", "99999999999999999999999999999999999999"),
        ("truth", "BOOLEAN", "false", "true"),
        ("text", "VARCHAR", "", "Größe, \"x\" 🐘"),
        ("colour", "ENUM('red', 'blue, green')", "red", "blue, green"),
        ("date", "DATE", "-infinity", "infinity"),
        ("day", "DATE", "0044-03-15 (BC)", "5881580-07-10"),
        ("time", "TIME", "00:00:00", "23:59:59.999999"),
        ("timetz", "TIMETZ", "00:00:00+15:59:59", "23:59:59.999999-15:59:59"),
        ("ts", "TIMESTAMP", "-infinity", "294247-01-10 04:00:54.775806"),
        ("seconds", "TIMESTAMP_S", "0001-01-01 00:00:00", "infinity"),
        ("millis", "TIMESTAMP_MS", "1969-12-31 23:59:59.999", "9999-12-31 23:59:59.999"),
        ("nanos", "TIMESTAMP_NS", "1677-09-22 00:00:00.000000001", "2262-04-11 23:47:16.854775806"),
        ("tz", "TIMESTAMPTZ", "0044-03-15 (BC) 00:00:00+00", "infinity"),
        ("interval", "INTERVAL", "-14 months -3 days -00:00:01", "1000 years 29 days 01:02:03.000004"),
        ("blob", "BLOB", "\\x00\\xFF", "abc,\"\\x5C"),
        ("uuid", "UUID", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        ("bit", "BIT", "0", "10101"),
    ];

    public static TheoryData<string> Cultures => ["C.UTF-8", "de_DE.UTF-8"];

    public static TheoryData<string, string> Times =>
        new()
        {
            { "TIMESTAMP", "time: ts" },
            { "TIMESTAMP_S", "time: ts" },
            { "TIMESTAMP_MS", "time: ts" },
            { "TIMESTAMP_NS", "time: ts" },
            { "TIMESTAMPTZ", "time: ts" },
            { "DATE", "time: ts" },
            { "BIGINT", "time: { column: ts, unit: s }" },
            { "BIGINT", "time: { column: ts, unit: ms }" },
            { "BIGINT", "time: { column: ts, unit: us }" },
            { "BIGINT", "time: { column: ts, unit: ns }" },
        };

    [Theory]
    [Rule("query-values")]
    [MemberData(nameof(Cultures))]
    public async Task Every_value_of_every_type_goes_out_as_the_database_writes_it(string culture)
    {
        using var box = new Sandbox();
        box.Sql(
            $"CREATE TABLE kinds (ts TIMESTAMP, {string.Join(", ", s_kinds.Select(k => $"v_{k.Name} {k.Type}, s_{k.Name} {k.Type}"))})"
        );
        foreach (
            var (day, value) in new (int, Func<(string Name, string Type, string Least, string Greatest), string>)[]
            {
                (1, _ => "NULL"),
                (2, k => Literal(k.Least, k.Type)),
                (3, k => Literal(k.Greatest, k.Type)),
            }
        )
            box.Sql(
                $"INSERT INTO kinds VALUES (TIMESTAMP '2025-03-0{day}', {string.Join(", ", s_kinds.SelectMany(k => new[] { value(k), value(k) }))})"
            );
        var policy =
            $"policy: kinds\ntable: kinds\ntime: ts\nseries: [{string.Join(", ", s_kinds.Select(k => $"s_{k.Name}"))}]\nmeasures:\n{string.Join("\n", s_kinds.Select(k => $"  v_{k.Name}: [last]"))}\ntiers: [{{ every: 1d }}]\n";
        await BuildAsync(box, policy);
        var names = s_kinds.Select(k => $"s_{k.Name}").Concat(s_kinds.Select(k => $"v_{k.Name}_last")).ToList();
        var stored = Texts(box, $"SELECT {string.Join(", ", names.Select(n => $"{n}::VARCHAR"))} FROM kinds_1d ORDER BY ts");

        Assert.Equal(3, stored.Count);
        var lines = (await ReadAsync(box, culture, "csv")).TrimEnd('\n').Split('\n').Skip(1).ToList();
        Assert.Equal(3, lines.Count);
        foreach (var (line, row) in lines.Zip(stored))
            Same(row, Fields(line).Skip(1).Take(names.Count), names, emptyIsNull: true);

        var rows = JsonDocument.Parse(await ReadAsync(box, culture, "json")).RootElement.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(3, rows.Count);
        foreach (var (json, row) in rows.Zip(stored))
            Same(
                row,
                names.Select(n =>
                    json.GetProperty(n) is { ValueKind: not JsonValueKind.Null } value
                        ? value.ValueKind == JsonValueKind.String
                            ? value.GetString()
                            : value.GetRawText()
                        : null
                ),
                names
            );

        var table = (await ReadAsync(box, culture, "table")).Split('\n').Skip(1).Take(3).ToList();
        foreach (var (line, row) in table.Zip(stored))
            foreach (var (name, value) in names.Zip(row))
                if (value is not null && !IsApproximate(name))
                    Assert.Contains(value, line, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Times))]
    public async Task Every_time_type_goes_through_every_command_that_shows_or_draws(string type, string time)
    {
        using var box = new Sandbox();
        var at = time.Split("unit: ") is [_, var unit]
            ? $"epoch_{unit.Replace(" }", "", StringComparison.Ordinal)}(t)".Replace("epoch_s(", "epoch(", StringComparison.Ordinal)
            : "t";
        box.Sql(
            $"CREATE TABLE moments AS SELECT CAST({at} AS {type}) AS ts, t.day AS v FROM (SELECT t, day(t) AS day FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-11', INTERVAL 6 HOUR) r(t)) AS t"
        );
        await BuildAsync(
            box,
            $"policy: moments\ntable: moments\n{time}\nseries: []\nmeasures: {{ v: [avg, min, max, count] }}\ntiers: [{{ every: 1d }}]\n"
        );
        var stored = Texts(box, "SELECT ts::VARCHAR FROM moments_1d ORDER BY ts").Select(r => r[0]!).ToList();
        foreach (var culture in new[] { "C.UTF-8", "de_DE.UTF-8" })
        {
            foreach (var output in new[] { "table", "csv", "json" })
            {
                var read = await RunAsync(box, culture, "query", "moments", "--every", "1d", "--output", output);
                Assert.True(read.ExitCode == 0, read.Text);
                Assert.Contains(type is "BIGINT" ? stored[^1] : stored[^1][..10], read.Out, StringComparison.Ordinal);
            }
        }

        var graph = await RunAsync(box, "de_DE.UTF-8", "graph", "moments", "v", "--png", "v.png");
        Assert.True(graph.ExitCode == 0, graph.Text);
        Assert.Contains("03-05", graph.Out, StringComparison.Ordinal);
        Assert.True(new FileInfo(Path.Combine(box.Folder, "v.png")).Length > 10_000);
        foreach (var command in new[] { "status", "verify", "doctor", "forecast" })
        {
            var shown = await RunAsync(box, "de_DE.UTF-8", command);
            Assert.False(shown.ExitCode is 1 or 2, shown.Text);
        }
    }

    [Theory]
    [InlineData("1e20", "1e20")]
    [InlineData("9007199254740993", "9007199254740993")]
    [InlineData("-1.7976931348623157e308", "1.7976931348623157e308")]
    [InlineData("0", "5e-324")]
    public async Task A_graph_of_any_numbers_is_drawn(string low, string high)
    {
        using var box = new Sandbox();
        box.Sql(
            $"CREATE TABLE m AS SELECT t AS ts, CASE WHEN hour(t) < 12 THEN {low}::DOUBLE ELSE {high}::DOUBLE END AS v FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-11', INTERVAL 6 HOUR) r(t)"
        );
        await BuildAsync(box, "policy: m\ntable: m\ntime: ts\nseries: []\nmeasures: { v: [last, min, max] }\ntiers: [{ every: 1d }]\n");
        var graph = await RunAsync(box, "C.UTF-8", "graph", "m", "v", "--png", "v.png");
        Assert.True(graph.ExitCode == 0, graph.Text);
    }

    [Fact]
    public async Task Notes_of_a_csv_are_on_standard_error()
    {
        using var box = await Sandbox.BuiltAsync("2d");
        var answer = await box.RunAsync("query", "cpu", "--from", "2025-03-01", "--to", "2025-03-21", "--every", "10m", "--output", "csv");
        Assert.Contains("is answered by 1h", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("answered by", answer.Out, StringComparison.Ordinal);
    }

    private static string Literal(string text, string type) => $"CAST('{text.Replace("'", "''", StringComparison.Ordinal)}' AS {type})";

    private static bool IsApproximate(string name) =>
        name.Contains("float", StringComparison.Ordinal) || name.Contains("double", StringComparison.Ordinal);

    private static void Same(
        IReadOnlyList<string?> stored,
        IEnumerable<string?> read,
        IReadOnlyList<string> names,
        bool emptyIsNull = false
    )
    {
        foreach (var ((expected, actual), name) in stored.Zip(read).Zip(names))
        {
            if (expected is not null && IsApproximate(name))
                Assert.Equal(
                    double.Parse(expected, CultureInfo.InvariantCulture),
                    double.Parse(actual!, CultureInfo.InvariantCulture),
                    1e-7 * Math.Abs(double.Parse(expected, CultureInfo.InvariantCulture))
                );
            else
                Assert.True((emptyIsNull ? expected ?? "" : expected) == actual, $"{name}: {expected} is stored, {actual} is read.");
        }
    }

    private static List<string?[]> Texts(Sandbox box, string query)
    {
        using var connection = new DuckDBConnection($"Data Source={Path.Combine(box.Folder, "test.duckdb")}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SET TimeZone = 'UTC'";
        command.ExecuteNonQuery();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        List<string?[]> rows = [];
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetString(i))]);
        return rows;
    }

    private static async Task BuildAsync(Sandbox box, string policy)
    {
        box.Write("p.yaml", policy);
        foreach (var args in new string[][] { ["apply", "p.yaml"], ["run", "--as-of", Sandbox.AsOf, "--yes"] })
        {
            var done = await box.RunAsync(args);
            Assert.True(done.ExitCode == 0, done.Text);
        }
    }

    private static async Task<string> ReadAsync(Sandbox box, string culture, string output)
    {
        var read = await RunAsync(box, culture, "query", "kinds", "--every", "1d", "--output", output);
        Assert.True(read.ExitCode == 0, read.Text);
        return read.Out.ReplaceLineEndings("\n");
    }

    private static Task<Transcript> RunAsync(Sandbox box, string culture, params IReadOnlyList<string> args)
    {
        var start = Tool.Command(box.Folder, args);
        start.Environment["VARVE_DB"] = box.Db;
        start.Environment["LC_ALL"] = culture;
        return Tool.EndAsync(start);
    }

    /// <summary>The fields of a line of CSV (RFC 4180).</summary>
    private static IEnumerable<string> Fields(string line)
    {
        for (var i = 0; i <= line.Length;)
        {
            if (i < line.Length && line[i] == '"')
            {
                var end = i + 1;
                while (line[end] != '"' || (end + 1 < line.Length && line[end + 1] == '"'))
                    end += line[end] == '"' ? 2 : 1;
                yield return line[(i + 1)..end].Replace("\"\"", "\"", StringComparison.Ordinal);
                i = end + 2;
            }
            else
            {
                var end = line.IndexOf(',', i) is >= 0 and var comma ? comma : line.Length;
                yield return line[i..end];
                i = end + 1;
            }
        }
    }
}
