using NodaTime;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Archiving;

/// <summary>What parts of one policy are written and read with, inside of one transaction. Its columns are as parts hold them.</summary>
internal sealed record ArchiveScope(PolicyLayout Blueprint, string Location, IArchiveStore Store, ArchiveTable Book, IStatements Statements)
{
    /// <summary>Where its rows are compared.</summary>
    public required PartPlace Place { get; init; }

    /// <summary>Its queries.</summary>
    public ArchiveSql Sql => field ??= new(Place.Dialect, Place.Parquet, Blueprint.Columns, Blueprint.Time);

    /// <summary>What makes the hashes of rows.</summary>
    public string HashedBy => Place.HashedBy;

    /// <summary>The run that acts.</summary>
    public required string Run { get; init; }

    /// <summary>When it acts.</summary>
    public required Instant Now { get; init; }

    /// <summary>
    /// What was removed from the source: rows that are there came later, and are in no part that was proven when others went.
    /// </summary>
    public required RangeSet Gone { get; init; }

    /// <summary>The policy's name.</summary>
    public string Policy => Blueprint.Policy.Name;

    /// <summary>True for a part here that may hold rows which the source has in a range now.</summary>
    public bool Counts(ArchivedPart part, TimeRange range) =>
        part.Location == Location && part.Range.Overlaps(range) && (part.ProvenAt is null || !Gone.Covers(range));

    /// <summary>How hashes of this engine are called.</summary>
    public static string HashName(EngineIdentity identity) => HashName($"{identity.Engine} {identity.Version}");

    /// <summary>How hashes of an engine and its version are called.</summary>
    public static string HashName(string engine) => $"{engine} hash";

    /// <summary>Rows of the source where they can be compared.</summary>
    public Task<SqlText> RowsAsync(RangeSet ranges, CancellationToken cancellationToken) =>
        Place.RowsAsync(Sql, Blueprint.Source, ranges, cancellationToken);

    /// <summary>The number in the only column of the only row.</summary>
    public async Task<long> NumberAsync(SqlText query, CancellationToken cancellationToken) =>
        (await Place.Statements.QueryAsync(query, cancellationToken))[0].Long(0);

    /// <summary>The manifests of parts whose rows can be compared with the source's.</summary>
    /// <exception cref="HaltException">One is missing or was edited, or its part was written before the table changed.</exception>
    public async Task<IReadOnlyList<ArchiveManifest>> ManifestsAsync(IEnumerable<ArchivedPart> parts, CancellationToken cancellationToken)
    {
        List<ArchiveManifest> manifests = [];
        foreach (var part in parts)
        {
            var manifest = await StoredManifest.OfAsync(Store, part, cancellationToken);
            if (SchemaDrift.Why(manifest, Blueprint.Columns) is { } why)
                throw SchemaDrift.Halt(part.File, why, Policy);
            manifests.Add(manifest);
        }

        return manifests;
    }

    /// <summary>What the rows of a query add up to.</summary>
    public async Task<PartContent> SummaryAsync(SqlText rows, CancellationToken cancellationToken) =>
        PartContent.Read((await Place.Statements.QueryAsync(Sql.Summary(rows), cancellationToken))[0], Blueprint.Columns, HashedBy);
}
