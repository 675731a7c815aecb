using Varve.Archiving;
using Varve.Catalog;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>
/// The statements by which rows are archived and archives are proven, where nothing is written and no file is read: of what
/// the archive does not hold yet, in the order in which rows are stored.
/// </summary>
internal sealed class RehearsedArchive(StepContext context, string location, List<RehearsedPart> written)
{
    private string Policy => context.Blueprint.Policy.Name;

    /// <summary>What is written of a range.</summary>
    public async Task WriteAsync(TimeRange range, CancellationToken cancellationToken)
    {
        var parts = await PartsAsync(range, cancellationToken);
        var number = await context.Archives.Book.NextAsync(context.Statements, Policy, location, range, cancellationToken);
        var file = PartNames.Of(Policy, range, number) + PartNames.Rows;
        written.Add(new(range, file));
        if (Sql is not { } sql)
        {
            Leave(range);
            return;
        }

        var rows = sql.Rows(context.Blueprint.Source, RangeSet.Of(range));
        if (parts.Count > 0)
            rows = ArchiveSql.Surplus(rows, sql.Rows([.. parts.Select(p => Path(p.File))], RangeSet.Of(range)));
        context.Log.Add(ArchiveSql.Count(rows));
        if (parts.Count == 0)
            context.Log.Add(sql.OutOfOrder(rows));
        context.Log.Add(sql.Write(rows, Path(file), inOrder: parts.Count == 0));
        context.Log.Add(sql.Summary(rows));
    }

    /// <summary>What is read of a range to prove that the archive holds it.</summary>
    public async Task ProveAsync(TimeRange range, CancellationToken cancellationToken)
    {
        var left = RangeSet.Of(range);
        foreach (var group in ArchiveProof.Together(await PartsAsync(range, cancellationToken), p => p.Range))
        {
            var hull = new TimeRange(
                NodaTime.Instant.Max(range.From, group.Min(p => p.Range.From)),
                NodaTime.Instant.Min(range.To, group.Max(p => p.Range.To))
            );
            Read(hull, (sql, rows) => sql.Summary(rows));
            left = left.Remove(hull);
        }

        foreach (var bare in left)
            Read(bare, (_, rows) => ArchiveSql.Count(rows));
    }

    private async Task<List<RehearsedPart>> PartsAsync(TimeRange range, CancellationToken cancellationToken)
    {
        var known = await context.Archives.Book.HoldingAsync(context.Statements, Policy, range, cancellationToken);
        return
        [
            .. known.Where(p => p.Location == location).Select(p => new RehearsedPart(p.Range, p.File)),
            .. written.Where(p => p.Range.Overlaps(range)),
        ];
    }

    private ArchiveSql? Sql =>
        context.Dialect.Parquet is { } parquet ? new(context.Dialect, parquet, context.Blueprint.Columns, context.Blueprint.Time) : null;

    private void Read(TimeRange range, Func<ArchiveSql, SqlText, SqlText> query)
    {
        if (Sql is { } sql)
            context.Log.Add(query(sql, sql.Rows(context.Blueprint.Source, RangeSet.Of(range))));
        else
            Leave(range);
    }

    // What is done with the rows is done elsewhere.
    private void Leave(TimeRange range)
    {
        if (
            context.Dialect.Export(context.Blueprint.Source, context.Blueprint.Columns, context.Blueprint.Time, RangeSet.Of(range)) is
            { } export
        )
            context.Log.Add(export);
    }

    private string Path(string file) => $"{location}/{file}";
}
