using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Sql;

/// <summary>Rows that a person names by values, in the source and in the states of tiers.</summary>
internal sealed class EraseSql(PolicyLayout blueprint, Dialect dialect, IReadOnlyList<(Column Column, string? Value)> where)
{
    /// <summary>The number of rows.</summary>
    public SqlText Count(TableName table, RangeSet? ranges) => $"SELECT count(*) FROM {table} WHERE {Condition(table, ranges)}";

    /// <summary>Removes the rows.</summary>
    public SqlText Delete(TableName table, RangeSet? ranges) => $"DELETE FROM {table} WHERE {Condition(table, ranges)}";

    /// <summary>Earliest and latest time in microseconds of the rows of the source that have one.</summary>
    public SqlText Extent(RangeSet? ranges)
    {
        SqlText time = $"{new Identifier(blueprint.Time.Name)}";
        return $"SELECT {dialect.MicrosOf(blueprint.Time, $"min({time})")}, {dialect.MicrosOf(blueprint.Time, $"max({time})")} FROM {blueprint.Source} WHERE {Condition(blueprint.Source, ranges ?? RangeSet.Of(TimeRange.All))}";
    }

    /// <summary>The buckets of a tier that rows of the source lie in: start in microseconds.</summary>
    public SqlText Buckets(TierLayout tier, TimeRange hull)
    {
        var start = BucketSql.Start(dialect, tier.Grid, hull, dialect.MicrosOf(blueprint.Time, $"{new Identifier(blueprint.Time.Name)}"));
        return $"SELECT DISTINCT {start} FROM {blueprint.Source} WHERE {Condition(blueprint.Source, RangeSet.Of(hull))}";
    }

    /// <summary>Without ranges rows that have no time are meant too.</summary>
    private SqlText Condition(TableName table, RangeSet? ranges)
    {
        var matches = WhereSql.Matches(dialect, where);
        if (ranges is null)
            return matches;
        return $"{RangeSql.In(dialect, table == blueprint.Source ? blueprint.Time : blueprint.Time.Starts, ranges)} AND {matches}";
    }
}
