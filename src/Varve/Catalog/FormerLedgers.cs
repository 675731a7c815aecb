using System.Collections.Frozen;
using System.Globalization;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>
/// Ledgers as catalogs up to version 4 kept them: a row for each range, and facts under the name of their policy. Read once,
/// when such a catalog is brought up to date.
/// </summary>
internal sealed class FormerLedgers(CatalogTables tables)
{
    private const char Separator = '\u001f';

    /// <summary>Writes each of them as the one value that it is now.</summary>
    public async Task MoveAsync(IStatements statements, CancellationToken cancellationToken)
    {
        var names = await statements.QueryAsync(
            $"""
            SELECT policy FROM {tables.Policies} UNION SELECT policy FROM {tables.Relations} UNION SELECT policy FROM {tables.Coverage} UNION SELECT policy FROM {tables.Dirty} ORDER BY 1
            """,
            cancellationToken
        );
        foreach (var policy in names.Select(r => r.Text(0)))
        {
            var ledger = await ReadAsync(statements, policy, cancellationToken);
            if (LedgerJson.Write(ledger) == "{}")
                continue;
            await statements.ExecuteAsync(
                $"INSERT INTO {tables.Ledgers} (policy, version, shown, expired, document) VALUES ({policy}, 1, 1, {!ledger.Of(RelationId.Source).Frozen.IsEmpty}, {LedgerJson.Write(ledger)})",
                cancellationToken
            );
        }
    }

    private async Task<Ledger> ReadAsync(IStatements statements, string policy, CancellationToken cancellationToken)
    {
        var begins = Key(policy);
        var facts = (
            await statements.QueryAsync($"SELECT name, value FROM {tables.Meta} WHERE starts_with(name, {begins})", cancellationToken)
        ).ToDictionary(r => r.Text(0)[begins.Length..], r => r.Text(1));
        var coverage = await statements.QueryAsync(
            $"SELECT relation, kind, from_us, to_us FROM {tables.Coverage} WHERE policy = {policy}",
            cancellationToken
        );
        var dirty = await statements.QueryAsync(
            $"SELECT relation, kind, from_us, to_us, rows_left, by_others, state FROM {tables.Dirty} WHERE policy = {policy}",
            cancellationToken
        );
        var own = await statements.QueryAsync(
            $"SELECT relation, kind, schema_name, name, states FROM {tables.Relations} WHERE policy = {policy} ORDER BY relation, kind, name",
            cancellationToken
        );
        var edges = await statements.QueryAsync(
            $"SELECT relation, at_us FROM {tables.Edges} WHERE policy = {policy} ORDER BY at_us",
            cancellationToken
        );
        var ids = coverage.Concat(dirty).Concat(own).Select(r => new RelationId(r.Text(0))).Distinct();
        return Ledger.Empty("") with
        {
            ConfirmedRevision = facts.TryGetValue("confirmed_revision", out var confirmed) ? Number(confirmed) : 0,
            PublishedRevision = facts.TryGetValue("published_revision", out var published) ? Number(published) : 0,
            ArrivalSeen = facts.TryGetValue("arrival_seen", out var seen) ? long.Parse(seen, CultureInfo.InvariantCulture) : null,
            ZoneVersion = facts.GetValueOrDefault("zone_version"),
            Types = facts.GetValueOrDefault("column_types") is { Length: > 0 } types
                ? types.Split(Separator).Chunk(2).ToFrozenDictionary(pair => pair[0], pair => pair[1])
                : FrozenDictionary<string, string>.Empty,
            Relations = ids.ToFrozenDictionary(id => id, id => Sets(id, coverage, dirty, [.. own.Where(r => r.Text(0) == id.Text)])),
            Edges =
            [
                .. edges.Select(
                    (r, i) =>
                        new StitchPart(
                            new(r.Text(0)),
                            new(
                                Micros.ToInstant(r.Long(1)),
                                i + 1 < edges.Count ? Micros.ToInstant(edges[i + 1].Long(1)) : NodaTime.Instant.MaxValue
                            )
                        )
                ),
            ],
        };
    }

    private static RelationLedger Sets(RelationId id, IReadOnlyList<Row> coverage, IReadOnlyList<Row> dirty, IReadOnlyList<Row> own)
    {
        var states = own.FirstOrDefault(r => r.Text(1) == "states");
        return new()
        {
            Created = states is not null,
            Columns = states?.TextOrNull(4)?.Split(Separator) ?? [],
            Tables = [.. own.Select(r => new OwnTable(r.Text(1), new TableName(r.TextOrNull(2), r.Text(3))))],
            Covered = Of(coverage, id, "covered"),
            Frozen = Of(coverage, id, "frozen"),
            Accepted = Of(coverage, id, "accepted"),
            Dirty = Of(dirty, id, "dirty"),
            MayShrink = Of(dirty, id, "followed"),
            Lost = Of(dirty, id, "lost"),
            Halted = Of(dirty, id, "halted"),
            Unarchived = Of(dirty, id, "unarchived"),
            Cut =
            [
                .. dirty
                    .Where(r => r.Text(0) == id.Text && r.Text(1) == "cut")
                    .Select(r => new CutBucket(Range(r), r.Long(4), r.Truth(5))
                    {
                        Input = r.TextOrNull(6) is { } input ? new(input) : null,
                    })
                    .OrderBy(c => c.Bucket.From),
            ],
            Thin = dirty
                .Where(r => r.Text(0) == id.Text && r.Text(1) == "thin")
                .GroupBy(r => r.Text(6))
                .ToFrozenDictionary(g => g.Key, g => RangeSet.Of(g.Select(Range))),
        };
    }

    private static RangeSet Of(IReadOnlyList<Row> rows, RelationId relation, string kind) =>
        RangeSet.Of(rows.Where(r => r.Text(0) == relation.Text && r.Text(1) == kind).Select(Range));

    private static TimeRange Range(Row row) => new(Micros.ToInstant(row.Long(2)), Micros.ToInstant(row.Long(3)));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    // The length in front keeps one name from being the beginning of another.
    private static string Key(string policy) => FormattableString.Invariant($"policy:{policy.Length}:{policy}:");
}
