using Varve.Planning;

namespace Varve.Sql;

/// <summary>The names of the columns of a states table: a promise to everybody who queries it.</summary>
internal static class StateColumns
{
    public static readonly Identifier Rows = new("varve_rows");

    public static readonly Identifier Covered = new("varve_covered");

    /// <summary>Calendar tiers only: the length of the bucket in milliseconds, as local days differ.</summary>
    public static readonly Identifier Length = new("varve_length");

    public static readonly Identifier Bucket = new("varve_bucket");

    public static Identifier Of(MeasureLayout measure, string suffix) => new(measure.ColumnOf(suffix));

    public static IEnumerable<Identifier> Series(PolicyLayout blueprint) => blueprint.Series.Select(c => new Identifier(c.Name));

    public static IEnumerable<(MeasureLayout Measure, StateSql State)> States(PolicyLayout blueprint) =>
        from measure in blueprint.Measures
        from suffix in measure.States
        select (measure, StateSql.Of(suffix));

    public static bool HasLength(TierLayout tier) => tier.Grid.Width is Time.Width.Calendar;

    /// <summary>All columns in order, with their types.</summary>
    public static IEnumerable<StateColumn> Typed(PolicyLayout blueprint, TierLayout tier)
    {
        // A bucket may begin before the least value that a narrow integer has.
        var (column, count) = (blueprint.Columns.First(c => c.Name == blueprint.Time.Name), new StateType.Count());
        StateType time = column.Type is ColumnType.Integer ? count : new StateType.Like(column);
        yield return new(new(blueprint.Time.Name), time);
        foreach (var series in blueprint.Series)
            yield return new(new(series.Name), new StateType.Like(series));
        yield return new(Rows, count);
        yield return new(Covered, count);
        if (HasLength(tier))
            yield return new(Length, count);
        foreach (var (measure, state) in States(blueprint))
            yield return new(Of(measure, state.Suffix), state.TypeOf(measure, time));
    }

    /// <summary>All columns in order.</summary>
    public static IEnumerable<Identifier> All(PolicyLayout blueprint, TierLayout tier)
    {
        yield return new(blueprint.Time.Name);
        foreach (var series in Series(blueprint))
            yield return series;
        yield return Rows;
        yield return Covered;
        if (HasLength(tier))
            yield return Length;
        foreach (var (measure, state) in States(blueprint))
            yield return Of(measure, state.Suffix);
    }
}
