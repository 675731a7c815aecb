using Varve.Planning;

namespace Varve.Proposing;

/// <summary>What becomes of one column that is not the time.</summary>
/// <param name="Column">The column.</param>
/// <param name="Role">Its role.</param>
/// <param name="Reason">What was seen, for the comment.</param>
internal sealed record ColumnPick(ColumnProfile Column, ColumnRole Role, string Reason)
{
    /// <summary>True for a series column that rows of one instant, a key or a person say is one.</summary>
    public bool IsCertain { get; init; }

    /// <summary>True for one that changes in most rows, and is a series column only where nothing else is.</summary>
    public bool ChangesFromRowToRow { get; init; }

    /// <summary>True for a number that grows until it begins again.</summary>
    public bool IsCounter { get; init; }
}

/// <summary>The roles of columns.</summary>
internal enum ColumnRole
{
    /// <summary>It names a series.</summary>
    Series,

    /// <summary>It is rolled up.</summary>
    Measure,

    /// <summary>It is in no tier.</summary>
    LeftOut,
}

/// <summary>
/// Which columns tell things apart. Where it is not certain a column is taken for one that does: a series too many costs
/// rows, a series too few mixes things for ever.
/// </summary>
internal static class SeriesPick
{
    /// <summary>Text with more different values than this, and half as many as rows, names no series.</summary>
    private const long ManyNames = 200;

    /// <summary>An integer with more than one different value for so many rows names no series.</summary>
    private const long RowsForNumber = 10;

    /// <summary>A state changes at most once in so many rows.</summary>
    private const long RowsForState = 10;

    /// <summary>Columns that may name a series and have to be looked at beside their neighbours.</summary>
    public static IReadOnlyList<ColumnProfile> Candidates(TableProfile profile, TimeColumn time) =>
        [.. profile.Columns.Where(c => c.Column.Name != time.Name && !profile.InKey(c) && c.IsName && !IsFreeText(profile, c))];

    /// <summary>Integers with few different values, which are looked at where rows of one series share an instant.</summary>
    public static IReadOnlyList<ColumnProfile> Numbers(TableProfile profile, TimeColumn time) =>
        [
            .. profile.Columns.Where(c =>
                c.Column.Name != time.Name
                && !profile.InKey(c)
                && c.Column.Type is ColumnType.Integer
                && c.Distinct is { } distinct
                && distinct > 1
                && distinct * RowsForNumber <= profile.Sampled
            ),
        ];

    /// <summary>The role of a column from itself alone.</summary>
    public static ColumnPick Alone(TableProfile profile, ColumnProfile column)
    {
        var seen = Seen(profile, column);
        if (profile.InKey(column) && column.Column is { Type: not ColumnType.Nested, HasAlikes: false })
            return new(column, ColumnRole.Series, $"{seen}; in the primary key") { IsCertain = true };
        if (column.IsName)
            return IsFreeText(profile, column)
                ? new(column, ColumnRole.LeftOut, $"{seen}: it names no series")
                : new(column, ColumnRole.Series, seen);
        return column.Column.Type switch
        {
            ColumnType.Integer when profile.Sampled > 1 && column.Distinct == profile.Sampled && IsNamedId(column) => new(
                column,
                ColumnRole.LeftOut,
                $"{seen}: it numbers the rows"
            ),
            { IsNumeric: true } => new(column, ColumnRole.Measure, seen),
            ColumnType.Bool => new(column, ColumnRole.Measure, seen),
            _ when column.IsTime => new(column, ColumnRole.LeftOut, $"{seen}: another time"),
            _ => new(column, ColumnRole.LeftOut, $"{seen}: no function is taken of that by itself"),
        };
    }

    /// <summary>The role of a candidate, after its neighbours were looked at.</summary>
    public static ColumnPick Beside(TableProfile profile, ColumnProfile column, Neighbours seen)
    {
        var what = Seen(profile, column);
        if (seen.Ties > 0)
            return new(
                column,
                ColumnRole.Series,
                $"{what}; tells rows of the same instant apart ({CommentText.Number(seen.Ties)} of {CommentText.Number(seen.Rows)})"
            )
            {
                IsCertain = true,
            };
        if (seen.Steps == 0)
            return new(column, ColumnRole.Series, what);
        if (seen.Changes == 0)
            return new(column, ColumnRole.Series, $"{what}; always the same for what the other columns name, so it costs no rows");
        if (seen.Changes * RowsForState <= seen.Steps)
            return new(
                column,
                ColumnRole.Measure,
                $"{what}; no row needs it to be told apart, and it changed {CommentText.Count(seen.Changes, "time")} in {CommentText.Rows(seen.Steps)}: taken for a state. If it names things, move it to series"
            );
        return new(
            column,
            ColumnRole.Series,
            $"{what}; not certain: no two rows of an instant need it, but it changes from row to row. If it is a state, measure it with [last]"
        )
        {
            ChangesFromRowToRow = seen.Changes * 2 > seen.Steps,
        };
    }

    /// <summary>The role of an integer that tells apart all rows that share instant and series.</summary>
    public static ColumnPick Number(TableProfile profile, ColumnProfile column, long ties) =>
        new(
            column,
            ColumnRole.Series,
            $"{Seen(profile, column)}; without it {CommentText.Rows(ties)} would share instant and series with another one"
        );

    /// <summary>One that changes from row to row of what other columns name for certain: it would make a series of each row.</summary>
    public static ColumnPick NoSeries(TableProfile profile, ColumnPick pick) =>
        new(
            pick.Column,
            ColumnRole.Measure,
            $"{Seen(profile, pick.Column)}; no row needs it to be told apart, and it changes from row to row of a series: taken for a state. If it names things, move it to series"
        );

    /// <summary>A measure after a look at how it moves within its series.</summary>
    public static ColumnPick Moved(ColumnPick pick, Moves moves)
    {
        if (moves.IsConstantPerSeries)
            return pick with
            {
                Role = ColumnRole.LeftOut,
                Reason =
                    $"{pick.Reason}; always the same within a series ({CommentText.Count(moves.Steps, "step")}), so it describes the series and is no measure",
            };
        if (!moves.IsCounter)
            return pick;
        var again = moves.Down == 0 ? "never goes back" : $"goes back {CommentText.Count(moves.Down, "time")}";
        return pick with
        {
            IsCounter = true,
            Reason =
                $"{pick.Reason}; a counter: within a series it grows in {CommentText.Number(moves.Up)} of {CommentText.Count(moves.Steps, "step")} and {again}. Its average says nothing; increase and rate are functions of a later version",
        };
    }

    /// <summary>What a person said.</summary>
    public static ColumnPick AsSaid(TableProfile profile, ColumnProfile column) =>
        new(column, ColumnRole.Series, $"{Seen(profile, column)}; as you said") { IsCertain = true };

    private static string Seen(TableProfile profile, ColumnProfile column)
    {
        var type = CommentText.Name(column.Column.TypeName.Length > 40 ? $"{column.Column.TypeName[..40]}…" : column.Column.TypeName);
        if (profile.Sampled == 0 || column.Column is { Type: ColumnType.Nested } or { HasAlikes: true })
            return type;
        if (column.Values == 0)
            return $"{type}, NULL in all of {profile.Seen}";
        var nulls =
            column.Values == profile.Sampled ? "" : $", NULL in {CommentText.Share(profile.Sampled - column.Values, profile.Sampled)}";
        return column.Distinct is { } distinct
            ? $"{type}, {CommentText.Count(distinct, "distinct value")} in {profile.Seen}{nulls}"
            : $"{type}{nulls}";
    }

    private static bool IsFreeText(TableProfile profile, ColumnProfile column) =>
        column.Distinct is { } distinct && distinct > ManyNames && distinct * 2 > profile.Sampled;

    private static bool IsNamedId(ColumnProfile column) => column.Column.Name.EndsWith("id", StringComparison.OrdinalIgnoreCase);
}
