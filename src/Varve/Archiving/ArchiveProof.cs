using NodaTime;
using Varve.Catalog;
using Varve.Sql;
using Varve.Time;

namespace Varve.Archiving;

/// <summary>What reading the parts of a range back has shown.</summary>
/// <param name="Range">The range.</param>
/// <param name="Parts">Parts that were read.</param>
/// <param name="Missing">Rows of the source that no part holds.</param>
/// <param name="Broken">What is wrong with a part; null for nothing.</param>
internal sealed record ArchiveVerdict(TimeRange Range, int Parts, long Missing, string? Broken)
{
    /// <summary>True where the archive holds every row of the source.</summary>
    public bool Holds => Missing == 0 && Broken is null;
}

/// <summary>
/// Proves that an archive holds the rows of a range, in the snapshot that removes them: the parts are read back from where
/// they are, and number, hash and totals compared; where these differ, row by row. An archive may hold more than the source.
/// </summary>
internal sealed class ArchiveProof(ArchiveScope scope)
{
    /// <summary>Part by part; those whose ranges overlap together. Rows that no part touches are missing.</summary>
    public async Task<IReadOnlyList<ArchiveVerdict>> ProveAsync(TimeRange range, CancellationToken cancellationToken)
    {
        var parts = (await scope.Book.HoldingAsync(scope.Statements, scope.Policy, range, cancellationToken)).Where(p =>
            scope.Counts(p, range)
        );
        List<ArchiveVerdict> verdicts = [];
        foreach (var group in Together(parts, p => p.Range))
        {
            var hull = new TimeRange(
                Instant.Max(range.From, group.Min(p => p.Range.From)),
                Instant.Min(range.To, group.Max(p => p.Range.To))
            );
            verdicts.Add(await ProveAsync(hull, group, cancellationToken));
        }

        foreach (var bare in RangeSet.Of(range).Except(RangeSet.Of(verdicts.Select(v => v.Range))))
        {
            var missing = await scope.NumberAsync(
                ArchiveSql.Count(await scope.RowsAsync(RangeSet.Of(bare), cancellationToken)),
                cancellationToken
            );
            if (missing > 0)
                verdicts.Add(new(bare, 0, missing, null));
        }

        return verdicts;
    }

    private async Task<ArchiveVerdict> ProveAsync(TimeRange range, IReadOnlyList<ArchivedPart> parts, CancellationToken cancellationToken)
    {
        try
        {
            var manifests = await scope.ManifestsAsync(parts, cancellationToken);
            await using var open = await OpenParts.OpenAsync(scope.Store, parts, cancellationToken);
            var source = await scope.RowsAsync(RangeSet.Of(range), cancellationToken);
            var held = scope.Sql.Rows(open.Paths, RangeSet.Of(range));
            var agrees = await AgreesAsync(range, source, held, manifests, cancellationToken);
            var missing = agrees ? 0 : await scope.NumberAsync(ArchiveSql.Count(ArchiveSql.Surplus(source, held)), cancellationToken);
            if (missing == 0)
                foreach (var part in parts)
                    await scope.Book.ProveAsync(scope.Statements, part, scope.Now, cancellationToken);
            return new(range, parts.Count, missing, null);
        }
        catch (HaltException broken)
        {
            return new(range, parts.Count, 0, broken.Message);
        }
    }

    /// <summary>
    /// What was read back has the source's number and hash; the totals are those of the manifest, where one part is all of the
    /// range.
    /// </summary>
    private async Task<bool> AgreesAsync(
        TimeRange range,
        SqlText source,
        SqlText held,
        IReadOnlyList<ArchiveManifest> manifests,
        CancellationToken cancellationToken
    )
    {
        var content = await scope.SummaryAsync(source, cancellationToken);
        if (manifests is not [{ } only] || only.Range != range)
            return content.DifferenceTo(await scope.SummaryAsync(held, cancellationToken)) is null;
        var back = (await scope.Place.Statements.QueryAsync(scope.Sql.Hash(held), cancellationToken))[0];
        return back.Long(0) == content.Rows && back.Text(1) == content.RowHash && only.Content.DifferenceTo(content) is null;
    }

    /// <summary>Parts in the order of their ranges, those that share instants in one group.</summary>
    public static List<List<T>> Together<T>(IEnumerable<T> parts, Func<T, TimeRange> rangeOf)
    {
        List<List<T>> groups = [];
        foreach (var part in parts.OrderBy(p => rangeOf(p).From))
        {
            if (groups.Count > 0 && groups[^1].Max(p => rangeOf(p).To) > rangeOf(part).From)
                groups[^1].Add(part);
            else
                groups.Add([part]);
        }

        return groups;
    }
}
