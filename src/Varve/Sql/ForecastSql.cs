using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Sql;

/// <summary>What a forecast counts: each question is one pass over the time, or over time and series of a window.</summary>
internal static class ForecastSql
{
    /// <summary>
    /// Rows of a relation by bins, oldest first: number, least and greatest time in microseconds. Without bins each instant is
    /// one.
    /// </summary>
    public static SqlText Strata(Dialect dialect, TimeColumn time, TableName table, Grid? bins, TimeRange hull, RangeSet within)
    {
        var micros = dialect.MicrosOf(time, $"{new Identifier(time.Name)}");
        var bin = bins is null ? micros : BucketSql.Start(dialect, bins, hull, micros);
        return $"""
            SELECT count(*), min(varve_at), max(varve_at)
            FROM (SELECT {bin} AS varve_bin, {micros} AS varve_at FROM {table} WHERE {RangeSql.In(dialect, time, within)}) AS varve_binned
            GROUP BY varve_bin ORDER BY varve_bin
            """;
    }

    /// <summary>
    /// Pairs of bucket and series that the source has in a window: the rows that a tier would have. Without a tier the series
    /// alone.
    /// </summary>
    public static SqlText Pairs(Dialect dialect, PolicyLayout blueprint, TierLayout? tier, TimeRange window)
    {
        var columns = StateColumns.Series(blueprint).Select(c => (SqlText)$"{c}");
        if (tier is not null)
            columns = columns.Prepend(
                BucketSql.Start(dialect, tier.Grid, window, dialect.MicrosOf(blueprint.Time, $"{new Identifier(blueprint.Time.Name)}"))
            );
        return $"SELECT count(*) FROM (SELECT DISTINCT {SqlText.Join(", ", columns)} FROM {blueprint.Source} WHERE {RangeSql.In(dialect, blueprint.Time, window)}) AS varve_pairs";
    }
}
