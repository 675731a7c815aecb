using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Archiving;

/// <summary>
/// Writes what an archive does not hold yet of a range. The file comes first, then its manifest, then the catalog; a part
/// that the catalog does not know is taken up first, where the source still has its rows.
/// </summary>
internal sealed class PartWriter(ArchiveScope scope)
{
    /// <summary>The part; null where the archive holds every row already.</summary>
    /// <exception cref="HaltException">A part is broken or was written before the table changed, or the location holds other rows of this
    /// policy that the catalog does not know.</exception>
    public async Task<ArchivedPart?> WriteAsync(TimeRange range, CancellationToken cancellationToken)
    {
        var known = await scope.Book.ListAsync(scope.Statements, scope.Policy, cancellationToken);
        var parts = known.Where(p => scope.Counts(p, range)).ToList();
        await scope.ManifestsAsync(parts, cancellationToken);
        await using var open = await OpenParts.OpenAsync(scope.Store, parts, cancellationToken);
        var rows = await scope.RowsAsync(RangeSet.Of(range), cancellationToken);
        if (parts.Count > 0)
            rows = ArchiveSql.Surplus(rows, scope.Sql.Rows(open.Paths, RangeSet.Of(range)));
        if (await scope.NumberAsync(ArchiveSql.Count(rows), cancellationToken) == 0)
            return null;
        if (
            await new UncataloguedParts(scope, known, await scope.Book.BegunAsync(scope.Statements, cancellationToken)).TakeUpAsync(
                range,
                cancellationToken
            )
        )
            return await WriteAsync(range, cancellationToken);
        var inOrder = parts.Count == 0 && await scope.NumberAsync(scope.Sql.OutOfOrder(rows), cancellationToken) == 0;
        var number = await scope.Book.NextAsync(scope.Statements, scope.Policy, scope.Location, range, cancellationToken);
        var name = PartNames.Of(scope.Policy, range, number);
        var part = await PutAsync(name, range, number, rows, inOrder, cancellationToken);
        await scope.Book.AddAsync(scope.Statements, part, cancellationToken);
        return part;
    }

    private async Task<ArchivedPart> PutAsync(
        string name,
        TimeRange range,
        int number,
        SqlText rows,
        bool inOrder,
        CancellationToken cancellationToken
    )
    {
        var (file, spool) = (name + PartNames.Rows, scope.Store.Spool(name + PartNames.Rows));
        try
        {
            var written = await SpoolAsync(rows, spool, inOrder, cancellationToken);
            var content = await scope.SummaryAsync(rows, cancellationToken);
            if (written != content.Rows)
                throw new EngineException(
                    EngineCodes.NotWritten,
                    FormattableString.Invariant(
                        $"{scope.Store.DisplayName}: the database wrote {written} rows of {content.Rows} to {file}. Nothing was kept of it; run again, and if it stays so, report it."
                    )
                );
            var (bytes, hash) = await PartFile.HashAsync(spool, cancellationToken);
            await scope.Store.PutAsync(spool, file, hash, cancellationToken);
            var part = new ArchivedPart(scope.Policy, scope.Location, range, number, file)
            {
                Rows = content.Rows,
                Bytes = bytes,
                RowHash = content.RowHash,
                HashedBy = content.HashedBy,
                Sha256 = Convert.ToHexStringLower(hash),
                Run = scope.Run,
                WrittenAt = scope.Now,
            };
            await scope.Store.WriteAsync(name + PartNames.Manifest, Manifest(part, content).Write(), cancellationToken);
            return part;
        }
        finally
        {
            if (File.Exists(spool))
                File.Delete(spool);
        }
    }

    /// <summary>A full or forbidden place is the archive's, not the database's.</summary>
    private async Task<long> SpoolAsync(SqlText rows, string spool, bool inOrder, CancellationToken cancellationToken)
    {
        try
        {
            return await scope.Place.Statements.ExecuteAsync(scope.Sql.Write(rows, spool, inOrder), cancellationToken);
        }
        catch (EngineException refused)
            when (refused.Code is EngineCodes.DiskFull or EngineCodes.ReadOnly or EngineCodes.Missing or EngineCodes.NotADatabase)
        {
            throw new EngineException(
                EngineCodes.ArchiveRefused,
                $"The archive `{scope.Location}` cannot be written at {Path.GetDirectoryName(spool)}: {Why(refused.Code)}. Nothing was removed. Make room or give the right, then run again.",
                isTransient: false,
                refused
            );
        }
    }

    private static string Why(string code) =>
        code switch
        {
            EngineCodes.DiskFull => "no room is left, or a file may not grow any further",
            EngineCodes.ReadOnly => "it may not be written to",
            _ => "the folder is not there",
        };

    private ArchiveManifest Manifest(ArchivedPart part, PartContent content) =>
        new()
        {
            Format = ArchiveManifest.Name,
            Policy = scope.Policy,
            Table = scope.Blueprint.Source.Text,
            Time = scope.Blueprint.Time.Name,
            Unit = scope.Blueprint.Time.Type is ColumnType.Integer ? scope.Blueprint.Time.Unit : null,
            From = InstantText.Format(part.Range.From),
            To = InstantText.Format(part.Range.To),
            Part = part.Part,
            Rows = part.Rows,
            Bytes = part.Bytes,
            Sha256 = part.Sha256,
            RowHash = part.RowHash,
            HashedBy = part.HashedBy,
            Columns = content.Columns,
        };
}
