using Varve.Engines;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>Removes rows that were proven, and looks again where nothing else says that all of them went.</summary>
internal sealed class Removal(StepContext context)
{
    /// <summary>Before anything else happens: a removal that is more than what is allowed leaves everything as it is.</summary>
    /// <exception cref="HaltException">It would be.</exception>
    public async Task<long> CheckAsync(string relation, RangeSet ranges, CancellationToken cancellationToken)
    {
        if (ranges.IsEmpty || (context.Ledger.IsAtomic && !context.Limit.IsSet)) return 0;
        var rows = await CountAsync(relation, ranges, cancellationToken);
        context.Limit.Check(rows);
        return rows;
    }

    /// <summary>The number of rows that went.</summary>
    /// <exception cref="EngineException">Some of them are still there: whoever comes next goes on.</exception>
    public async Task<long> RemoveAsync(string relation, RangeSet ranges, CancellationToken cancellationToken)
    {
        if (ranges.IsEmpty) return 0;
        await context.Statements.BarrierAsync(Before.Remove, cancellationToken);
        var removed = 0L;
        if (relation == Relations.Source)
            foreach (var part in context.Parts.Where(p => ranges.Overlaps(p.Range))) removed += await DropAsync(part, ranges, cancellationToken);
        removed += await context.Statements.ExecuteAsync(context.Sql.Remove(relation, ranges), cancellationToken);
        await context.Statements.BarrierAsync(Before.Record, cancellationToken);
        if (context.Ledger.IsAtomic || await CountAsync(relation, ranges, cancellationToken) is not (> 0 and var left)) return removed;
        throw new EngineException(EngineCodes.NotWritten, FormattableString.Invariant(
            $"{left} rows of {ranges} of {relation} are still there after they were removed. They are proven, and nobody reads them any more: run again, and if it stays so, report it."));
    }

    // Nobody else writes to it: what has no row but those that are proven now has none when it goes.
    private async Task<long> DropAsync(TablePart part, RangeSet ranges, CancellationToken cancellationToken)
    {
        var others = await context.NumberAsync(RowsSql.CountOutside(context.Dialect, context.Blueprint.Time, part.Table, ranges), cancellationToken);
        return others > 0 ? 0 : await context.Partitioning!.DropAsync(context.Statements, part, cancellationToken);
    }

    private Task<long> CountAsync(string relation, RangeSet ranges, CancellationToken cancellationToken) =>
        context.NumberAsync(RowsSql.Count(context.Dialect, context.Blueprint.TimeOf(relation), context.Sql.Table(relation), ranges), cancellationToken);
}
