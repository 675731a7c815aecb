using System.Globalization;
using System.Numerics;
using NodaTime;
using NodaTime.Text;
using Npgsql;
using Varve.PostgreSql;

namespace Varve.Engines.Tests.Scratch;

/// <summary>A database of one test on the server that VARVE_TEST_POSTGRESQL names.</summary>
public class PostgreSqlScratch : FileScratch
{
    private static readonly LocalDateTimePattern Micro = LocalDateTimePattern.CreateWithInvariantCulture(
        "yyyy'-'MM'-'dd HH':'mm':'ss'.'ffffff"
    );
    private static readonly LocalDatePattern Day = LocalDatePattern.CreateWithInvariantCulture("yyyy'-'MM'-'dd");

    private readonly PostgreSqlServer.Lent _database;
    private readonly Lazy<string> _folder = new(() => Directory.CreateTempSubdirectory("varve-").FullName);

    public PostgreSqlScratch()
        : this(PostgreSqlServer.Lend()) { }

    private PostgreSqlScratch(PostgreSqlServer.Lent database) => _database = database;

    public static ScratchDatabase New() => new PostgreSqlScratch();

    public static FileScratch NewToCopy() => new PostgreSqlScratch();

    /// <summary>The URL of the database.</summary>
    public string Url => _database.Url;

    public override string File => Url;

    public override string Folder => _folder.Value;

    public override FileScratch Clone()
    {
        var copy = new PostgreSqlScratch(PostgreSqlServer.Copy(_database));
        if (_folder.IsValueCreated)
            DuckDbScratch.CopyFolder(Folder, copy.Folder);
        return copy;
    }

    public override async Task ReleasedAsync()
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (
            (bool)
                (
                    await QueryAsync(
                        "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
                    )
                )[0][0]!
        )
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromMinutes(2), "The lease of a dead process is still held.");
            await Task.Delay(10);
        }
    }

    /// <summary>A new engine on connections that stay: making them takes more time than most tests.</summary>
    public override async Task<Database> OpenAsync()
    {
        var engine = await PostgreSqlOpening.OpenAsync(_database.Varve, _database.Name, new(), owned: null, CancellationToken.None);
        return new(engine, engine.DisplayName);
    }

    /// <summary>A session of a user, which stays open with its transaction.</summary>
    public async Task<NpgsqlConnection> ConnectAsync() => await _database.Source.OpenConnectionAsync();

    public override async Task<long> ExecuteAsync(string sql)
    {
        await using var command = _database.Source.CreateCommand(PostgreSqlSpelling.Of(sql));
        return await command.ExecuteNonQueryAsync();
    }

    public override async Task<IReadOnlyList<object?[]>> QueryAsync(string sql)
    {
        await using var command = _database.Source.CreateCommand(PostgreSqlSpelling.Of(sql));
        await using var reader = await command.ExecuteReaderAsync();
        List<object?[]> rows = [];
        while (await reader.ReadAsync())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : Value(reader, i))]);
        return rows;
    }

    public override async Task<IReadOnlyList<RelationShape>> ShapesAsync(string schema)
    {
        var columns = await QueryAsync(
            $"""
            SELECT c.relname::text, c.relkind = 'v', a.attname::text, format_type(a.atttypid, a.atttypmod)
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relnamespace = to_regnamespace({Text(
                Quote(schema)
            )}) AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition ORDER BY c.relname, a.attnum
            """
        );
        return
        [
            .. columns
                .GroupBy(c => ((string)c[0]!, (bool)c[1]!))
                .Select(g => new RelationShape(g.Key.Item1, g.Key.Item2, [.. g.Select(c => ((string)c[2]!, (string)c[3]!))])),
        ];
    }

    public override string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public override string TypeOf(ValueKind kind) =>
        kind switch
        {
            ValueKind.Double => "double precision",
            ValueKind.Float => "real",
            ValueKind.Small => "smallint",
            ValueKind.Integer => "bigint",
            ValueKind.Huge => "numeric(38,0)",
            ValueKind.Money => "numeric(12,3)",
            ValueKind.Bool => "boolean",
            ValueKind.Moment => "timestamp without time zone",
            _ => "text",
        };

    public override string TypeOf(TimeKind kind) =>
        kind switch
        {
            TimeKind.Timestamp or TimeKind.TimestampNanoseconds => "timestamp without time zone",
            TimeKind.TimestampSeconds => "timestamp(0) without time zone",
            TimeKind.TimestampMilliseconds => "timestamp(3) without time zone",
            TimeKind.TimestampTz => "timestamp with time zone",
            TimeKind.Date => "date",
            _ => "bigint",
        };

    public override string Literal(object? value, ValueKind kind) =>
        value switch
        {
            null => "NULL",
            double d when double.IsNaN(d) => "'NaN'::DOUBLE PRECISION",
            double d when double.IsInfinity(d) => d > 0 ? "'Infinity'::DOUBLE PRECISION" : "'-Infinity'::DOUBLE PRECISION",
            double d => $"'{d.ToString("R", CultureInfo.InvariantCulture)}'::DOUBLE PRECISION",
            float f => $"'{f.ToString("R", CultureInfo.InvariantCulture)}'::REAL",
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
            TimeKind.Timestamp or TimeKind.TimestampSeconds or TimeKind.TimestampMilliseconds or TimeKind.TimestampNanoseconds =>
                $"'{Micro.Format(time.InUtc().LocalDateTime)}{Era(time)}'::TIMESTAMP",
            TimeKind.TimestampTz => $"'{Micro.Format(time.InUtc().LocalDateTime)}+00{Era(time)}'::TIMESTAMPTZ",
            TimeKind.Date => $"'{Day.Format(time.InUtc().Date)}{Era(time)}'::DATE",
            _ => ((time - NodaConstants.UnixEpoch).ToBigIntegerNanoseconds() / NanosecondsOf(kind)).ToString(CultureInfo.InvariantCulture),
        };

    public override string TimeExpression(string column, TimeKind kind) =>
        kind >= TimeKind.IntegerSeconds
            ? column
            : $"CASE WHEN {column} = 'infinity' THEN 9223372036854775807 WHEN {column} = '-infinity' THEN -9223372036854775808 ELSE (extract(epoch FROM {column}) * 1000000)::BIGINT END";

    public override Instant? ReadTime(object? raw, TimeKind kind) =>
        raw is null
            ? null
            : Convert.ToInt64(raw, CultureInfo.InvariantCulture) switch
            {
                long.MaxValue => Instant.MaxValue,
                long.MinValue => Instant.MinValue,
                var number => NodaConstants.UnixEpoch
                    + Duration.FromNanoseconds(new BigInteger(number) * (kind < TimeKind.IntegerSeconds ? 1_000 : NanosecondsOf(kind))),
            };

    public override string DefaultSchema => "public";

    public override int LongestName => 40;

    public override int MostMeasures => 90;

    public override string TypeName(string type) =>
        type switch
        {
            "DOUBLE" => "double precision",
            "FLOAT" => "real",
            _ => type.ToLowerInvariant(),
        };

    public override string Cased(string name) =>
        name switch
        {
            "MAIN.CPU" or "M.CPU" or "M.BACK" => name.ToLowerInvariant(),
            _ => name,
        };

    public override TimeKind Nearest(TimeKind kind) => kind is TimeKind.TimestampNanoseconds ? TimeKind.Timestamp : kind;

    public override string FarLiteral(Instant at, TimeKind kind) => TimeLiteral(at, kind);

    public override (string Least, string Greatest) Ends(TimeKind kind) =>
        kind switch
        {
            TimeKind.Date => ("'4714-11-24 BC'::DATE", "'5874897-12-31'::DATE"),
            TimeKind.TimestampTz => ("'4714-11-24 00:00:00+00 BC'::TIMESTAMPTZ", "'294276-12-31 23:59:59.999999+00'::TIMESTAMPTZ"),
            < TimeKind.IntegerSeconds => ("'4714-11-24 00:00:00 BC'::TIMESTAMP", "'294276-12-31 23:59:59'::TIMESTAMP"),
            _ => ("-9223372036854775808", "9223372036854775807"),
        };

    public override async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        if (_folder.IsValueCreated)
            Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private static object Value(NpgsqlDataReader reader, int column) =>
        reader.GetDataTypeName(column) switch
        {
            var type when type.StartsWith("numeric", StringComparison.Ordinal) => Number(reader, column),
            _ => reader.GetValue(column),
        };

    private static object Number(NpgsqlDataReader reader, int column)
    {
        try
        {
            return reader.GetDecimal(column);
        }
        catch (OverflowException)
        {
            return reader.GetFieldValue<BigInteger>(column);
        }
    }

    private static string Era(Instant at) => at.InUtc().Date.Era == NodaTime.Calendars.Era.BeforeCommon ? " BC" : "";

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
