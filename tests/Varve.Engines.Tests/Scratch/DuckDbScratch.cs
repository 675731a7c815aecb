using System.Globalization;
using System.Numerics;
using DuckDB.NET.Data;
using NodaTime;
using NodaTime.Text;
using Varve.DuckDb;

namespace Varve.Engines.Tests.Scratch;

/// <summary>A DuckDB file of one test, removed with it.</summary>
public class DuckDbScratch : FileScratch
{
    private static readonly InstantPattern Micro = InstantPattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd HH':'mm':'ss'.'ffffff");
    private static readonly InstantPattern Nano = InstantPattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd HH':'mm':'ss'.'fffffffff");
    private static readonly InstantPattern Day = InstantPattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd");

    private readonly string _folder = Directory.CreateTempSubdirectory("varve-").FullName;

    public DuckDbScratch(string name = "scratch.duckdb") => File = Path.Combine(_folder, name);

    public override string File { get; }

    public override string Folder => _folder;

    public static FileScratch New() => new DuckDbScratch();

    public override FileScratch Clone()
    {
        var copy = new DuckDbScratch();
        CopyFolder(_folder, copy._folder);
        return copy;
    }

    /// <summary>All that a folder has, into another one.</summary>
    public static void CopyFolder(string from, string to)
    {
        foreach (var folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(folder.Replace(from, to, StringComparison.Ordinal));
        foreach (var part in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            System.IO.File.Copy(part, part.Replace(from, to, StringComparison.Ordinal));
    }

    public override Task<Database> OpenAsync() => Task.FromResult(DuckDbDatabase.Open(File, new DuckDbOptions { Create = true }));

    public override async Task<long> ExecuteAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteNonQueryAsync();
    }

    public override async Task<IReadOnlyList<object?[]>> QueryAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        List<object?[]> rows = [];
        while (await reader.ReadAsync())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        return rows;
    }

    public override async Task<IReadOnlyList<RelationShape>> ShapesAsync(string schema)
    {
        var columns = await QueryAsync(
            $"""
            SELECT t.table_name, t.table_type, c.column_name, c.data_type
            FROM information_schema.tables t JOIN information_schema.columns c
              ON c.table_catalog = t.table_catalog AND c.table_schema = t.table_schema AND c.table_name = t.table_name
            WHERE t.table_schema = {Text(schema)} AND t.table_catalog = current_database()
            ORDER BY t.table_name, c.ordinal_position
            """
        );
        return
        [
            .. columns
                .GroupBy(c => ((string)c[0]!, (string)c[1]!))
                .Select(g => new RelationShape(g.Key.Item1, g.Key.Item2 == "VIEW", [.. g.Select(c => ((string)c[2]!, (string)c[3]!))])),
        ];
    }

    public override string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public override string TypeOf(ValueKind kind) =>
        kind switch
        {
            ValueKind.Double => "DOUBLE",
            ValueKind.Float => "FLOAT",
            ValueKind.Small => "SMALLINT",
            ValueKind.Integer => "BIGINT",
            ValueKind.Huge => "HUGEINT",
            ValueKind.Money => "DECIMAL(12, 3)",
            ValueKind.Bool => "BOOLEAN",
            ValueKind.Moment => "TIMESTAMP",
            _ => "VARCHAR",
        };

    public override string TypeOf(TimeKind kind) =>
        kind switch
        {
            TimeKind.Timestamp => "TIMESTAMP",
            TimeKind.TimestampSeconds => "TIMESTAMP_S",
            TimeKind.TimestampMilliseconds => "TIMESTAMP_MS",
            TimeKind.TimestampNanoseconds => "TIMESTAMP_NS",
            TimeKind.TimestampTz => "TIMESTAMP WITH TIME ZONE",
            TimeKind.Date => "DATE",
            _ => "BIGINT",
        };

    public override string Literal(object? value, ValueKind kind) =>
        value switch
        {
            null => "NULL",
            double d when double.IsNaN(d) => "'NaN'::DOUBLE",
            double d when double.IsInfinity(d) => d > 0 ? "'Infinity'::DOUBLE" : "'-Infinity'::DOUBLE",
            double d => $"'{d.ToString("R", CultureInfo.InvariantCulture)}'::DOUBLE",
            float f => $"'{f.ToString("R", CultureInfo.InvariantCulture)}'::FLOAT",
            bool b => b ? "TRUE" : "FALSE",
            string s => Text(s),
            Instant at => TimeLiteral(at, TimeKind.Timestamp),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => throw new NotSupportedException($"{value} as {kind}"),
        };

    public override string TimeLiteral(Instant? at, TimeKind kind) =>
        at is not { } time ? "NULL"
        : time == Instant.MinValue ? $"'-infinity'::{TypeOf(kind)}"
        : time == Instant.MaxValue ? $"'infinity'::{TypeOf(kind)}"
        : kind switch
        {
            TimeKind.Timestamp or TimeKind.TimestampSeconds or TimeKind.TimestampMilliseconds => $"'{Micro.Format(time)}'::{TypeOf(kind)}",
            TimeKind.TimestampNanoseconds => $"'{Nano.Format(time)}'::TIMESTAMP_NS",
            TimeKind.TimestampTz => $"'{Micro.Format(time)}+00'::TIMESTAMPTZ",
            TimeKind.Date => $"'{Day.Format(time)}'::DATE",
            _ => ((time - NodaConstants.UnixEpoch).ToBigIntegerNanoseconds() / NanosecondsOf(kind)).ToString(CultureInfo.InvariantCulture),
        };

    public override string TimeExpression(string column, TimeKind kind) =>
        kind switch
        {
            TimeKind.IntegerSeconds or TimeKind.IntegerMilliseconds or TimeKind.IntegerMicroseconds or TimeKind.IntegerNanoseconds =>
                column,
            TimeKind.TimestampNanoseconds => $"epoch_ns({column})",
            TimeKind.TimestampTz => Finite(column, column),
            _ => Finite(column, $"CAST({column} AS TIMESTAMP)"),
        };

    public override Instant? ReadTime(object? raw, TimeKind kind) =>
        raw is null
            ? null
            : Convert.ToInt64(raw, CultureInfo.InvariantCulture) switch
            {
                long.MaxValue => Instant.MaxValue,
                long.MinValue => Instant.MinValue,
                var number => NodaConstants.UnixEpoch
                    + Duration.FromNanoseconds(
                        new BigInteger(number)
                            * (
                                kind is TimeKind.TimestampNanoseconds ? 1
                                : kind < TimeKind.IntegerSeconds ? 1_000
                                : NanosecondsOf(kind)
                            )
                    ),
            };

    public override string DefaultSchema => "main";

    public override string FarLiteral(Instant at, TimeKind kind)
    {
        var nanos = (at - NodaConstants.UnixEpoch).ToBigIntegerNanoseconds();
        var micros = Varve.Time.Micros.From(at);
        return kind switch
        {
            TimeKind.TimestampNanoseconds => $"make_timestamp_ns({nanos})",
            TimeKind.TimestampTz => $"make_timestamptz({micros})",
            >= TimeKind.IntegerSeconds => (nanos / NanosecondsOf(kind)).ToString(CultureInfo.InvariantCulture),
            _ => $"CAST(make_timestamp({micros}) AS {TypeOf(kind)})",
        };
    }

    public override (string Least, string Greatest) Ends(TimeKind kind) =>
        kind switch
        {
            TimeKind.Timestamp or TimeKind.TimestampSeconds or TimeKind.TimestampMilliseconds => (
                $"CAST(make_timestamp(-9223372022400000000) AS {TypeOf(kind)})",
                $"CAST(make_timestamp(9223372036854000000) AS {TypeOf(kind)})"
            ),
            TimeKind.TimestampTz => ("make_timestamptz(-9223372022400000000)", "make_timestamptz(9223372036854775806)"),
            TimeKind.TimestampNanoseconds => ("make_timestamp_ns(-9223286400000000000)", "make_timestamp_ns(9223372036854775806)"),
            TimeKind.Date => ("'5877642-06-25 (BC)'::DATE", "'5881580-07-10'::DATE"),
            _ => ("-9223372036854775808", "9223372036854775807"),
        };

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>A connection of the user's own, closed by whoever asked for it.</summary>
    protected virtual DuckDBConnection Connect() => new($"DataSource={File}");

    private async Task<DuckDBConnection> ConnectAsync()
    {
        var connection = Connect();
        if (connection.State != System.Data.ConnectionState.Open)
            await connection.OpenAsync();
        await using var zone = connection.CreateCommand();
        zone.CommandText = "SET TimeZone = 'UTC'";
        await zone.ExecuteNonQueryAsync();
        return connection;
    }

    private static string Finite(string column, string cast) =>
        $"CASE WHEN {column} IS NULL THEN NULL WHEN isfinite({cast}) THEN epoch_us({cast}) WHEN {cast} > '2000-01-01' THEN 9223372036854775807 ELSE -9223372036854775808 END";

    private static long NanosecondsOf(TimeKind kind) =>
        kind switch
        {
            TimeKind.IntegerSeconds => 1_000_000_000,
            TimeKind.IntegerMilliseconds => 1_000_000,
            TimeKind.IntegerMicroseconds => 1_000,
            _ => 1,
        };

    private static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
