using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb.Statements;

/// <summary>
/// A tier's table, and how a range of it is replaced: rows are written under a new generation, then those of older
/// generations are removed. Killed anywhere, no row is there twice, and the same statements under a higher generation make
/// it right.
/// </summary>
/// <param name="Name">The table.</param>
/// <param name="Bucket">The column of the bucket's start.</param>
/// <param name="Series">The columns of the series, NULL allowed.</param>
/// <param name="States">The columns of the states with their types, written as CrateDB has them.</param>
/// <param name="Part">How a partition is made from the bucket.</param>
internal sealed record TierTable(TableName Name, string Bucket, IReadOnlyList<Typed> Series, IReadOnlyList<Typed> States, SqlText Part)
{
    /// <summary>The generation that wrote a row.</summary>
    public const string Generation = "varve_gen";

    /// <summary>The series as one text that is never NULL, because no column of a primary key may be.</summary>
    public const string Key = "varve_key";

    /// <summary>The partition column.</summary>
    public const string Partition = "varve_part";

    /// <summary>Every column that is written, in the order in which a SELECT for <see cref="TierShapes.Upsert"/> gives them.</summary>
    public IReadOnlyList<string> Written => [Bucket, .. Series.Select(s => s.Name), Key, Generation, .. States.Select(s => s.Name)];
}

/// <summary>A column with its type.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type, as CrateDB writes it.</param>
internal sealed record Typed(string Name, SqlText Type);

/// <summary>Statements about a tier's table.</summary>
internal static class TierShapes
{
    /// <summary>Makes the table, where it is not there yet.</summary>
    public static SqlText Create(TierTable tier, long shards)
    {
        var columns = tier.Series.Concat(tier.States).Select(c => (SqlText)$"{Name(c.Name)} {c.Type}");
        return $"""
            CREATE TABLE IF NOT EXISTS {tier.Name} (
              {Name(tier.Bucket)} TIMESTAMP WITH TIME ZONE NOT NULL,
              {Name(TierTable.Key)} TEXT NOT NULL,
              {Name(TierTable.Generation)} BIGINT NOT NULL,
              {SqlText.Join(", ", columns)},
              {Name(TierTable.Partition)} TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS {tier.Part},
              PRIMARY KEY ({Name(tier.Bucket)}, {Name(TierTable.Key)}, {Name(TierTable.Partition)})
            ) CLUSTERED INTO {shards} SHARDS PARTITIONED BY ({Name(TierTable.Partition)})
              WITH (number_of_replicas = '0-1', column_policy = 'strict')
            """;
    }

    /// <summary>
    /// Writes rows under a generation. The condition is a fence: a writer that was thought dead, and has a lower generation,
    /// changes nothing. CrateDB has no DO UPDATE … WHERE.
    /// </summary>
    public static SqlText Upsert(TierTable tier, SqlText select)
    {
        var columns = SqlText.Join(", ", tier.Written.Select(c => (SqlText)$"{Name(c)}"));
        SqlText isNewer = $"excluded.{Name(TierTable.Generation)} >= {Name(TierTable.Generation)}";
        var fenced = tier.Series.Concat(tier.States)
            .Select(c => (SqlText)$"{Name(c.Name)} = CASE WHEN {isNewer} THEN excluded.{Name(c.Name)} ELSE {Name(c.Name)} END");
        return $"""
            INSERT INTO {tier.Name} ({columns}) ({select})
            ON CONFLICT ({Name(tier.Bucket)}, {Name(TierTable.Key)}, {Name(TierTable.Partition)}) DO UPDATE SET
              {SqlText.Join(", ", fenced)},
              {Name(TierTable.Generation)} = greatest({Name(TierTable.Generation)}, excluded.{Name(TierTable.Generation)})
            """;
    }

    /// <summary>
    /// Removes what vanished: rows of a range that no longer have a series or bucket in what they are built from. Only after a
    /// REFRESH: without one the old version of a row that was just written still matches, and the new one goes with it.
    /// </summary>
    /// <param name="tier">The tier.</param>
    /// <param name="from">Milliseconds.</param>
    /// <param name="to">Milliseconds.</param>
    /// <param name="generation">The generation that wrote the range. Lower ones go, higher ones never.</param>
    public static SqlText RemoveOlder(TierTable tier, long from, long to, long generation) =>
        $"DELETE FROM {tier.Name} WHERE {Name(tier.Bucket)} >= {from} AND {Name(tier.Bucket)} < {to} AND {Name(TierTable.Generation)} < " +
            $"{generation}";

    /// <summary>
    /// The series as one text: each value with its length before it, so that no two series have one key, and NULL apart from every text.
    /// </summary>
    public static SqlText SeriesKey(IReadOnlyList<string> series) => series.Count == 0
        ? $"''"
        : SqlText.Join(" || '/' || ", series.Select(s => (SqlText)
            $"(CASE WHEN {Name(s)} IS NULL THEN 'n' ELSE 'v' || length({Name(s)}::TEXT)::TEXT || ':' || {Name(s)}::TEXT END)"));

    private static Identifier Name(string name) => new(name);
}
