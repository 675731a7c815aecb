using System.Text.RegularExpressions;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.CrateDb;

/// <summary>CrateDB's SQL.</summary>
internal sealed partial class CrateDbDialect : Dialect
{
    private static readonly HashSet<string> s_zones = new(DateTimeZoneProviders.Tzdb.Ids, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string Name => "cratedb";

    /// <summary>Columns of tables have no brackets in their names, and no dots: the keys below an object have them.</summary>
    public static string? BadColumnName(string name) =>
        name.AsSpan().ContainsAny('[', ']') ? "brackets name what lies below an object"
        : name.Contains('.', StringComparison.Ordinal) ? "CrateDB takes no name with a dot"
        : null;

    /// <summary>
    /// A name in quotes; below an object column its keys stand in brackets, which no name of a column can have:
    /// <c>"payload"['temperature']</c>.
    /// </summary>
    public override string Quote(Identifier name)
    {
        var bracket = name.Value.IndexOf("['", StringComparison.Ordinal);
        return bracket > 0 && name.Value.EndsWith("']", StringComparison.Ordinal)
            ? Quoted(name.Value[..bracket]) + Keys(name.Value[bracket..])
            : Quoted(name.Value);
    }

    /// <inheritdoc/>
    public override SqlText? ViewTexts => Statements.ObserverShapes.Views();

    /// <inheritdoc/>
    public override IReadOnlyList<Identifier> TierColumns => [CrateDbTierSql.Key, CrateDbTierSql.Generation, CrateDbTierSql.Part];

    /// <summary>Without a schema it is that of the session.</summary>
    public override string Qualify(TableName table) =>
        table.Schema is { } schema ? $"{Quoted(schema)}.{Quoted(table.Name)}" : Quoted(table.Name);

    /// <summary>A schema is there when a table of it is.</summary>
    public override SqlText? MakeSchema(string schema) => null;

    /// <summary>Beyond 32,766 bytes text can be neither indexed nor kept in columns.</summary>
    public override SqlText LongText => $"TEXT INDEX OFF STORAGE WITH (columnstore = false)";

    /// <summary>Without it a table has as many shards as the cluster has processors, and a limit counts them.</summary>
    public override SqlText FewRows => $" CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = '0-1')";

    /// <summary>
    /// A condition on other columns beside the key is tested on the last refresh, and the row that changes is the current one.
    /// </summary>
    public override IReadOnlyList<Identifier> RowVersion { get; } = [new("_seq_no"), new("_primary_term")];

    /// <inheritdoc/>
    public override SqlText BucketLength(SqlText milliseconds) => $"CAST({milliseconds} AS BIGINT)";

    /// <inheritdoc/>
    public override IReadOnlyList<SqlText> CreateTier(TierTable tier, SqlText rows)
    {
        ArgumentNullException.ThrowIfNull(tier);
        return [CrateDbTierSql.Create(tier)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<SqlText> Widen(TableName table, IReadOnlyList<StateColumn> columns) =>
        [.. columns.Select(c => (SqlText)$"ALTER TABLE {table} ADD COLUMN {c.Name} {CrateDbTypes.Write(c.Type)}")];

    /// <inheritdoc/>
    public override IReadOnlyList<(SqlText Statement, bool Writes)> Replace(TierWrite write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return [(CrateDbTierSql.Upsert(write), true), (CrateDbTierSql.RemoveOlder(write), false)];
    }

    /// <inheritdoc/>
    public override bool SettlesTiesFirst => true;

    /// <summary>It is a loop in a loop.</summary>
    public override bool JoinsFully => false;

    /// <summary>Exact: of doubles CrateDB adds up the rounding of one group in another.</summary>
    public override SqlText Sum(SqlText value) => $"CAST(sum(CAST({value} AS NUMERIC)) AS DOUBLE PRECISION)";

    /// <summary>Chan et al. with Σ n (m − M)² as (N Σ n m² − (Σ n m)²) / N, which is safe in NUMERIC only.</summary>
    public override SqlText MergedDeviations(SqlText count, SqlText mean, SqlText m2)
    {
        SqlText weighted = $"CAST({count} AS NUMERIC) * CAST({mean} AS NUMERIC)";
        SqlText squares = $"CAST(sum({count}) AS NUMERIC) * sum({weighted} * CAST({mean} AS NUMERIC))";
        return $"({Sum(m2)} + CAST({squares} - sum({weighted}) * sum({weighted}) AS DOUBLE PRECISION) / nullif(sum({count}), 0))";
    }

    /// <inheritdoc/>
    public override SqlText Any(SqlText value) => $"arbitrary({value})";

    /// <inheritdoc/>
    public override SqlText Least(Column column, SqlText value)
    {
        ArgumentNullException.ThrowIfNull(column);
        if (column.Type is ColumnType.Bool)
            return $"(min(CASE WHEN {value} THEN 1 WHEN NOT {value} THEN 0 END) = 1)";
        return $"min({value})";
    }

    /// <inheritdoc/>
    public override SqlText LeastOver(Column column, SqlText value, SqlText window)
    {
        ArgumentNullException.ThrowIfNull(column);
        if (column.Type is ColumnType.Bool)
            return $"(min(CASE WHEN {value} THEN 1 WHEN NOT {value} THEN 0 END) OVER ({window}) = 1)";
        return $"min({value}) OVER ({window})";
    }

    /// <inheritdoc/>
    public override SqlText Greatest(Column column, SqlText value)
    {
        ArgumentNullException.ThrowIfNull(column);
        if (column.Type is ColumnType.Bool)
            return $"(max(CASE WHEN {value} THEN 1 WHEN NOT {value} THEN 0 END) = 1)";
        return $"max({value})";
    }

    /// <inheritdoc/>
    public override string Literal(SqlValue value) => CrateDbLiteral.Of(value);

    /// <inheritdoc/>
    public override string Placeholder(int number) => "?";

    /// <summary>
    /// Everything but text: partitions are pruned by constants, and a number as parameter would be an INT or a BIGINT by its
    /// size too. Zones and lengths of buckets are text that belongs to the statement, so they are written out as well.
    /// </summary>
    public override bool Inlines(SqlValue value) =>
        value is not SqlValue.Text(var text) || IsLength().IsMatch(text) || s_zones.Contains(text);

    /// <inheritdoc/>
    public override SqlText TimeValue(TimeColumn column, Instant at) => CrateDbTimeSql.Value(column, at);

    /// <inheritdoc/>
    public override SqlText MicrosOf(TimeColumn column, SqlText value) => CrateDbTimeSql.MicrosOf(column, value);

    /// <inheritdoc/>
    public override SqlText TimeOfMicros(TimeColumn column, SqlText micros) => CrateDbTimeSql.OfMicros(column, micros);

    /// <summary>Written as comparisons, which the index answers.</summary>
    public override SqlText IsFiniteTime(TimeColumn column, SqlText value) => CrateDbTimeSql.IsFinite(column, value);

    /// <summary>CrateDB has no infinite timestamps; the first and the last that it has stand for them.</summary>
    public override SqlText Timestamp(SqlText micros) =>
        $"CASE WHEN {micros} <= {CrateDbTime.Least} THEN {Instant.MinValue} WHEN {micros} >= {CrateDbTime.Greatest} THEN "
        + $"{Instant.MaxValue} ELSE {CrateDbTimeSql.FloorDivide(micros, 1_000)}::TIMESTAMP WITH TIME ZONE END";

    /// <summary>CrateDB's <c>%</c> has the sign of the number, and its <c>/</c> truncates.</summary>
    public override SqlText FloorTo(SqlText integer, long width) => CrateDbTimeSql.FloorTo(integer, width);

    /// <summary>
    /// A column of type REAL as a double: CrateDB turns the other side of a comparison into the column's type, which has no room for
    /// the bounds of a double, and only what is cast in the statement stays as it is.
    /// </summary>
    public override SqlText Measured(Column column) =>
        column is { TypeName: "real" } ? $"{new Identifier(column.Name)}::DOUBLE PRECISION" : base.Measured(column);

    /// <inheritdoc/>
    public override SqlText Finite(SqlText value) => $"CASE WHEN {IsFinite(value)} THEN {value} END";

    /// <summary>A comparison with an infinity means one thing in WHERE and another in FILTER; BETWEEN means the same in both.</summary>
    public override SqlText IsFinite(SqlText value) => $"{value} BETWEEN {-double.MaxValue} AND {double.MaxValue}";

    /// <summary>CrateDB keeps whichever of several values at one instant it met first.</summary>
    /// <exception cref="NotSupportedException">The smallest one is asked for: that takes a second level of grouping.</exception>
    public override SqlText ValueAt(Column column, SqlText value, SqlText key, bool earliest, Ties ties) =>
        (earliest, ties) switch
        {
            (true, Ties.Any) => $"min_by({value}, {key}) FILTER (WHERE {value} IS NOT NULL)",
            (false, Ties.Any) => $"max_by({value}, {key}) FILTER (WHERE {value} IS NOT NULL)",
            _ => throw new NotSupportedException(
                "min_by and max_by of CrateDB have no order among equal keys: group by the instant first."
            ),
        };

    /// <inheritdoc/>
    public override SqlText ExactSum(SqlText value, int scale) => $"CAST(sum(CAST({value} AS NUMERIC)) AS NUMERIC(38, {(long)scale}))";

    /// <inheritdoc/>
    public override SqlText Whole(SqlText value) => $"CAST({value} AS BIGINT)";

    /// <summary>In NUMERIC, where nothing is lost: CrateDB's own variance is 0 for numbers near a billion.</summary>
    public override SqlText SquaredDeviations(SqlText value)
    {
        SqlText exact = $"CAST({value} AS NUMERIC)";
        SqlText squares = $"CAST(count({value}) AS NUMERIC) * sum({exact} * {exact})";
        return $"(CAST({squares} - sum({exact}) * sum({exact}) AS DOUBLE PRECISION) / count({value}))";
    }

    /// <inheritdoc/>
    public override SqlText IsNaN(SqlText value) => $"{value} = {double.NaN}";

    /// <summary>A number is no timestamp here, though CrateDB would take it for milliseconds.</summary>
    public override SqlText Typed(Column column, string text, SqlText like) =>
        column.Type switch
        {
            ColumnType.Integer => $"TRY_CAST({text} AS BIGINT)",
            ColumnType.Decimal => $"TRY_CAST({text} AS NUMERIC)",
            ColumnType.Float => $"TRY_CAST({text} AS DOUBLE PRECISION)",
            ColumnType.Bool => $"TRY_CAST({text} AS BOOLEAN)",
            ColumnType.Timestamp or ColumnType.TimestampTz =>
                $"CASE WHEN {text} LIKE '%-%-%' THEN TRY_CAST({text} AS TIMESTAMP WITH TIME ZONE) END",
            _ => $"{text}",
        };

    /// <inheritdoc/>
    public override SqlText TypeName(SqlText value) => $"pg_typeof({value})";

    /// <summary>As text, year first: CrateDB stores no dates.</summary>
    public override SqlText LocalDate(TimeColumn column, SqlText value, string zone)
    {
        var at = CrateDbTimeSql.AsTimestamp(column, value);
        SqlText since = $"date_format('%Y-%m-%d', {zone}, {at})";
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is not { } known)
            return since;
        var arms = ZoneHistory
            .Before1970(known)
            .Select(o =>
                (SqlText)$"WHEN {at} < {o.End} THEN date_format('%Y-%m-%d', ({at}::BIGINT + {o.Seconds * 1_000})::TIMESTAMP WITH TIME ZONE)"
            );
        return $"CASE WHEN {at} >= {NodaConstants.UnixEpoch} THEN {since} {SqlText.Join(" ", arms)} END";
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>['a']['b'], each key quoted anew: what stands between the brackets is a name and no SQL.</summary>
    private static string Keys(string brackets) =>
        string.Concat(brackets[2..^2].Split("']['").Select(key => $"['{key.Replace("'", "''", StringComparison.Ordinal)}']"));

    [GeneratedRegex(@"\A(?:[0-9]+ seconds|PT[0-9]+\.[0-9]+S)\z")]
    private static partial Regex IsLength();
}
