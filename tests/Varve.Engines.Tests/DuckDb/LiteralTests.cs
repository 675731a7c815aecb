using CsCheck;
using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Engines.Tests.DuckDb;

/// <summary>Values and names come back as they went in.</summary>
public sealed class LiteralTests : Files
{
    private static readonly Gen<Instant> s_micros = Gen.Long[
            Micros.From(Instant.MinValue + Duration.FromDays(1)),
            Micros.From(Instant.MaxValue - Duration.FromDays(1))
        ]
        .Select(Micros.ToInstant);

    public static TheoryData<string> Names =>
        ["plain", "we\"ird; drop table x --", "Größe", "select", "a.b", " ", "'", "\"", "\n", "🐘", "main"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_relation_and_a_column_of_any_name_can_be_used(string name)
    {
        await using var database = New();
        var table = new TableName(name == "main" ? null : name, name);
        if (name != "main")
            await Do(database, $"CREATE SCHEMA {database.Engine.Dialect.Schema(name)}");
        await Do(database, $"CREATE TABLE {table} ({new Identifier(name)} INTEGER)");
        Assert.Equal(1, await Do(database, $"INSERT INTO {table} ({new Identifier(name)}) VALUES (7)"));
        Assert.Equal(7, await One(database, $"SELECT {new Identifier(name)} FROM {table}"));
        var described = await database.Engine.DescribeAsync(table, default);
        Assert.Equal(name, described!.Table.Name);
        Assert.Equal(name, Assert.Single(described.Columns).Name);
        Assert.Equal(1, Assert.Single(await database.Engine.MeasureAsync([table], withBytes: true, default)).Rows);
    }

    [Fact]
    [Rule("duckdb-names")]
    public async Task A_schema_with_the_name_of_the_file_is_told_from_the_file()
    {
        await using var database = New("metrics.duckdb");
        var table = new TableName("metrics", "cpu");
        await Do(database, $"CREATE SCHEMA {database.Engine.Dialect.Schema("metrics")}");
        await Do(database, $"CREATE TABLE {table} AS SELECT 1 AS a");
        Assert.Equal(1, await One(database, $"SELECT a FROM {table}"));
        Assert.Equal("metrics", (await database.Engine.DescribeAsync(table, default))!.Table.Schema);
    }

    [Fact]
    public async Task A_view_survives_a_file_that_is_renamed()
    {
        await using (var database = New("before.duckdb"))
        {
            await Do(database, $"CREATE SCHEMA {database.Engine.Dialect.Schema("m")}");
            await Do(database, $"CREATE TABLE {new TableName("m", "t")} AS SELECT 5 AS a");
            await Do(database, $"CREATE VIEW {new TableName("m", "v")} AS SELECT a FROM {new TableName("m", "t")}");
        }

        File.Move(Named("before.duckdb"), Named("after.duckdb"));
        await using var renamed = New("after.duckdb");
        Assert.Equal(5, await One(renamed, $"SELECT a FROM {new TableName("m", "v")}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("it's '' fine")]
    [InlineData("'; DROP TABLE x; --")]
    [InlineData("a\0b")]
    [InlineData("\0")]
    [InlineData("$1 ? {x} \\ \n 🐘 ß")]
    public async Task Text_comes_back_as_it_is(string text)
    {
        await using var database = New();
        Assert.Equal(text, await One(database, $"SELECT {text}"));
        var inline = database.Engine.Dialect.Literal(new SqlValue.Text(text));
        await Do(database, $"CREATE VIEW v AS SELECT {text} AS a");
        Assert.Equal(text, await One(database, $"SELECT a FROM v"));
        Assert.DoesNotContain('\0', inline);
    }

    [Fact]
    public async Task Any_text_comes_back_as_it_is()
    {
        await using var database = New();
        await Gen.String.SampleAsync(
            async text => Assert.Equal(Valid(text), await One(database, $"SELECT {Valid(text)}")),
            iter: 200,
            threads: 1
        );

        // A lone surrogate is no text in UTF-8.
        static string Valid(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
    }

    [Fact]
    public async Task Doubles_come_back_to_the_last_bit()
    {
        await using var database = New();
        double[] edges =
        [
            0,
            -0.0,
            double.NaN,
            double.PositiveInfinity,
            double.NegativeInfinity,
            double.MaxValue,
            double.MinValue,
            double.Epsilon,
            0.1,
            1e22,
        ];
        foreach (var number in edges)
        {
            var read = (double)(await One(database, $"SELECT {number}"))!;
            Assert.True(
                double.IsNaN(number) ? double.IsNaN(read) : BitConverter.DoubleToInt64Bits(number) == BitConverter.DoubleToInt64Bits(read)
            );
        }

        await Gen.Double.SampleAsync(async number => Assert.Equal(number, await One(database, $"SELECT {number}")), iter: 200, threads: 1);
    }

    [Fact]
    public async Task Integers_decimals_and_truth_come_back()
    {
        await using var database = New();
        foreach (var number in new[] { long.MinValue, long.MaxValue, 0, -1, 1 })
            Assert.Equal(number, (await Ask(database, $"SELECT {number}"))[0].Long(0));
        foreach (var number in new[] { decimal.MaxValue, decimal.MinValue, 0m, -0.0000000000000000000000000001m, 12.340m })
            Assert.Equal(number, await One(database, $"SELECT {number}"));
        Assert.Equal(true, await One(database, $"SELECT {true}"));
        Assert.Equal(false, await One(database, $"SELECT {false}"));
        Assert.Null(await One(database, $"SELECT {(string?)null}"));
        Assert.Equal(9, (await Ask(database, $"SELECT 4 -{-5L}"))[0].Long(0));
    }

    [Fact]
    public async Task Instants_come_back_to_the_microsecond()
    {
        await using var database = New();
        Instant[] edges =
        [
            Instant.MinValue,
            Instant.MaxValue,
            Instant.FromUtc(-43, 3, 15, 12, 0),
            Instant.FromUtc(0, 12, 31, 23, 59),
            Instant.FromUtc(1, 1, 1, 0, 0),
            Instant.FromUtc(9999, 12, 31, 23, 59),
            NodaConstants.UnixEpoch,
        ];
        foreach (var at in edges)
            Assert.Equal(at, await One(database, $"SELECT {at}"));
        await s_micros.SampleAsync(async at => Assert.Equal(at, await One(database, $"SELECT {at}")), iter: 300, threads: 1);
        var fine = NodaConstants.UnixEpoch - Duration.FromNanoseconds(1);
        Assert.Equal(NodaConstants.UnixEpoch - Duration.FromNanoseconds(1000), await One(database, $"SELECT {fine}"));
    }

    [Fact]
    public async Task Microseconds_are_shown_as_timestamps()
    {
        await using var database = New();
        var dialect = database.Engine.Dialect;
        foreach (var micros in new[] { long.MinValue, long.MaxValue, -1, 0, 1_700_000_000_000_000 })
            Assert.Equal(Micros.ToInstant(micros), await One(database, $"SELECT {dialect.Timestamp($"m")} FROM (SELECT {micros} AS m)"));
    }

    [Fact]
    public async Task Answers_of_every_type_can_be_read()
    {
        await using var database = New();
        var row = (
            await Ask(
                database,
                $"""
                SELECT 99999999999999999999999999999999999999::DECIMAL(38, 0), -1.5::DECIMAL(38, 37), 123.45::DECIMAL(9, 2), 5::HUGEINT, 'infinity'::DATE, DATE '0044-03-15 (BC)',
                TIMESTAMP '294000-01-01', 'ab'::BLOB, '-infinity'::TIMESTAMP_S, TIMESTAMPTZ '2024-01-01 00:00:00+02', NULL::TIMESTAMP, DATE '290000-01-01', [1, 2], 0.00::DECIMAL(38, 30)
                """
            )
        )[0];
        Assert.Equal(
            System.Numerics.BigInteger.Parse("99999999999999999999999999999999999999", System.Globalization.CultureInfo.InvariantCulture),
            row[0]
        );
        Assert.Equal("-1.5000000000000000000000000000000000000", row[1]);
        Assert.Equal(123.45m, row[2]);
        Assert.Equal(5, row.Long(3));
        Assert.Equal(LocalDate.MaxIsoValue, row[4]);
        Assert.Equal(new LocalDate(-43, 3, 15), row[5]);
        Assert.Equal(Instant.MaxValue, row[6]);
        Assert.Equal("ab"u8.ToArray(), row[7]);
        Assert.Equal(Instant.MinValue, row[8]);
        Assert.Equal(Instant.FromUtc(2023, 12, 31, 22, 0), row[9]);
        Assert.True(row.IsNull(10));
        Assert.Equal(LocalDate.MaxIsoValue, row[11]);
        Assert.Equal("0.000000000000000000000000000000", row[13]);
    }
}
