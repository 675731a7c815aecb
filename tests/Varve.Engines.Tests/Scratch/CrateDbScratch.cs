using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using NodaTime;
using Varve.CrateDb;
using Varve.CrateDb.Http;
using Varve.Engines.Tests.CrateDb;
using Varve.Engines.Tests.CrateDb.Executing;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Scratch;

/// <summary>
/// A stand-in for a CrateDB cluster, of one test, or the real one that VARVE_TEST_CRATEDB names. Its users see what they wrote,
/// as if they refreshed before they look; Varve sees what it refreshes itself.
/// </summary>
public sealed partial class CrateDbScratch : ScratchDatabase
{
    private readonly Lazy<Task<ICrateServer>> _crate;

    /// <param name="start">Starts it, or empties it, when it is asked for first.</param>
    internal CrateDbScratch(Func<Task<ICrateServer>> start) => _crate = new(start);

    public static ScratchDatabase New() =>
        new CrateDbScratch(async () => RealCrate.Named is { } url ? await RealCrate.StartAsync(url) : await ExecutingCrate.StartAsync());

    /// <summary>What stands behind it.</summary>
    internal Task<ICrateServer> ServerAsync() => _crate.Value;

    /// <summary>The stand-in; a test that does something to it is skipped on a real cluster.</summary>
    internal async Task<ExecutingCrate> CrateAsync()
    {
        if (await _crate.Value is ExecutingCrate crate)
            return crate;
        Assert.Skip("Only the stand-in can be told to fail.");
        throw new System.Diagnostics.UnreachableException();
    }

    public override bool HasTransactions => false;

    public override bool ArchivesBySnapshots => true;

    public override bool Takes(string name) => !name.AsSpan().ContainsAny("/|>?*<\" ,\\.") && !name.StartsWith('_');

    public override string Relation(string name) =>
        new string([.. name.Where(c => Takes($"x{c}") && c != '#')]).TrimStart('-', '+', '_') is { Length: > 0 } left ? left : "x";

    public override string Column(string name) => name.Replace(".", "", StringComparison.Ordinal);

    public override string Exact(string digits) => $"'{digits}'::NUMERIC(38, 0)";

    /// <summary>The clock of the engine.</summary>
    internal TimeProvider Clock { get; set; } = TimeProvider.System;

    public override async Task<Database> OpenAsync() =>
        await CrateDbDatabase.OpenAsync(
            CrateDbUrl.Read(DatabaseUrl.Parse((await _crate.Value).Url), null, Clock),
            readOnly: false,
            CancellationToken.None
        );

    public override async Task<long> ExecuteAsync(string sql)
    {
        var rows = 0L;
        foreach (var statement in CrateDbSpelling.Of(sql))
        {
            if (Retyping().Match(statement) is { Success: true } type)
                await RetypeAsync(type.Groups["table"].Value, type.Groups["column"].Value, type.Groups["type"].Value);
            else
                rows = (await DoAsync(statement)).RowCount ?? 0;
        }

        return rows;
    }

    public override async Task<IReadOnlyList<object?[]>> QueryAsync(string sql)
    {
        IReadOnlyList<object?[]> rows = [];
        foreach (var statement in CrateDbSpelling.Of(sql))
            rows = (await DoAsync(statement)).Rows;
        return rows;
    }

    public override async Task<IReadOnlyList<RelationShape>> ShapesAsync(string schema)
    {
        var columns = await QueryAsync(
            $"""
            SELECT t.table_name, t.table_type, c.column_name, c.data_type
            FROM information_schema.tables t JOIN information_schema.columns c ON c.table_schema = t.table_schema AND c.table_name = t.table_name
            WHERE t.table_schema = {Text(schema)} ORDER BY t.table_name, c.ordinal_position
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
            TimeKind.TimestampTz => "timestamp with time zone",
            TimeKind.Date => "date",
            < TimeKind.IntegerSeconds => "timestamp without time zone",
            _ => "bigint",
        };

    public override string Literal(object? value, ValueKind kind) =>
        value switch
        {
            null => "NULL",
            double d =>
                $"'{(double.IsNaN(d) ? "NaN" : double.IsInfinity(d) ? d > 0 ? "Infinity" : "-Infinity" : d.ToString("R", CultureInfo.InvariantCulture))}'::DOUBLE PRECISION",
            float f => $"'{f.ToString("R", CultureInfo.InvariantCulture)}'::REAL",
            bool b => b ? "TRUE" : "FALSE",
            string s => Text(s),
            Instant at => TimeLiteral(at, TimeKind.Timestamp),
            decimal or System.Numerics.BigInteger =>
                $"'{((IFormattable)value).ToString(null, CultureInfo.InvariantCulture)}'::{TypeOf(kind)}",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => throw new NotSupportedException($"{value} as {kind}"),
        };

    public override string TimeLiteral(Instant? at, TimeKind kind) =>
        at is not { } time ? "NULL"
        : kind >= TimeKind.IntegerSeconds
            ? $"({((time - NodaConstants.UnixEpoch).ToBigIntegerNanoseconds() / NanosecondsOf(kind)).ToString(CultureInfo.InvariantCulture)})"
        : $"({CrateDbTime.Milliseconds(time).ToString(CultureInfo.InvariantCulture)})::BIGINT::{TypeOf(kind)}";

    /// <summary>Timestamps are whole milliseconds, integers what they are.</summary>
    public override string TimeExpression(string column, TimeKind kind) => $"{column}::BIGINT";

    public override Instant? ReadTime(object? raw, TimeKind kind) =>
        raw is null ? null
        : kind < TimeKind.IntegerSeconds ? CrateDbTime.At(Convert.ToInt64(raw, CultureInfo.InvariantCulture))
        : NodaConstants.UnixEpoch
            + Duration.FromNanoseconds(
                new System.Numerics.BigInteger(Convert.ToInt64(raw, CultureInfo.InvariantCulture)) * NanosecondsOf(kind)
            );

    public override string DefaultSchema => "doc";

    public override bool Archives => false;

    /// <summary>A table has at most a thousand columns.</summary>
    public override int MostMeasures => 80;

    public override string TypeName(string type) =>
        type switch
        {
            "DOUBLE" => "double precision",
            "FLOAT" => "real",
            "VARCHAR" => "text",
            _ => type.ToLowerInvariant(),
        };

    public override string Cased(string name) =>
        name switch
        {
            "MAIN.CPU" or "M.CPU" or "M.BACK" => name.ToLowerInvariant(),
            _ => name,
        };

    public override TimeKind Nearest(TimeKind kind) =>
        kind is TimeKind.TimestampNanoseconds or TimeKind.Date or TimeKind.TimestampSeconds ? TimeKind.TimestampMilliseconds : kind;

    /// <summary>Rows go one by one, because the tables of the suites have no partitions.</summary>
    public override PolicyDocument Said(PolicyDocument document) =>
        document.Policy.ExpireBy != default ? document : document with { Policy = document.Policy with { ExpireBy = ExpireBy.Rows } };

    public override IReadOnlySet<string> OwnColumns { get; } = new HashSet<string> { "varve_key", "varve_gen", "varve_part" };

    /// <summary>Timestamps are whole milliseconds.</summary>
    public override Instant Kept(Instant at, TimeKind kind) =>
        kind < TimeKind.IntegerSeconds && at != Instant.MinValue && at != Instant.MaxValue ? Micros.FloorToMilliseconds(at) : at;

    public override string FarLiteral(Instant at, TimeKind kind) => TimeLiteral(at, kind);

    public override (string Least, string Greatest) Ends(TimeKind kind) =>
        kind < TimeKind.IntegerSeconds
            ? ($"(-9223372036854775806)::BIGINT::{TypeOf(kind)}", $"9223372036854775805::BIGINT::{TypeOf(kind)}")
            : ("(-9223372036854775807)", "9223372036854775806");

    public override ValueTask DisposeAsync() =>
        _crate is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }
            ? _crate.Value.Result.DisposeAsync()
            : ValueTask.CompletedTask;

    /// <summary>
    /// A column gets another type as users of CrateDB do it: the rows go to a new table, which takes the name of the old one.
    /// </summary>
    private async Task RetypeAsync(string table, string column, string type)
    {
        var name = table.Replace("\"", "", StringComparison.Ordinal).Split('.');
        var columns = await QueryAsync(
            $"""
            SELECT column_name, data_type, numeric_precision, numeric_scale FROM information_schema.columns
            WHERE table_schema = {Text(name[0])} AND table_name = {Text(name[1])} ORDER BY ordinal_position
            """
        );
        var changed = column.Trim('"');
        var made = columns.Select(c =>
            $"{Quote((string)c[0]!)} {((string)c[0]! == changed ? type : c[2] is null ? c[1] : $"{c[1]}({c[2]},{c[3]})")}"
        );
        var read = columns.Select(c => (string)c[0]! == changed ? $"CAST({Quote(changed)} AS {type})" : Quote((string)c[0]!));
        await DoAsync($"CREATE TABLE retyped ({string.Join(", ", made)})");
        await DoAsync($"INSERT INTO retyped SELECT {string.Join(", ", read)} FROM {table}");
        await DoAsync($"ALTER CLUSTER SWAP TABLE retyped TO {table} WITH (drop_source = true)");
    }

    private async Task<(IReadOnlyList<object?[]> Rows, long? RowCount)> DoAsync(string statement)
    {
        var answer = await (await _crate.Value).AnswerAsync(statement);
        await using var reader = new AnswerReader(new MemoryStream(Encoding.UTF8.GetBytes(answer)));
        List<object?[]> rows = [];
        using var json = JsonDocument.Parse(answer);
        List<bool> real =
        [
            .. json
                .RootElement.GetProperty("col_types")
                .EnumerateArray()
                .Select(t => t.ValueKind is JsonValueKind.Number && t.GetInt32() == 7),
        ];
        while (await reader.ReadAsync(CancellationToken.None) is { } row)
            rows.Add([.. Enumerable.Range(0, row.Count).Select(i => real[i] && row[i] is double number ? (float)number : row[i])]);
        return (rows, reader.RowCount);
    }

    private static long NanosecondsOf(TimeKind kind) =>
        kind switch
        {
            TimeKind.IntegerSeconds => 1_000_000_000,
            TimeKind.IntegerMilliseconds => 1_000_000,
            TimeKind.IntegerMicroseconds => 1_000,
            _ => 1,
        };

    [GeneratedRegex(@"^ALTER TABLE (?<table>\S+) ALTER COLUMN (?<column>\S+) TYPE (?<type>.+)$")]
    private static partial Regex Retyping();

    private static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
