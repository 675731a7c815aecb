using System.Collections.Frozen;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Archiving;

/// <summary>What to restore.</summary>
public sealed record RestoreRequest
{
    /// <summary>The policy that archived it; it need not be stored any more.</summary>
    public required string Policy { get; init; }

    /// <summary>Which rows. Default: all.</summary>
    public TimeRange Range { get; init; } = TimeRange.All;

    /// <summary>The table that is made; null: the source's name with <c>_restored</c>. It must not exist.</summary>
    public TableName? Into { get; init; }

    /// <summary>
    /// The location; null: the only one at which the catalog knows parts of the range, else the one of the stored policy.
    /// </summary>
    public string? Location { get; init; }

    /// <summary>Only what was archived of this table; null: of the only one.</summary>
    public TableName? Table { get; init; }
}

/// <summary>What was restored.</summary>
/// <param name="Table">The table that was made.</param>
/// <param name="Parts">Parts that were read.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Ranges">What the parts hold, as far as it was asked for.</param>
/// <param name="Unknown">Parts among them that the catalog does not know.</param>
public sealed record RestoreResult(TableName Table, int Parts, long Rows, RangeSet Ranges, int Unknown);

/// <summary>
/// Makes a table of archived rows, in one transaction: every part is checked against its manifest, and what was written
/// against the parts.
/// </summary>
internal sealed class Restoring(IEngine engine, PartPlace place, IArchiveStore store, IStatements statements)
{
    /// <summary>Where an engine puts a table that is named without a schema.</summary>
    private static readonly FrozenSet<string> s_taken = FrozenSet.Create(StringComparer.Ordinal, "main", "public", "doc");

    private readonly PartChecker _checker = new(new(new Dictionary<string, string>(), []), place);

    /// <param name="request">What to restore.</param>
    /// <param name="known">The parts that the catalog knows; empty without one.</param>
    /// <param name="refuse">Throws where the table must not be made.</param>
    /// <param name="cancellationToken">Ends it; nothing is made then.</param>
    public async Task<RestoreResult> RestoreAsync(
        RestoreRequest request,
        IReadOnlyList<ArchivedPart> known,
        Action<TableName> refuse,
        CancellationToken cancellationToken
    )
    {
        var parts = await PartsAsync(request, known, cancellationToken);
        var table = Table(parts);
        var target = await TargetAsync(request, parts[0].Manifest, refuse, cancellationToken);
        await using var open = await OpenParts.FindAsync(
            store,
            [.. parts.Select(p => (p.Rows, p.Manifest.Bytes, p.Manifest.Sha256))],
            cancellationToken
        );
        var sql = new ArchiveSql(place.Dialect, place.Parquet, table.Columns, table.Time);
        if (target.Schema is { } schema && engine.Dialect.MakeSchema(schema) is { } made)
            await statements.ExecuteAsync(made, cancellationToken);
        var (rows, isMade) = (0L, false);
        try
        {
            await place.MakeAsync(sql, target, sql.Rows(open.Paths, Limit(request, parts)), cancellationToken);
            isMade = true;

            // Comparing leaves processors to hash the files meanwhile.
            var check = open.CheckAsync();
            rows = await CompareAsync(
                sql,
                table,
                await place.HereAsync(sql, target, cancellationToken),
                request.Range,
                [.. parts.Zip(open.Paths)],
                cancellationToken
            );
            await check;
        }
        catch (Exception error) when (error is EngineException or HaltException)
        {
            if (isMade && !engine.Capabilities.Transactions)
                await statements.ExecuteAsync(StepSql.Drop(target, isView: false), cancellationToken);

            // That a part was altered says more than what came of it.
            await open.CheckAsync();
            throw;
        }

        var ranges = RangeSet.Of(parts.Select(p => p.Manifest.Range)).Intersect(request.Range);
        return new(target, parts.Count, rows, ranges, known.Count == 0 ? 0 : parts.Count(p => known.All(k => k.File != p.Rows)));
    }

    /// <summary>
    /// The parts of the policy that hold rows of the range; every one that the catalog knows must be there as it was written.
    /// </summary>
    private async Task<IReadOnlyList<FoundPart>> PartsAsync(
        RestoreRequest request,
        IReadOnlyList<ArchivedPart> known,
        CancellationToken cancellationToken
    )
    {
        List<FoundPart> parts = [];
        foreach (var (file, _) in await StoredManifest.ListAsync(store, request.Policy, request.Range, cancellationToken))
            parts.Add(new(await StoredManifest.ListedAsync(store, file, cancellationToken), file));

        foreach (var part in known.Where(k => k.Range.Overlaps(request.Range)))
        {
            var found =
                parts.Find(p => p.Rows == part.File)
                ?? throw new HaltException(
                    WorkCodes.PartMissing,
                    $"The manifest {PartChecker.ManifestOf(part)} is missing from {store.DisplayName}. Put it back from a copy; archive verify shows all that is missing."
                );
            if (found.Manifest.Sha256 != part.Sha256)
                throw new HaltException(
                    WorkCodes.BadManifest,
                    $"The manifest {found.File} is not of the part that the catalog knows. Put it back from a copy; archive verify shows all that is wrong."
                );
        }

        if (request.Table is { } table)
            parts.RemoveAll(p => !Means(table, p.Manifest));
        if (parts.Count == 0)
            throw new PolicyException(
                WorkCodes.NothingArchived,
                $"{store.DisplayName} holds nothing of {request.Policy}{(request.Table is { } one ? $" and {one.Text}" : "")} in that range. archive list shows what is archived."
            );
        return parts.Find(p => p.Manifest.Table != parts[0].Manifest.Table) is not { } other
            ? parts
            : throw new PolicyException(
                WorkCodes.NoRestore,
                $"{store.DisplayName} holds rows of two tables in that range: {parts[0].File} is of {parts[0].Manifest.Table}, {other.File} of {other.Manifest.Table}. Say which is meant: --table {parts[0].Manifest.Table}."
            );
    }

    private bool Means(TableName table, ArchiveManifest manifest)
    {
        var own = TableName.Parse(manifest.Table);
        return string.Equals((table.Schema is null ? own with { Schema = null } : own).Text, table.Text, Comparison);
    }

    private StringComparison Comparison => engine.Capabilities.IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>The columns of the newest part, and behind them those that only others have: NULL stands for what a part has not.</summary>
    private PartTable Table(IReadOnlyList<FoundPart> parts)
    {
        var newest = PartTable.Of(parts[^1].Manifest, place.Parquet, parts[^1].File);
        List<(Column Column, string File)> columns = [.. newest.Columns.Select(c => (c, parts[^1].File))];
        foreach (var part in parts.Reverse())
        {
            var table = PartTable.Of(part.Manifest, place.Parquet, part.File);
            if (table.Time != newest.Time)
                throw Changed(part.File, $"its time is {table.Time.Name}", parts[^1].File, newest.Time.Name);
            foreach (var column in table.Columns)
            {
                var (same, file) = columns.Find(c => string.Equals(c.Column.Name, column.Name, Comparison));
                if (same is null)
                    columns.Add((column, part.File));
                else if (same.TypeName != column.TypeName)
                    throw Changed(part.File, $"{column.Name} is {column.TypeName}", file, same.TypeName);
            }
        }

        return newest with
        {
            Columns = [.. columns.Select(c => c.Column)],
        };
    }

    private static PolicyException Changed(string file, string what, string other, string its) =>
        new(
            WorkCodes.NoRestore,
            $"The table changed between two parts: in {file} {what}, in {other} it is {its}. Restore ranges that hold only one of them (--from, --to), each into a table of its own (--into), or copy one of them with its manifest to another place and restore it from there (--archive, --location)."
        );

    private async Task<TableName> TargetAsync(
        RestoreRequest request,
        ArchiveManifest manifest,
        Action<TableName> refuse,
        CancellationToken cancellationToken
    )
    {
        var source = TableName.Parse(manifest.Table);
        var target = request.Into ?? (await HereAsync(source, cancellationToken)).WithName($"{source.Name}_restored");
        refuse(target);
        if (await statements.DescribeAsync(target, cancellationToken) is not null)
            throw new PolicyException(
                WorkCodes.NoRestore,
                $"{target.Text} exists, and a restore writes into no table that is there. Name another one with --into, or drop it."
            );
        return target;
    }

    // Nobody chose a schema that an engine takes for a table without one: elsewhere such a table is one without a schema again.
    private async Task<TableName> HereAsync(TableName source, CancellationToken cancellationToken) =>
        source.Schema is { } schema
        && s_taken.Contains(schema)
        && (await statements.QueryAsync(TablesSql.Schema(schema), cancellationToken)).Count == 0
            ? source with
            {
                Schema = (await statements.QueryAsync(TablesSql.DefaultSchema(engine.Dialect), cancellationToken))[0].TextOrNull(0),
            }
            : source;

    /// <summary>Null where every part is wanted as a whole.</summary>
    private static RangeSet? Limit(RestoreRequest request, IReadOnlyList<FoundPart> parts) =>
        parts.All(p => request.Range.Contains(p.Manifest.Range)) ? null : RangeSet.Of(request.Range);

    /// <summary>
    /// How many rows arrived. Parts that are wanted as a whole are compared together, as they arrived. Where that does not
    /// agree, or not all of them are, each is: one that is alone in its range and has every column as it arrived, others are
    /// read back first.
    /// </summary>
    private async Task<long> CompareAsync(
        ArchiveSql sql,
        PartTable table,
        TableName target,
        TimeRange range,
        IReadOnlyList<(FoundPart Part, string Path)> open,
        CancellationToken cancellationToken
    )
    {
        var tables = open.Select(o => PartTable.Of(o.Part.Manifest, place.Parquet, o.Part.File)).ToList();
        if (
            open.All(o => range.Contains(o.Part.Manifest.Range) && o.Part.Manifest.Content.HashedBy == place.HashedBy)
            && tables.TrueForAll(t => t.Fits(table))
        )
        {
            var contents = open.Select(o => o.Part.Manifest.Content).ToList();
            var row = (await place.Statements.QueryAsync(sql.Hash(sql.Rows(target, null)), cancellationToken))[0];
            if (row.Long(0) == contents.Sum(c => c.Rows) && row.Text(1) == PartContent.Add(contents.Select(c => c.RowHash)))
                return row.Long(0);
        }

        var shared = RangeSet.Empty;
        foreach (var ((part, path), its) in open.Zip(tables))
        {
            var own = part.Manifest.Range;
            if (its.Fits(table) && range.Contains(own) && open.Count(o => o.Part.Manifest.Range.Overlaps(own)) == 1)
            {
                if (
                    await DifferenceAsync(sql, table, part.Manifest.Content, sql.Rows(target, RangeSet.Of(own)), cancellationToken) is
                    { } difference
                )
                    throw Differs(part.Rows, difference);
                continue;
            }

            await _checker.CompareAsync(part.Manifest, its, path, part.Rows, cancellationToken);
            shared = shared.Add(own);
        }

        if (shared.Intersect(range) is { IsEmpty: false } some)
        {
            var expected = await ContentAsync(sql, table, sql.Rows([.. open.Select(o => o.Path)], some), cancellationToken);
            var arrived = await ContentAsync(sql, table, sql.Rows(target, some), cancellationToken);
            if (expected.DifferenceTo(arrived) is { } difference)
                throw Differs(open.First(o => some.Overlaps(o.Part.Manifest.Range)).Part.Rows, difference);
        }

        return (await place.Statements.QueryAsync(ArchiveSql.Count(sql.Rows(target, null)), cancellationToken))[0].Long(0);
    }

    /// <summary>
    /// Where the same engine made the hash, it says it all: it is over every column of every row. Else the totals are compared.
    /// </summary>
    private async Task<string?> DifferenceAsync(
        ArchiveSql sql,
        PartTable table,
        PartContent written,
        SqlText arrived,
        CancellationToken cancellationToken
    )
    {
        if (written.HashedBy != place.HashedBy)
            return written.DifferenceTo(await ContentAsync(sql, table, arrived, cancellationToken));
        var row = (await place.Statements.QueryAsync(sql.Hash(arrived), cancellationToken))[0];
        if (row.Long(0) != written.Rows)
            return FormattableString.Invariant($"{written.Rows:N0} rows against {row.Long(0):N0}");
        return row.Text(1) == written.RowHash ? null : "the hash of all rows";
    }

    private async Task<PartContent> ContentAsync(ArchiveSql sql, PartTable table, SqlText rows, CancellationToken cancellationToken) =>
        PartContent.Read((await place.Statements.QueryAsync(sql.Summary(rows), cancellationToken))[0], table.Columns, place.HashedBy);

    private static HaltException Differs(string file, string difference) =>
        new(
            WorkCodes.PartAltered,
            $"What was restored of {file} is not what its manifest says: {difference}. Nothing was kept of it. Put the part back from a copy."
        );
}
