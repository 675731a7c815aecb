using Varve.Engines;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>Removes rows that were proven, and looks again where nothing else says that all of them went.</summary>
internal sealed class Removal(StepContext context)
{
    // So many parts are named in one statement.
    private const int MostParts = 200;

    // So many statements of that length are one question.
    private const int MostGroups = 5;

    // What was found to be whole while nobody can change it unseen.
    private IReadOnlyList<TablePart>? _whole;

    /// <summary>Before anything else happens: a removal that is more than what is allowed leaves everything as it is.</summary>
    /// <exception cref="HaltException">It would be.</exception>
    public async Task<long> CheckAsync(RelationId relation, RangeSet ranges, CancellationToken cancellationToken)
    {
        if (ranges.IsEmpty || !IsToCheck)
            return 0;
        var rows = await CountAsync(relation, ranges, cancellationToken);
        await context.Limit.CheckAsync(rows, cancellationToken);
        return rows;
    }

    /// <summary>The number of rows that went.</summary>
    /// <exception cref="EngineException">Some of them are still there: whoever comes next goes on.</exception>
    public async Task<long> RemoveAsync(RelationId relation, RangeSet ranges, CancellationToken cancellationToken)
    {
        if (ranges.IsEmpty)
            return 0;
        await context.Statements.BarrierAsync(Before.Remove, cancellationToken);
        var removed = 0L;
        if (relation == RelationId.Source && (_whole ?? await WholeAsync(ranges, cancellationToken)) is { Count: > 0 } parts)
            removed += await context.Partitioning!.DropAsync(context.Statements, parts, cancellationToken);

        // A row that came since would go with those that were proven.
        if (relation == RelationId.Source && context.Partitioning is { PartsOnly: true })
            return removed;
        removed += await context.Statements.ExecuteAsync(context.Sql.Remove(relation, ranges), cancellationToken);
        await context.Statements.BarrierAsync(Before.Record, cancellationToken);
        if (context.Ledger.IsAtomic || await CountAsync(relation, ranges, cancellationToken) is not (> 0 and var left))
            return removed;
        throw new EngineException(
            EngineCodes.NotWritten,
            FormattableString.Invariant(
                $"{left} rows of {ranges} of {relation} are still there after they were removed. They are proven, and nobody reads them any more: run again, and if it stays so, report it."
            )
        );
    }

    /// <summary>
    /// The parts of the source that have no row but those of some ranges. Nobody else writes to what is held, or its mark
    /// tells: what has none now has none when it goes.
    /// </summary>
    public async Task<IReadOnlyList<TablePart>> WholeAsync(RangeSet ranges, CancellationToken cancellationToken)
    {
        var asked = Asked(ranges);
        if (await AreAllWholeAsync(asked, ranges, cancellationToken))
            return asked;
        List<TablePart> whole = [];
        foreach (var some in asked.Chunk(MostParts))
        {
            if (
                some.Length > 1
                && some.All(p => p.Within is not null)
                && await OutsideAsync(some[0] with { Within = RowsSql.AnyOf(some.Select(p => p.Within!)) }, some, ranges, cancellationToken)
                    == 0
            )
            {
                whole.AddRange(some);
                continue;
            }

            foreach (var part in some)
                if (await OutsideAsync(part, [part], ranges, cancellationToken) == 0)
                    whole.Add(part);
        }

        return whole;
    }

    private List<TablePart> Asked(RangeSet ranges) => [.. context.Parts.Where(p => ranges.Overlaps(p.Range))];

    /// <summary>
    /// What is asked of a removal of whole parts where all of them are whole, as they mostly are: how many rows go, stay, and are
    /// in the way.
    /// </summary>
    public IReadOnlyList<RowQuery> Foreseen(RangeSet ranges)
    {
        var parts = Asked(ranges);
        if (context.Rehearsed is not null || !context.PartsOnly || parts.Count == 0 || parts.Exists(p => p.Within is null))
            return [];
        List<RowQuery> rows = [];
        if (parts.Count > MostParts)
            rows.AddRange(Outside(parts, ranges).Select(counts => new RowQuery(RowsSql.Together(counts), counts)));
        else
            rows.Add(Number(Outside(parts, ranges)[0][0]));
        var rest = ranges.Except(RangeSet.Of(parts.Select(p => p.Range)));
        if (!rest.IsEmpty)
            rows.Add(Number(Count(RelationId.Source, rest)));
        if (IsToCheck)
            rows.Add(Number(Count(RelationId.Source, ranges)));
        return rows;

        static RowQuery Number(SqlText count) => new(count, [count]);
    }

    // Of some hundred parts each.
    private List<List<SqlText>> Outside(IReadOnlyList<TablePart> parts, RangeSet ranges) =>
        [
            .. parts
                .Chunk(MostParts)
                .Chunk(MostGroups)
                .Select(some =>
                    some.Select(g =>
                            RowsSql.CountOutside(
                                context.Dialect,
                                context.Blueprint.Time,
                                g[0].Table,
                                g.Length == 1 ? g[0].Within : RowsSql.AnyOf(g.Select(p => p.Within!)),
                                ranges
                            )
                        )
                        .ToList()
                ),
        ];

    // Mostly none of many parts has another row, which one question for hundreds of them tells.
    private async Task<bool> AreAllWholeAsync(List<TablePart> parts, RangeSet ranges, CancellationToken cancellationToken)
    {
        if (context.Rehearsed is not null || parts.Count <= MostParts || parts.Exists(p => p.Within is null))
            return false;
        foreach (var counts in Outside(parts, ranges))
        {
            var row = (await context.Statements.QueryAsync(RowsSql.Together(counts), cancellationToken))[0];
            if (Enumerable.Range(0, row.Count).Any(i => row.Long(i) > 0))
                return false;
        }

        return true;
    }

    /// <summary>
    /// Of some ranges of the source what goes with whole parts, and what has no rows; where rows are in no such part, they stay,
    /// and a note says so. What has no other row now has none when it goes: its mark tells.
    /// </summary>
    public async Task<RangeSet> OfPartsAsync(RangeSet ranges, List<string> notes, CancellationToken cancellationToken)
    {
        await context.Statements.AheadAsync(new() { Rows = Foreseen(ranges) }, cancellationToken);
        var parts = await WholeAsync(ranges, cancellationToken);
        if (parts.All(p => p.Mark is not null))
            _whole = parts;
        var covered = RangeSet.Of(parts.Select(p => p.Range)).Intersect(ranges);
        var rest = ranges.Except(covered);
        var rows = rest.IsEmpty ? 0 : await CountAsync(RelationId.Source, rest, cancellationToken);
        if (rows == 0)
            return ranges;
        notes.Add(
            FormattableString.Invariant(
                $"{rows:N0} rows of {rest} stay: they are in no partition that goes as a whole. If they are to go row by row, say source: {{ expire: rows }}"
            )
        );
        return covered;
    }

    private async Task<long> OutsideAsync(
        TablePart asked,
        IReadOnlyList<TablePart> parts,
        RangeSet ranges,
        CancellationToken cancellationToken
    )
    {
        var rows = await context.NumberAsync(
            RowsSql.CountOutside(context.Dialect, context.Blueprint.Time, asked.Table, asked.Within, ranges),
            cancellationToken
        );
        if (context.Rehearsed is null)
            return rows;

        // A rehearsal reads no table. There are rows wherever the ledger does not say that they went.
        var gone = context.Draft.Removed(RelationId.Source).Union(ranges);
        return parts.Any(p => !gone.Covers(p.Range)) ? 1 : 0;
    }

    private bool IsToCheck => !context.Ledger.IsAtomic || context.Limit.IsSet;

    private Task<long> CountAsync(RelationId relation, RangeSet ranges, CancellationToken cancellationToken) =>
        context.NumberAsync(Count(relation, ranges), cancellationToken);

    private SqlText Count(RelationId relation, RangeSet ranges) =>
        RowsSql.Count(context.Dialect, context.Blueprint.TimeOf(relation), context.Sql.Table(relation), ranges);
}
