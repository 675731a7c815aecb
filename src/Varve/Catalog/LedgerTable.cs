using System.Collections.Frozen;
using System.Globalization;
using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>The ledgers of the catalog: what is covered, dirty, cut, lost, gone and held.</summary>
internal sealed class LedgerTable(CatalogTables tables, PolicyTable shelf, ArchiveTable archives)
{
    /// <summary>Between the names of columns: the unit separator of ASCII, which is in no name that people write.</summary>
    private const char ColumnSeparator = '\u001f';

    private const string Arrival = "arrival_seen";
    private const string Confirmed = "confirmed_revision";
    private const string Published = "published_revision";
    private const string Released = "released";
    private const string Types = "column_types";
    private const string Zone = "zone_version";

    /// <summary>The ledger of one policy at an instant (for holds that end by themselves).</summary>
    public async Task<Ledger> LoadAsync(IStatements statements, StoredPolicy policy, Instant at, CancellationToken cancellationToken)
    {
        var name = policy.Policy.Name;
        var facts = (await statements.QueryAsync($"SELECT name, value FROM {tables.Meta} WHERE starts_with(name, {Key(name, "")})", cancellationToken))
            .ToDictionary(r => r.Text(0)[Key(name, "").Length..], r => r.Text(1));
        var coverage = await statements.QueryAsync($"SELECT relation, kind, from_us, to_us FROM {tables.Coverage} WHERE policy = {name}", cancellationToken);
        var dirty = await statements.QueryAsync($"SELECT relation, kind, from_us, to_us, rows_left, by_others, state FROM {tables.Dirty} WHERE policy = {name}", cancellationToken);
        var created = await statements.QueryAsync($"SELECT relation, states FROM {tables.Relations} WHERE policy = {name} AND kind = {"states"}", cancellationToken);
        var archived = policy.Policy.Archive is { To: var location }
            ? RangeSet.Of((await archives.ListAsync(statements, name, cancellationToken)).Where(p => p.Location == location).Select(p => p.Range))
            : RangeSet.Empty;
        var confirmed = facts.TryGetValue(Confirmed, out var known) ? int.Parse(known, CultureInfo.InvariantCulture) : 0;
        return new()
        {
            Revision = policy.Revision,
            PolicyHash = policy.Hash,
            ConfirmedRevision = confirmed,
            ConfirmedPolicy = confirmed == 0 ? null
                : confirmed == policy.Revision ? policy.Policy
                : (await shelf.RevisionAsync(statements, name, confirmed, cancellationToken))?.Policy,
            PublishedRevision = facts.TryGetValue(Published, out var published) ? int.Parse(published, CultureInfo.InvariantCulture) : 0,
            ArrivalSeen = facts.TryGetValue(Arrival, out var seen) ? long.Parse(seen, CultureInfo.InvariantCulture) : null,
            Released = ReleasedOf(facts.GetValueOrDefault(Released)),
            Types = TypesOf(facts.GetValueOrDefault(Types)),
            ZoneVersion = facts.GetValueOrDefault(Zone),
            Holds = [.. (await HoldsAsync(statements, name, cancellationToken)).Where(h => h.Until is not { } until || until > at)],
            Relations = Sets(coverage, dirty, created.ToDictionary(r => r.Text(0), r => r.TextOrNull(1)?.Split(ColumnSeparator) ?? []), archived),
        };
    }

    /// <summary>Writes the sets of a relation that changed.</summary>
    public async Task SaveAsync(IStatements statements, string policy, string relation, RelationLedger before, RelationLedger after, CancellationToken cancellationToken)
    {
        await SaveAsync(statements, tables.Coverage, policy, relation, "covered", before.Covered, after.Covered, cancellationToken);
        await SaveAsync(statements, tables.Coverage, policy, relation, "frozen", before.Frozen, after.Frozen, cancellationToken);
        await SaveAsync(statements, tables.Coverage, policy, relation, "accepted", before.Accepted, after.Accepted, cancellationToken);
        await SaveAsync(statements, tables.Dirty, policy, relation, "dirty", before.Dirty, after.Dirty, cancellationToken);
        await SaveAsync(statements, tables.Dirty, policy, relation, "followed", before.MayShrink, after.MayShrink, cancellationToken);
        await SaveAsync(statements, tables.Dirty, policy, relation, "lost", before.Lost, after.Lost, cancellationToken);
        await SaveAsync(statements, tables.Dirty, policy, relation, "halted", before.Halted, after.Halted, cancellationToken);
        foreach (var column in before.Thin.Keys.Union(after.Thin.Keys).Order(StringComparer.Ordinal))
            await SaveThinAsync(statements, policy, relation, column, before.Thin.GetValueOrDefault(column, RangeSet.Empty), after.Thin.GetValueOrDefault(column, RangeSet.Empty), cancellationToken);
        await SaveAsync(statements, tables.Dirty, policy, relation, "unarchived", before.Unarchived, after.Unarchived, cancellationToken);
        if (before.Cut.SequenceEqual(after.Cut)) return;
        await statements.ExecuteAsync($"DELETE FROM {tables.Dirty} WHERE policy = {policy} AND relation = {relation} AND kind = {"cut"}", cancellationToken);
        if (after.Cut.Count == 0) return;
        var rows = after.Cut.Select(c => (SqlText)$"({policy}, {relation}, {"cut"}, {Micros.From(c.Bucket.From)}, {Micros.From(c.Bucket.To)}, {c.RowsLeft}, {c.ByOthers}, {c.Input})");
        await statements.ExecuteAsync($"INSERT INTO {tables.Dirty} (policy, relation, kind, from_us, to_us, rows_left, by_others, state) VALUES {SqlText.Join(", ", rows)}", cancellationToken);
    }

    /// <summary>By policy: what has expired of its source.</summary>
    public async Task<IReadOnlyDictionary<string, RangeSet>> FrozenAsync(IStatements statements, CancellationToken cancellationToken) =>
        (await statements.QueryAsync($"SELECT policy, kind, from_us, to_us FROM {tables.Coverage} WHERE relation = {Planning.Relations.Source} AND kind = {"frozen"}", cancellationToken))
            .GroupBy(r => r.Text(0)).ToDictionary(g => g.Key, g => RangeSet.Of(g.Select(Range)), StringComparer.Ordinal);

    /// <summary>Begins the ledger of a policy's source with what has expired of it.</summary>
    /// <param name="statements">The transaction.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="frozen">What has expired.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task InheritAsync(IStatements statements, string policy, RangeSet frozen, CancellationToken cancellationToken)
    {
        var before = (await FrozenAsync(statements, cancellationToken)).GetValueOrDefault(policy, RangeSet.Empty);
        await SaveAsync(statements, tables.Coverage, policy, Planning.Relations.Source, "frozen", before, frozen, cancellationToken);
    }

    /// <summary>Remembers up to which stamp arrivals were read.</summary>
    public Task SaveArrivalAsync(IStatements statements, string policy, long seen, CancellationToken cancellationToken) =>
        SaveFactAsync(statements, policy, Arrival, seen.ToString(CultureInfo.InvariantCulture), cancellationToken);

    /// <summary>Remembers that a person agreed to what a revision removes.</summary>
    public Task ConfirmAsync(IStatements statements, string policy, int revision, CancellationToken cancellationToken) =>
        SaveFactAsync(statements, policy, Confirmed, revision.ToString(CultureInfo.InvariantCulture), cancellationToken);

    /// <summary>Remembers for which revision the views were written.</summary>
    public Task PublishAsync(IStatements statements, string policy, int revision, CancellationToken cancellationToken) =>
        SaveFactAsync(statements, policy, Published, revision.ToString(CultureInfo.InvariantCulture), cancellationToken);

    /// <summary>Remembers the version of the zone data that buckets were built with.</summary>
    public Task SaveZoneAsync(IStatements statements, string policy, string version, CancellationToken cancellationToken) =>
        SaveFactAsync(statements, policy, Zone, version, cancellationToken);

    /// <summary>Remembers the types of the columns that tiers are built with; those of columns that are no longer measured too.</summary>
    public Task SaveTypesAsync(IStatements statements, string policy, IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> types, CancellationToken cancellationToken) => SaveFactAsync(
        statements, policy, Types, string.Join(ColumnSeparator, types.Concat(before.Where(b => !types.ContainsKey(b.Key))).OrderBy(t => t.Key, StringComparer.Ordinal).SelectMany(t => new[] { t.Key, t.Value })), cancellationToken);

    /// <summary>Remembers what was held and may go once that is confirmed.</summary>
    public Task SaveReleasedAsync(IStatements statements, string policy, IReadOnlyList<ReleasedRange> released, CancellationToken cancellationToken) => SaveFactAsync(
        statements, policy, Released, string.Join(ColumnSeparator, released.SelectMany(r => new[] { r.Relation ?? "", r.Range.ToString() })), cancellationToken);

    private static IReadOnlyList<ReleasedRange> ReleasedOf(string? text) => string.IsNullOrEmpty(text)
        ? []
        : [.. text.Split(ColumnSeparator).Chunk(2).Select(pair => new ReleasedRange(pair[0].Length == 0 ? null : pair[0], TimeRange.Parse(pair[1])))];

    private static FrozenDictionary<string, string> TypesOf(string? text) => string.IsNullOrEmpty(text)
        ? FrozenDictionary<string, string>.Empty
        : text.Split(ColumnSeparator).Chunk(2).ToFrozenDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>Every hold of a policy and of the patterns that it comes from or came from, also those that have ended by themselves.</summary>
    public async Task<IReadOnlyList<Hold>> HoldsAsync(IStatements statements, string policy, CancellationToken cancellationToken) =>
    [
        .. (await OfItAsync(statements, policy, await statements.QueryAsync($"SELECT hold, relation, from_us, to_us, reason, who, until_us, policy FROM {tables.Holds} ORDER BY set_us", cancellationToken), cancellationToken))
            .Select(Hold),
    ];

    /// <summary>The holds that were set under one name, in force or not.</summary>
    public async Task<IReadOnlyList<Hold>> HoldsOfAsync(IStatements statements, string name, CancellationToken cancellationToken) =>
        [.. (await statements.QueryAsync($"SELECT hold, relation, from_us, to_us, reason, who, until_us FROM {tables.Holds} WHERE policy = {name} ORDER BY set_us", cancellationToken)).Select(Hold)];

    private static Hold Hold(Row r) => new(r.Text(0), r.TextOrNull(1), new(Micros.ToInstant(r.Long(2)), Micros.ToInstant(r.Long(3))), r.Text(4), r.Text(5), r.LongOrNull(6) is { } until ? Micros.ToInstant(until) : null);

    // There are few holds, and mostly none of a pattern: whose they are is looked up for those only.
    private async Task<IEnumerable<Row>> OfItAsync(IStatements statements, string policy, IReadOnlyList<Row> holds, CancellationToken cancellationToken)
    {
        if (holds.All(h => h.Text(7) == policy)) return holds;
        var names = (await statements.QueryAsync(PolicyTable.PatternsOf(tables, policy), cancellationToken)).Select(r => r.Text(0)).Append(policy).ToHashSet(StringComparer.Ordinal);
        return holds.Where(h => names.Contains(h.Text(7)));
    }

    /// <summary>Whether a hold was set under a name, be it of a policy or of a pattern, in force or not.</summary>
    public async Task<bool> HasHoldAsync(IStatements statements, string name, CancellationToken cancellationToken) =>
        (await statements.QueryAsync($"SELECT count(*) FROM {tables.Holds} WHERE policy = {name}", cancellationToken))[0].Long(0) > 0;

    /// <summary>Sets a hold.</summary>
    public async Task HoldAsync(IStatements statements, string policy, Hold hold, Instant at, CancellationToken cancellationToken)
    {
        SqlText until = $"NULL";
        if (hold.Until is { } end) until = $"{Micros.From(end)}";
        await statements.ExecuteAsync(
            $"""
            INSERT INTO {tables.Holds} (hold, policy, relation, from_us, to_us, reason, who, until_us, set_us)
            VALUES ({hold.Id}, {policy}, {hold.Relation}, {Micros.From(hold.Range.From)}, {Micros.From(hold.Range.To)}, {hold.Reason}, {hold.Who}, {until}, {Micros.From(at)})
            """,
            cancellationToken);
    }

    /// <summary>Ends holds; the number that ended.</summary>
    public Task<long> ReleaseAsync(IStatements statements, string policy, string? hold, CancellationToken cancellationToken) => hold is null
        ? statements.ExecuteAsync($"DELETE FROM {tables.Holds} WHERE policy = {policy}", cancellationToken)
        : statements.ExecuteAsync($"DELETE FROM {tables.Holds} WHERE policy = {policy} AND starts_with(hold, {hold})", cancellationToken);

    /// <summary>Registers a relation as Varve's.</summary>
    public async Task RegisterAsync(IStatements statements, string policy, string relation, string kind, TableName table, Instant at, CancellationToken cancellationToken)
    {
        await statements.ExecuteAsync($"DELETE FROM {tables.Relations} WHERE policy = {policy} AND relation = {relation} AND kind = {kind}", cancellationToken);
        await statements.ExecuteAsync(
            $"INSERT INTO {tables.Relations} (policy, relation, kind, schema_name, name, created_us) VALUES ({policy}, {relation}, {kind}, {table.Schema}, {table.Name}, {Micros.From(at)})", cancellationToken);
    }

    /// <summary>Remembers the columns of a table of states.</summary>
    public Task SaveColumnsAsync(IStatements statements, string policy, string relation, IReadOnlyList<string> columns, CancellationToken cancellationToken) => statements.ExecuteAsync(
        $"UPDATE {tables.Relations} SET states = {string.Join(ColumnSeparator, columns)} WHERE policy = {policy} AND relation = {relation} AND kind = {"states"}", cancellationToken);

    /// <summary>Sets aside what was built before a revision, so that its tiers begin with nothing: the relations stay, known by other ids.</summary>
    public async Task SetAsideAsync(IStatements statements, string policy, int revision, CancellationToken cancellationToken)
    {
        foreach (var table in new[] { tables.Relations, tables.Coverage, tables.Dirty, tables.Holds })
        {
            var known = (await statements.QueryAsync($"SELECT DISTINCT relation FROM {table} WHERE policy = {policy} AND relation IS NOT NULL", cancellationToken)).Select(r => r.Text(0));
            foreach (var relation in known)
                await statements.ExecuteAsync($"UPDATE {table} SET relation = {Planning.Relations.SetAside(relation, revision)} WHERE policy = {policy} AND relation = {relation}", cancellationToken);
        }
    }

    /// <summary>Forgets all that is known of a relation; what there was of it in the database.</summary>
    public async Task<IReadOnlyList<(string Kind, TableName Table)>> ForgetAsync(IStatements statements, string policy, string relation, CancellationToken cancellationToken)
    {
        var rows = await statements.QueryAsync($"SELECT kind, schema_name, name FROM {tables.Relations} WHERE policy = {policy} AND relation = {relation}", cancellationToken);
        foreach (var table in new[] { tables.Relations, tables.Coverage, tables.Dirty })
            await statements.ExecuteAsync($"DELETE FROM {table} WHERE policy = {policy} AND relation = {relation}", cancellationToken);
        return [.. rows.Select(r => (r.Text(0), new TableName(r.TextOrNull(1), r.Text(2))))];
    }

    /// <summary>Every relation of Varve's with its policy.</summary>
    public async Task<IReadOnlyList<(string Policy, TableName Table)>> RelationsAsync(IStatements statements, CancellationToken cancellationToken) =>
        [.. (await statements.QueryAsync($"SELECT policy, schema_name, name FROM {tables.Relations}", cancellationToken)).Select(r => (r.Text(0), new TableName(r.TextOrNull(1), r.Text(2))))];

    /// <summary>What there is in the database of some relations of a policy.</summary>
    public async Task<IReadOnlyList<TableName>> RelationsOfAsync(IStatements statements, string policy, IReadOnlyList<string> relations, CancellationToken cancellationToken) =>
    [
        .. (await statements.QueryAsync($"SELECT relation, schema_name, name FROM {tables.Relations} WHERE policy = {policy} ORDER BY kind DESC, name", cancellationToken))
            .Where(r => relations.Contains(r.Text(0), StringComparer.Ordinal)).Select(r => new TableName(r.TextOrNull(1), r.Text(2))),
    ];

    /// <summary>Replaces the edges of a stitched view.</summary>
    public async Task SaveEdgesAsync(IStatements statements, string policy, IReadOnlyList<StitchPart> parts, CancellationToken cancellationToken)
    {
        await statements.ExecuteAsync($"DELETE FROM {tables.Edges} WHERE policy = {policy}", cancellationToken);
        if (parts.Count == 0) return;
        var rows = parts.Select(p => (SqlText)$"({policy}, {p.Relation}, {Micros.From(p.Range.From)})");
        await statements.ExecuteAsync($"INSERT INTO {tables.Edges} (policy, relation, at_us) VALUES {SqlText.Join(", ", rows)}", cancellationToken);
    }

    private async Task SaveAsync(IStatements statements, TableName table, string policy, string relation, string kind, RangeSet before, RangeSet after, CancellationToken cancellationToken)
    {
        if (before.Equals(after)) return;
        await statements.ExecuteAsync($"DELETE FROM {table} WHERE policy = {policy} AND relation = {relation} AND kind = {kind}", cancellationToken);
        foreach (var some in after.Chunk(1000))
        {
            var rows = some.Select(r => (SqlText)$"({policy}, {relation}, {kind}, {Micros.From(r.From)}, {Micros.From(r.To)})");
            await statements.ExecuteAsync($"INSERT INTO {table} (policy, relation, kind, from_us, to_us) VALUES {SqlText.Join(", ", rows)}", cancellationToken);
        }
    }

    private async Task SaveThinAsync(IStatements statements, string policy, string relation, string column, RangeSet before, RangeSet after, CancellationToken cancellationToken)
    {
        if (before.Equals(after)) return;
        await statements.ExecuteAsync($"DELETE FROM {tables.Dirty} WHERE policy = {policy} AND relation = {relation} AND kind = {"thin"} AND state = {column}", cancellationToken);
        foreach (var some in after.Chunk(1000))
        {
            var rows = some.Select(r => (SqlText)$"({policy}, {relation}, {"thin"}, {Micros.From(r.From)}, {Micros.From(r.To)}, {column})");
            await statements.ExecuteAsync($"INSERT INTO {tables.Dirty} (policy, relation, kind, from_us, to_us, state) VALUES {SqlText.Join(", ", rows)}", cancellationToken);
        }
    }

    private async Task SaveFactAsync(IStatements statements, string policy, string fact, string value, CancellationToken cancellationToken)
    {
        var name = Key(policy, fact);
        if (await statements.ExecuteAsync($"UPDATE {tables.Meta} SET value = {value} WHERE name = {name}", cancellationToken) > 0) return;
        await statements.ExecuteAsync($"INSERT INTO {tables.Meta} (name, value) VALUES ({name}, {value})", cancellationToken);
    }

    private static FrozenDictionary<string, RelationLedger> Sets(IReadOnlyList<Row> coverage, IReadOnlyList<Row> dirty, Dictionary<string, string[]> created, RangeSet archived)
    {
        var relations = coverage.Concat(dirty).Select(r => r.Text(0)).Concat(created.Keys).Concat(archived.IsEmpty ? [] : [Planning.Relations.Source]).Distinct();
        return relations.ToFrozenDictionary(relation => relation, relation => new RelationLedger
        {
            Created = created.ContainsKey(relation),
            Columns = created.GetValueOrDefault(relation, []),
            Covered = Of(coverage, relation, "covered"),
            Frozen = Of(coverage, relation, "frozen"),
            Accepted = Of(coverage, relation, "accepted"),
            Dirty = Of(dirty, relation, "dirty"),
            MayShrink = Of(dirty, relation, "followed"),
            Lost = Of(dirty, relation, "lost"),
            Halted = Of(dirty, relation, "halted"),
            Archived = relation == Planning.Relations.Source ? archived : RangeSet.Empty,
            Unarchived = Of(dirty, relation, "unarchived"),
            Cut = [.. dirty.Where(r => r.Text(0) == relation && r.Text(1) == "cut").Select(r => new CutBucket(Range(r), r.Long(4), r.Truth(5)) { Input = r.TextOrNull(6) }).OrderBy(c => c.Bucket.From)],
            Thin = dirty.Where(r => r.Text(0) == relation && r.Text(1) == "thin").GroupBy(r => r.Text(6)).ToFrozenDictionary(g => g.Key, g => RangeSet.Of(g.Select(Range))),
        });
    }

    private static RangeSet Of(IReadOnlyList<Row> rows, string relation, string kind) =>
        RangeSet.Of(rows.Where(r => r.Text(0) == relation && r.Text(1) == kind).Select(Range));

    private static TimeRange Range(Row row) => new(Micros.ToInstant(row.Long(2)), Micros.ToInstant(row.Long(3)));

    /// <summary>Facts of one policy stand in <c>meta</c> under its name; the length in front keeps one name from being the beginning of another.</summary>
    private static string Key(string policy, string fact) => FormattableString.Invariant($"policy:{policy.Length}:{policy}:{fact}");
}
