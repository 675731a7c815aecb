using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Sql;

/// <summary>What people read: final values derived from states.</summary>
internal sealed class ReadSql(PolicyLayout blueprint, Dialect dialect)
{
    /// <summary>False in rows of an answer that have only a part of what their bucket had.</summary>
    public const string Complete = "varve_complete";

    private static readonly Identifier s_complete = new(Complete);
    private static readonly Identifier s_tier = new("varve_tier");
    private static readonly Identifier s_seconds = new("varve_seconds");
    private static readonly Instant s_last = Instant.MaxValue - Duration.FromMilliseconds(1);

    private Identifier Time { get; } = new(blueprint.Time.Name);

    /// <summary>The view of one tier.</summary>
    public SqlText TierView(TierLayout tier)
    {
        List<SqlText> columns = [.. Columns(tier)];
        if (IsLocal(tier))
            columns.Add($"{dialect.LocalDate(blueprint.Time, $"{Time}", tier.Grid.Zone.Id)} AS varve_local");
        return $"SELECT {SqlText.Join(", ", columns)} FROM {tier.States}";
    }

    /// <summary>Names of the columns of the view of one tier, in order.</summary>
    public IReadOnlyList<string> Names(TierLayout tier) => [.. Names().SkipLast(2), .. IsLocal(tier) ? new[] { "varve_local" } : []];

    private static bool IsLocal(TierLayout tier) => tier.Grid.Width is Width.Calendar && tier.Grid.Zone != DateTimeZone.Utc;

    /// <summary>A range of a tier as the stitched view shows it.</summary>
    public SqlText Part(TierLayout tier, TimeRange range) =>
        $"{Shown(tier, tier.Name)} FROM {tier.States} WHERE {RangeSql.In(dialect, blueprint.Time.Starts, range)}";

    /// <summary>
    /// A range of the source, grouped to the buckets of a tier as if it had been built; boundaries are known within <paramref
    /// name="known"/>.
    /// </summary>
    public SqlText Open(TierLayout tier, TimeRange range, TimeRange known) =>
        $"{Shown(tier, RelationId.Source.Text)} FROM ({new RollupSql(blueprint, tier, dialect).Select(RelationId.Source, RangeSet.Of(range), known)}) AS varve_open";

    /// <summary>
    /// Several parts as one answer, ordered by time and series; behind the columns the start of each bucket in microseconds.
    /// </summary>
    public SqlText Answer(
        IReadOnlyList<QuerySegment> parts,
        IReadOnlyList<(Column Column, string? Value)> where,
        IReadOnlyList<string> columns
    )
    {
        var selected = columns.Select(c => Written(new(c))).Append(dialect.MicrosOf(blueprint.Time, $"varve_answer.{Time}"));
        return $"SELECT {SqlText.Join(", ", selected)} FROM {Ordered(parts, where)}";
    }

    /// <summary>
    /// The same for a file: values of their own types where the file keeps them, else as text; the local date behind the time
    /// where the zone is not UTC.
    /// </summary>
    public SqlText Typed(
        IReadOnlyList<QuerySegment> parts,
        IReadOnlyList<(Column Column, string? Value)> where,
        IReadOnlyList<string> columns,
        Func<Column, bool> keeps,
        string zone
    )
    {
        List<SqlText> selected = [.. columns.Select(c => Kept(new(c), keeps))];
        if (zone != DateTimeZone.Utc.Id)
            selected.Insert(1, $"{dialect.LocalDate(blueprint.Time, $"varve_answer.{Time}", zone)} AS varve_local");
        return $"SELECT {SqlText.Join(", ", selected)} FROM {Ordered(parts, where)}";
    }

    private SqlText Ordered(IReadOnlyList<QuerySegment> parts, IReadOnlyList<(Column Column, string? Value)> where)
    {
        var selects = parts.Select(p => Knowing(p.Unknown).Answer(p));
        var condition = SqlText.Empty;
        if (where.Count > 0)
            condition = $" WHERE {WhereSql.Matches(dialect, where)}";

        // Qualified: the text of a value has its name, and is not in its order.
        var order = StateColumns
            .Series(blueprint)
            .Prepend(Time)
            .Append(s_tier)
            .Append(s_seconds)
            .Append(StateColumns.Rows)
            .Select(c => (SqlText)$"varve_answer.{c}");
        return $"({SqlText.Join(" UNION ALL ", selects)}) AS varve_answer{condition} ORDER BY {SqlText.Join(", ", order)}";
    }

    private SqlText Kept(Identifier column, Func<Column, bool> keeps)
    {
        if (ColumnOf(column) is { } of && !keeps(of))
            return $"CAST(varve_answer.{column} AS VARCHAR) AS {column}";
        if (dialect.Parquet is null && ScaleOf(column) is >= 0 and var scale)
            return $"CAST(varve_answer.{column} AS NUMERIC(38, {(long)scale})) AS {column}";
        return $"varve_answer.{column}";
    }

    // What was put together of several parts has no scale any more, and a file has no decimals without one.
    private int ScaleOf(Identifier column)
    {
        var type = ColumnOf(column)?.Type is ColumnType.Decimal own
            ? own
            : blueprint
                .Measures.FirstOrDefault(m => m.Measure.Functions.Contains(Function.Sum) && Name(m, Function.Sum) == column.Value)
                ?.Column.Type;
        return type switch
        {
            ColumnType.Integer => 0,
            ColumnType.Decimal { Scale: var scale } => scale,
            _ => -1,
        };
    }

    /// <summary>The column of the source whose values a column of the answer has; null for what is computed.</summary>
    private Column? ColumnOf(Identifier column) =>
        blueprint.Series.FirstOrDefault(c => c.Name == column.Value)
        ?? blueprint
            .Measures.FirstOrDefault(m =>
                m.Measure.Functions.Any(f =>
                    f is Function.Min or Function.Max or Function.First or Function.Last && Name(m, f) == column.Value
                )
            )
            ?.Column;

    /// <summary>
    /// A value that no type of .NET holds is written by the database: it has more times, dates and bytes than can be named here.
    /// </summary>
    private SqlText Written(Identifier column)
    {
        if (
            ColumnOf(column)?.Type
            is ColumnType.Timestamp
                or ColumnType.TimestampTz
                or ColumnType.Date
                or ColumnType.Nested
                or ColumnType.Other
        )
            return $"CAST(varve_answer.{column} AS VARCHAR) AS {column}";
        return $"varve_answer.{column}";
    }

    private ReadSql Knowing(IReadOnlySet<string> unknown) => unknown.Count == 0 ? this : new(blueprint.Without(unknown), dialect);

    private SqlText Answer(QuerySegment part)
    {
        var (shown, first) = (part.Shown, part.Pieces[0]);
        var name = string.Join(
            " + ",
            part.Pieces.Select(p => p.Relation == RelationId.Source ? RelationId.Source.Text : blueprint.Tier(p.Relation).Name).Distinct()
        );
        SqlText rows = $"{shown.States} WHERE {RangeSql.In(dialect, blueprint.Time.Starts, first.Range)}";
        if (first.Relation != shown.Id)
            rows = $"({Regrouped(part)}) AS varve_open";
        return $"{Shown(shown, name)}, {part.IsComplete} AS {s_complete} FROM {rows}";
    }

    private SqlText Regrouped(QuerySegment part)
    {
        var (rollup, first) = (new RollupSql(blueprint, part.Shown, dialect), part.Pieces[0]);
        return part.Pieces.Count == 1
            ? rollup.Select(first.Relation, RangeSet.Of(first.Range), new TimeRange(first.Range.From, s_last))
            : rollup.Joined(part.Pieces.Select(p => (p.Relation, p.Range)), part.Shown.Grid.BucketOf(first.Range.From));
    }

    private SqlText Shown(TierLayout tier, string name) =>
        $"SELECT {SqlText.Join(", ", Columns(tier))}, {name} AS varve_tier, CAST({Length(tier)} AS DOUBLE PRECISION) / 1000 AS varve_seconds";

    /// <summary>Names of the columns of a part, in order.</summary>
    public IReadOnlyList<string> Names() =>
        [
            blueprint.Time.Name,
            .. blueprint.Series.Select(c => c.Name),
            .. blueprint.Measures.SelectMany(m => m.Measure.Functions.Select(f => Name(m, f))),
            "varve_rows",
            "varve_coverage",
            "varve_tier",
            "varve_seconds",
        ];

    /// <summary>Names of the columns of an answer, in order.</summary>
    public IReadOnlyList<string> AnswerNames() => [.. Names(), Complete];

    /// <summary>The name of a value: measure and function.</summary>
    public static string Name(MeasureLayout measure, Function function) =>
        $"{measure.Measure.Name}_{function.ToString().ToLowerInvariant()}";

    private IEnumerable<SqlText> Columns(TierLayout tier)
    {
        yield return $"{Time}";
        foreach (var series in StateColumns.Series(blueprint))
            yield return $"{series}";
        foreach (var measure in blueprint.Measures)
        {
            foreach (var function in measure.Measure.Functions)
                yield return $"{Known(tier, function, Value(measure, function))} AS {new Identifier(Name(measure, function))}";
        }

        yield return $"{StateColumns.Rows}";
        yield return $"CASE WHEN {StateColumns.Covered} >= {Length(tier)} THEN CAST(1 AS DOUBLE PRECISION) ELSE CAST({StateColumns.Covered} AS DOUBLE PRECISION) / {Length(tier)} END AS varve_coverage";
    }

    /// <summary>Below the least coverage values read as NULL, counts do not.</summary>
    private SqlText Known(TierLayout tier, Function function, SqlText value) =>
        blueprint.Policy.MinCoverage <= 0 || function == Function.Count
            ? value
            : $"CASE WHEN {StateColumns.Covered} >= {blueprint.Policy.MinCoverage} * {Length(tier)} THEN {value} END";

    private static SqlText Value(MeasureLayout measure, Function function)
    {
        if (!measure.Knows(function))
            return $"NULL";
        SqlText State(string suffix) => $"{StateColumns.Of(measure, suffix)}";
        SqlText variance = $"{State("m2")} / ({State("count")} - 1)";
        return function switch
        {
            Function.Count => State("count"),
            Function.Sum => State("sum"),
            Function.Avg => $"CAST({State("sum")} AS DOUBLE PRECISION) / nullif({State("count")}, 0)",
            Function.Min => State("min"),
            Function.Max => State("max"),
            Function.First => State("first"),
            Function.Last => State("last"),
            Function.Variance => $"CASE WHEN {State("count")} > 1 THEN {variance} END",
            Function.Stddev => $"CASE WHEN {State("count")} > 1 THEN sqrt({variance}) END",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static SqlText Length(TierLayout tier)
    {
        if (StateColumns.HasLength(tier))
            return $"{StateColumns.Length}";
        return $"{(long)tier.Grid.Width.Longest.TotalMilliseconds}";
    }
}
