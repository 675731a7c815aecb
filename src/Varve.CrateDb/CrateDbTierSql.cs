using Varve.CrateDb.Statements;
using Varve.Sql;

namespace Varve.CrateDb;

/// <summary>
/// The table of a tier, and how a range of it is replaced: rows are written under a new generation, then those of older
/// generations are removed. Killed anywhere, no row is there twice, and the same statements under a higher generation make
/// it right.
/// </summary>
internal static class CrateDbTierSql
{
    /// <summary>The attempt that wrote a row.</summary>
    public static readonly Identifier Generation = new("varve_gen");

    /// <summary>The series as one text that is never NULL, because no column of a primary key may be.</summary>
    public static readonly Identifier Key = new("varve_key");

    /// <summary>The partition column.</summary>
    public static readonly Identifier Part = new("varve_part");

    /// <summary>Makes the table: partitioned by month, for buckets of a day and longer by year.</summary>
    public static SqlText Create(TierTable tier)
    {
        SqlText time = $"{new Identifier(tier.Time.Name)}";
        SqlText unit = $"'month'";
        if (tier.Longest >= NodaTime.Duration.FromDays(1))
            unit = $"'year'";
        return $"""
            CREATE TABLE IF NOT EXISTS {tier.Table} (
              {SqlText.Join(", ", tier.Columns.Select(c => Column(tier, c)))},
              {Key} TEXT NOT NULL,
              {Generation} BIGINT NOT NULL,
              {Part} TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc({unit}, {CrateDbTimeSql.AsTimestamp(tier.Time, time)}),
              PRIMARY KEY ({time}, {Key}, {Part})
            ) CLUSTERED INTO 1 SHARDS PARTITIONED BY ({Part})
              WITH (number_of_replicas = '0-1', column_policy = 'strict')
            """;
    }

    /// <summary>
    /// Rows under a generation. The condition is a fence: a writer that was thought dead, and has a lower generation, changes
    /// nothing. CrateDB has no DO UPDATE … WHERE. Columns that the rows do not have are not known any more.
    /// </summary>
    public static SqlText Upsert(TierWrite write)
    {
        var tier = write.Tier;
        SqlText isNewer = $"excluded.{Generation} >= {Generation}";
        SqlText Newer(Identifier column, SqlText value) => $"{column} = CASE WHEN {isNewer} THEN {value} ELSE {column} END";
        var written = SqlText.Join(", ", write.Columns.Select(c => (SqlText)$"{c}"));
        IEnumerable<SqlText> fenced =
        [
            .. write.Columns.Where(c => c.Value != tier.Time.Name).Select(c => Newer(c, $"excluded.{c}")),
            .. write.Unknown.Select(c => Newer(c, $"NULL")),
        ];
        return $"""
            INSERT INTO {tier.Table} ({written}, {Key}, {Generation}) (SELECT {written}, {SeriesKey(
                tier.Series
            )}, {write.Generation}::BIGINT
            FROM ({write.Rows}) AS varve_new)
            ON CONFLICT ({new Identifier(tier.Time.Name)}, {Key}, {Part}) DO UPDATE SET
              {SqlText.Join(", ", fenced)},
              {Generation} = greatest({Generation}, excluded.{Generation})
            """;
    }

    /// <summary>
    /// Removes what vanished: rows of a range that no longer have a series or bucket in what they are built from. Only after a
    /// REFRESH: without one the old version of a row that was just written still matches, and the new one goes with it. Higher
    /// generations never go.
    /// </summary>
    public static SqlText RemoveOlder(TierWrite write) =>
        $"DELETE FROM {write.Tier.Table} WHERE {write.Within} AND {Generation} < {write.Generation}";

    /// <summary>
    /// The series as one text: each value with its length before it, so that no two series have one key, and NULL apart from every text.
    /// </summary>
    public static SqlText SeriesKey(IReadOnlyList<Identifier> series) =>
        series.Count == 0
            ? $"''"
            : SqlText.Join(
                " || '/' || ",
                series.Select(s => (SqlText)$"(CASE WHEN {s} IS NULL THEN 'n' ELSE 'v' || length({s}::TEXT)::TEXT || ':' || {s}::TEXT END)")
            );

    private static SqlText Column(TierTable tier, StateColumn column)
    {
        var text = (SqlText)$"{column.Name} {CrateDbTypes.Write(column.Type)}";
        return column.Name.Value == tier.Time.Name ? $"{text} NOT NULL" : text;
    }
}
