using NodaTime;
using Varve.Engines;
using Varve.Sql;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>
/// What is archived: the parts of each policy, those that were pruned included. From the intent to prune it on, a part holds
/// nothing any more, for whoever asks: its files may be there in part.
/// </summary>
internal sealed class ArchiveTable(CatalogTables tables)
{
    /// <summary>Every part of a policy that still holds rows, oldest first.</summary>
    public Task<IReadOnlyList<ArchivedPart>> ListAsync(IStatements statements, string policy, CancellationToken cancellationToken) =>
        ReadAsync(statements, $"policy = {policy} AND pruned_us IS NULL AND pruning_us IS NULL", cancellationToken);

    /// <summary>The parts of every policy that still hold rows, those of policies that are deleted included.</summary>
    public Task<IReadOnlyList<ArchivedPart>> ListAsync(IStatements statements, CancellationToken cancellationToken) =>
        ReadAsync(statements, $"pruned_us IS NULL AND pruning_us IS NULL", cancellationToken);

    /// <summary>The parts, at every location, that still hold rows of a range.</summary>
    public Task<IReadOnlyList<ArchivedPart>> HoldingAsync(
        IStatements statements,
        string policy,
        TimeRange range,
        CancellationToken cancellationToken
    ) =>
        ReadAsync(
            statements,
            $"policy = {policy} AND pruned_us IS NULL AND pruning_us IS NULL AND from_us < {Micros.From(range.To)} AND to_us > {Micros.From(range.From)}",
            cancellationToken
        );

    /// <summary>The parts that a pruning has begun to remove, of every policy.</summary>
    public Task<IReadOnlyList<ArchivedPart>> BegunAsync(IStatements statements, CancellationToken cancellationToken) =>
        ReadAsync(statements, Begun, cancellationToken);

    /// <summary>The number of parts of <see cref="BegunAsync"/>.</summary>
    public SqlText CountBegun => $"SELECT count(*) FROM {tables.Archives} WHERE {Begun}";

    private static SqlText Begun => $"pruned_us IS NULL AND pruning_us IS NOT NULL";

    /// <summary>The number of the next part of a range; the numbers of parts that were pruned are not used again.</summary>
    public async Task<int> NextAsync(
        IStatements statements,
        string policy,
        string location,
        TimeRange range,
        CancellationToken cancellationToken
    )
    {
        var rows = await statements.QueryAsync(
            $"SELECT coalesce(max(part), 0) FROM {tables.Archives} WHERE policy = {policy} AND location = {location} AND from_us = {Micros.From(range.From)} AND to_us = {Micros.From(range.To)}",
            cancellationToken
        );
        return rows is [var row] ? (int)row.Long(0) + 1 : 1;
    }

    /// <summary>Records a part that was written.</summary>
    public Task AddAsync(IStatements statements, ArchivedPart part, CancellationToken cancellationToken) =>
        statements.ExecuteAsync(
            $"""
            INSERT INTO {tables.Archives} (policy, location, from_us, to_us, part, file, row_count, byte_count, row_hash, hashed_by, sha256, run, written_us)
            VALUES ({part.Policy}, {part.Location}, {Micros.From(part.Range.From)}, {Micros.From(part.Range.To)}, {(long)
                part.Part}, {part.File}, {part.Rows}, {part.Bytes}, {part.RowHash},
                    {part.HashedBy}, {part.Sha256}, {part.Run}, {Micros.From(part.WrittenAt)})
            """,
            cancellationToken
        );

    /// <summary>Records that a part was read back and held what was removed.</summary>
    public Task ProveAsync(IStatements statements, ArchivedPart part, Instant at, CancellationToken cancellationToken) =>
        statements.ExecuteAsync(
            $"UPDATE {tables.Archives} SET proven_us = {Micros.From(at)} WHERE policy = {part.Policy} AND location = {part.Location} AND file = {part.File} AND pruned_us IS NULL",
            cancellationToken
        );

    /// <summary>Records the intent to remove a part.</summary>
    public Task BeginPruneAsync(IStatements statements, ArchivedPart part, Instant at, CancellationToken cancellationToken) =>
        statements.ExecuteAsync(
            $"UPDATE {tables.Archives} SET pruning_us = {Micros.From(at)} WHERE policy = {part.Policy} AND location = {part.Location} AND file = {part.File} AND pruned_us IS NULL AND pruning_us IS NULL",
            cancellationToken
        );

    /// <summary>Records that a part no longer counts: it was removed, or is to be written again.</summary>
    public Task PruneAsync(IStatements statements, ArchivedPart part, Instant at, CancellationToken cancellationToken) =>
        statements.ExecuteAsync(
            $"UPDATE {tables.Archives} SET pruned_us = {Micros.From(at)} WHERE policy = {part.Policy} AND location = {part.Location} AND file = {part.File} AND pruned_us IS NULL",
            cancellationToken
        );

    private async Task<IReadOnlyList<ArchivedPart>> ReadAsync(IStatements statements, SqlText which, CancellationToken cancellationToken)
    {
        var rows = await statements.QueryAsync(
            $"""
            SELECT policy, location, from_us, to_us, part, file, row_count, byte_count, row_hash, hashed_by, sha256, run, written_us, proven_us
            FROM {tables.Archives} WHERE {which} ORDER BY policy, location, from_us, to_us, part
            """,
            cancellationToken
        );
        return [.. rows.Select(Part)];
    }

    private static ArchivedPart Part(Row row) =>
        new(row.Text(0), row.Text(1), new(Micros.ToInstant(row.Long(2)), Micros.ToInstant(row.Long(3))), (int)row.Long(4), row.Text(5))
        {
            Rows = row.Long(6),
            Bytes = row.Long(7),
            RowHash = row.Text(8),
            HashedBy = row.Text(9),
            Sha256 = row.Text(10),
            Run = row.Text(11),
            WrittenAt = Micros.ToInstant(row.Long(12)),
            ProvenAt = row.LongOrNull(13) is { } proven ? Micros.ToInstant(proven) : null,
        };
}
