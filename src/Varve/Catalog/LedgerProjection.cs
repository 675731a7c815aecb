using Varve.Engines;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>The sets of a ledger as rows, for people who ask the database itself.</summary>
internal sealed class LedgerProjection(CatalogTables tables)
{
    private const int MostRows = 1000;

    /// <summary>Replaces what the tables show of a policy.</summary>
    /// <param name="statements">The unit of work.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="ledger">What they show then.</param>
    /// <param name="isClean">True for a table that is known to show nothing of it: there is nothing to remove.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task WriteAsync(IStatements statements, string policy, Ledger ledger, Shown isClean, CancellationToken cancellationToken)
    {
        if (!isClean.Coverage)
            await statements.ExecuteAsync($"DELETE FROM {tables.Coverage} WHERE policy = {policy}", cancellationToken);
        if (!isClean.Dirty)
            await statements.ExecuteAsync($"DELETE FROM {tables.Dirty} WHERE policy = {policy}", cancellationToken);
        foreach (var some in Coverage(ledger).Chunk(MostRows))
        {
            var rows = some.Select(r =>
                (SqlText)$"({policy}, {r.Relation.Text}, {r.Kind}, {Micros.From(r.Range.From)}, {Micros.From(r.Range.To)})"
            );
            await statements.ExecuteAsync(
                $"INSERT INTO {tables.Coverage} (policy, relation, kind, from_us, to_us) VALUES {SqlText.Join(", ", rows)}",
                cancellationToken
            );
        }

        foreach (var some in Dirty(ledger).Chunk(MostRows))
        {
            var rows = some.Select(r =>
                (SqlText)
                    $"({policy}, {r.Relation.Text}, {r.Kind}, {Micros.From(r.Range.From)}, {Micros.From(r.Range.To)}, {Left(r)}, {Others(r)}, {r.State})"
            );
            await statements.ExecuteAsync(
                $"INSERT INTO {tables.Dirty} (policy, relation, kind, from_us, to_us, rows_left, by_others, state) VALUES {SqlText.Join(", ", rows)}",
                cancellationToken
            );
        }
    }

    /// <summary>Which of the tables have no row of a ledger once it is shown.</summary>
    public static Shown Clean(Ledger ledger) => new(!Coverage(ledger).Any(), !Dirty(ledger).Any());

    /// <summary>Something about each of the tables.</summary>
    /// <param name="Coverage">About the one of what is covered, frozen and accepted.</param>
    /// <param name="Dirty">About the other one.</param>
    public readonly record struct Shown(bool Coverage, bool Dirty);

    /// <summary>Whether the tables show what a ledger says.</summary>
    public async Task<bool> AgreesAsync(IStatements statements, string policy, Ledger ledger, CancellationToken cancellationToken)
    {
        var covered = await statements.QueryAsync(
            $"SELECT relation, kind, from_us, to_us FROM {tables.Coverage} WHERE policy = {policy}",
            cancellationToken
        );
        var dirty = await statements.QueryAsync(
            $"SELECT relation, kind, from_us, to_us FROM {tables.Dirty} WHERE policy = {policy}",
            cancellationToken
        );
        return Same(covered, Coverage(ledger)) && Same(dirty, Dirty(ledger));
    }

    private static bool Same(IReadOnlyList<Row> stored, IEnumerable<ShownRange> expected) =>
        stored
            .Select(r => (r.Text(0), r.Text(1), Same(r.Long(2)), Same(r.Long(3))))
            .Order()
            .SequenceEqual(expected.Select(r => (r.Relation.Text, r.Kind, Micros.From(r.Range.From), Micros.From(r.Range.To))).Order());

    // Not every database stores the numbers of −∞ and +∞: some have those next to them.
    private static long Same(long micros) => Micros.From(Micros.ToInstant(micros));

    private static IEnumerable<ShownRange> Coverage(Ledger ledger) =>
        from relation in ledger.Relations.OrderBy(r => r.Key)
        let sets = relation.Value
        from set in new[] { ("covered", sets.Covered), ("frozen", sets.Frozen), ("accepted", sets.Accepted) }
        from range in set.Item2
        select new ShownRange(relation.Key, set.Item1, range);

    private static IEnumerable<ShownRange> Dirty(Ledger ledger)
    {
        foreach (var (relation, sets) in ledger.Relations.OrderBy(r => r.Key))
        {
            foreach (
                var (kind, set) in new[]
                {
                    ("dirty", sets.Dirty),
                    ("followed", sets.MayShrink),
                    ("lost", sets.Lost),
                    ("halted", sets.Halted),
                    ("unarchived", sets.Unarchived),
                }
            )
                foreach (var range in set)
                    yield return new(relation, kind, range);
            foreach (var (column, set) in sets.Thin.OrderBy(t => t.Key, StringComparer.Ordinal))
                foreach (var range in set)
                    yield return new(relation, "thin", range) { State = column };
            foreach (var cut in sets.Cut)
                yield return new(relation, "cut", cut.Bucket) { State = cut.Input?.Text, Cut = cut };
        }
    }

    private static SqlText Left(ShownRange shown)
    {
        if (shown.Cut is { } cut)
            return $"{cut.RowsLeft}";
        return $"NULL";
    }

    private static SqlText Others(ShownRange shown)
    {
        if (shown.Cut is { } cut)
            return $"{cut.ByOthers}";
        return $"NULL";
    }

    private sealed record ShownRange(RelationId Relation, string Kind, TimeRange Range)
    {
        public string? State { get; init; }

        public CutBucket? Cut { get; init; }
    }
}
