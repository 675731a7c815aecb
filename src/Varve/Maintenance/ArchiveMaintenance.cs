using System.Text.Json.Nodes;
using NodaTime;
using Varve.Archiving;
using Varve.Catalog;
using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Maintenance;

/// <summary>
/// What a person does with archives beside runs: list, check, prune, restore. What changes something is in the audit log.
/// </summary>
internal sealed class ArchiveMaintenance(IEngine engine, Session session, AuditActor actor, TimeProvider clock)
{
    private readonly PartPruning _pruning = new(engine, session.Store, session.Archives, actor, clock);

    /// <summary>The parts of some policies, or of all; also of policies that are no longer stored.</summary>
    public async Task<IReadOnlyList<ArchivedPart>> ListAsync(IReadOnlyList<string> policies, CancellationToken cancellationToken)
    {
        var parts = await session.ReadAsync(session.Store.Archives.ListAsync, [], cancellationToken);
        return await OfAsync(
            policies,
            parts,
            [.. parts, .. await session.ReadAsync(session.Store.Archives.BegunAsync, [], cancellationToken)],
            cancellationToken
        );
    }

    /// <summary>
    /// Those of some parts that policies have, named by themselves, by their table or by their pattern; no name means all.
    /// </summary>
    private async Task<IReadOnlyList<ArchivedPart>> OfAsync(
        IReadOnlyList<string> policies,
        IReadOnlyList<ArchivedPart> parts,
        IReadOnlyList<ArchivedPart> all,
        CancellationToken cancellationToken
    )
    {
        if (policies.Count == 0)
            return parts;
        List<string> named = [.. policies.Where(p => all.All(part => part.Policy != p))];
        var stored = named.Count > 0 ? await session.SelectAsync(new(named, []), cancellationToken) : [];
        HashSet<string> meant = [.. policies, .. stored.Select(s => s.Policy.Name)];
        return [.. parts.Where(p => meant.Contains(p.Policy))];
    }

    public async Task<ArchiveReport> VerifyAsync(IReadOnlyList<string> policies, CancellationToken cancellationToken)
    {
        var parts = await ListAsync(policies, cancellationToken);
        if (Snapshots is { } snapshots)
            return await snapshots.VerifyAsync(parts, cancellationToken);
        var hashedBy = ArchiveScope.HashName(await engine.IdentifyAsync(cancellationToken));
        var begun = await BegunAsync(policies, cancellationToken);
        return await session.ReadAsync(
            async (s, token) =>
            {
                await using var place = await PlaceAsync(s, hashedBy, token);
                return await new PartChecker(session.Archives, place).CheckAsync(parts, begun, token);
            },
            new ArchiveReport([], []),
            cancellationToken
        );
    }

    /// <summary>
    /// Takes parts out of the catalog that are broken, or were written before the table changed, and whose rows the source still
    /// has: the next run archives these again.
    /// </summary>
    public async Task<ArchiveAgain> AgainAsync(string policy, CancellationToken cancellationToken)
    {
        var stored = await session.OneAsync(policy, cancellationToken);
        var name = stored.Policy.Name;
        var ledger = await session.ReadAsync(
            (s, token) => session.Store.Ledgers.LoadAsync(s, stored, session.Now(), token),
            Ledger.Empty(stored.Hash),
            cancellationToken
        );
        var frozen = ledger.Of(RelationId.Source).Frozen;
        List<ArchivedPart> again = [];
        List<PartCheck> left = [];
        PolicyLayout? blueprint = null;
        foreach (var check in (await VerifyAsync([name], cancellationToken)).Parts)
        {
            var part = check.Part;
            if (check.Problem is not null)
            {
                if (frozen.Overlaps(part.Range))
                    left.Add(check);
                else
                    again.Add(part);
            }
            else if (Snapshots is null && !frozen.Covers(part.Range))
            {
                blueprint ??= await session.Inspector.ResolveAsync(stored.Policy, cancellationToken);
                var manifest = await StoredManifest.OfAsync(session.Archives.Open(part.Location), part, cancellationToken);
                if (SchemaDrift.Why(manifest, Held(blueprint)) is not { } why)
                    continue;
                if (!frozen.Overlaps(part.Range) && await IsWholeAsync(part, manifest, blueprint, cancellationToken))
                    again.Add(part);
                else
                    left.Add(
                        new(
                            part,
                            $"VRV351: {part.File} was written before the table changed: {why}. The source has not all of its rows any more, so that the part stays. Give the table its columns back until they have gone."
                        )
                    );
            }
        }

        if (again.Count == 0)
            return new(again, left);
        if (Snapshots is null)
            foreach (var part in again)
                await session.Archives.Open(part.Location).DeleteAsync(PartChecker.ManifestOf(part), cancellationToken);
        await ForgetAsync(name, "archive.again", again, new(), cancellationToken);
        return new(again, left);
    }

    /// <summary>True where the source has every row of a part, as far as columns have their name and type in both.</summary>
    private async Task<bool> IsWholeAsync(
        ArchivedPart part,
        ArchiveManifest manifest,
        PolicyLayout blueprint,
        CancellationToken cancellationToken
    )
    {
        List<Column> shared = [.. Held(blueprint).Where(c => manifest.Columns.Any(m => m.Name == c.Name && m.Type == c.TypeName))];
        if (manifest.Time != blueprint.Time.Name || shared.TrueForAll(c => c.Name != manifest.Time))
            return false;
        var hashedBy = ArchiveScope.HashName(await engine.IdentifyAsync(cancellationToken));
        await using var open = await OpenParts.OpenAsync(session.Archives.Open(part.Location), [part], cancellationToken);
        return await engine.TransactAsync(
            async (s, token) =>
            {
                await using var place = await PlaceAsync(s, hashedBy, token);
                var sql = new ArchiveSql(place.Dialect, place.Parquet, shared, blueprint.Time);
                var source = await place.RowsAsync(sql, blueprint.Source, RangeSet.Of(part.Range), token);
                return (await place.Statements.QueryAsync(ArchiveSql.Count(ArchiveSql.Surplus(sql.Rows(open.Paths, null), source)), token))[
                        0
                    ]
                        .Long(0) == 0;
            },
            Scope.Reading,
            cancellationToken
        );
    }

    /// <summary>What a pruning would remove, and what holds keep of it.</summary>
    public async Task<ArchivePruning> PruningAsync(IReadOnlyList<string> policies, Keep olderThan, CancellationToken cancellationToken)
    {
        if (olderThan.IsForever)
            throw new PolicyException(WorkCodes.PruneNothing, "--older-than forever would prune nothing. Write a duration such as 5y.");
        List<ArchivedPart> old = [],
            held = [];
        var stored = await session.ReadAsync(session.Store.Policies.ListAsync, [], cancellationToken);
        foreach (var parts in (await ListAsync(policies, cancellationToken)).GroupBy(p => p.Policy))
        {
            var zone = stored.FirstOrDefault(s => s.Policy.Name == parts.Key)?.Policy.Zone ?? "UTC";
            var edge = olderThan.SubtractFrom(session.Now(), DateTimeZoneProviders.Tzdb[zone]);
            var holds = await session.ReadAsync((s, token) => session.Store.Holds.ListAsync(s, parts.Key, token), [], cancellationToken);
            var inForce = holds.Where(h => h.KeepsParts(session.Now())).ToList();
            foreach (var part in parts.Where(p => p.Range.To <= edge))
                (inForce.Exists(h => h.Range.Overlaps(part.Range)) ? held : old).Add(part);
        }

        return new(old, held) { Begun = await BegunAsync(policies, cancellationToken) };
    }

    /// <summary>Removes parts for good, and what an earlier pruning began to remove.</summary>
    public async Task PruneAsync(ArchivePruning pruning, Keep olderThan, CancellationToken cancellationToken)
    {
        if (Snapshots is null)
            foreach (var location in pruning.Parts.Select(p => p.Location).Distinct())
                session.Archives.Open(location);
        await _pruning.BeginAsync(pruning.Parts, olderThan, cancellationToken);
        if (pruning.Parts.Count + pruning.Begun.Count > 0)
            await _pruning.FinishAsync([.. pruning.Parts.Concat(pruning.Begun).Select(p => p.Policy).Distinct()], cancellationToken);
    }

    private async Task<IReadOnlyList<ArchivedPart>> BegunAsync(IReadOnlyList<string> policies, CancellationToken cancellationToken)
    {
        var begun = await session.ReadAsync(session.Store.Archives.BegunAsync, [], cancellationToken);
        return await OfAsync(
            policies,
            begun,
            [.. begun, .. await session.ReadAsync(session.Store.Archives.ListAsync, [], cancellationToken)],
            cancellationToken
        );
    }

    public async Task<RestoreResult> RestoreAsync(RestoreRequest request, CancellationToken cancellationToken)
    {
        var stored = await session.ReadAsync(session.Store.Policies.ListAsync, [], cancellationToken);
        var known = await session.ReadAsync(
            (s, token) => session.Store.Archives.HoldingAsync(s, request.Policy, request.Range, token),
            [],
            cancellationToken
        );
        var location =
            request.Location
            ?? Only(request.Policy, known)
            ?? stored.FirstOrDefault(s => s.Policy.Name == request.Policy)?.Policy.Archive?.To
            ?? throw new PolicyException(
                WorkCodes.NothingArchived,
                $"Nobody knows here where {request.Policy} was archived. Name the location (--location NAME)."
            );
        var hasCatalog = await session.Store.Schema.ExistsAsync(cancellationToken);
        var patterns = await session.ReadAsync(session.Store.Policies.PatternsAsync, [], cancellationToken);
        var schema = await engine.TransactAsync(
            async (s, token) => (await s.QueryAsync(TablesSql.DefaultSchema(engine.Dialect), token))[0].Text(0),
            Scope.Reading,
            cancellationToken
        );
        if (Snapshots is { } snapshots)
        {
            var restored = await snapshots.RestoreAsync(
                request,
                location,
                known,
                t => Refuse(t, schema, stored, patterns),
                cancellationToken
            );
            return await session.WriteAsync((s, token) => RecordAsync(s, restored, token), cancellationToken);
        }

        var store = session.Archives.Open(location);
        var hashedBy = ArchiveScope.HashName(await engine.IdentifyAsync(cancellationToken));
        return await session.WriteAsync(
            async (s, token) =>
            {
                var there = known.Where(k => LocationNames.Key(k.Location) == LocationNames.Key(location)).ToList();
                await using var place = await PlaceAsync(s, hashedBy, token);
                var result = await new Restoring(engine, place, store, s).RestoreAsync(
                    request,
                    there,
                    t => Refuse(t, schema, stored, patterns),
                    token
                );
                return await RecordAsync(s, result, token);
            },
            cancellationToken
        );

        async Task<RestoreResult> RecordAsync(IStatements s, RestoreResult result, CancellationToken token)
        {
            var facts = new JsonObject
            {
                ["location"] = location,
                ["table"] = result.Table.Text,
                ["range"] = result.Ranges.ToString(),
                ["parts"] = result.Parts,
                ["rows"] = result.Rows,
            };
            if (hasCatalog)
                await session.Store.Audit.AppendAsync(s, actor, session.Now(), "rows.restored", request.Policy, facts, token);
            return result;
        }
    }

    private SnapshotMaintenance? Snapshots => engine.Capabilities.Snapshotting is { } snapshots ? new(snapshots, session) : null;

    /// <summary>
    /// The only location of some parts; null for no parts. What several hold may be the same rows, so that they are not joined.
    /// </summary>
    private static string? Only(string policy, IReadOnlyList<ArchivedPart> known)
    {
        var places = known.GroupBy(k => LocationNames.Key(k.Location)).ToList();
        if (places.Count < 2)
            return known.Count == 0 ? null : known[0].Location;
        var named = places.Select(p =>
            FormattableString.Invariant(
                $"`{p.First().Location}` holds {PlanText.Count(p.Sum(k => k.Rows), "row")} of {RangeSet.Of(p.Select(k => k.Range))}"
            )
        );
        throw new PolicyException(
            WorkCodes.NothingArchived,
            $"Rows of {policy} in that range are archived at several locations: {string.Join(", ", named)}. Restore each by itself (--location NAME), into a table of its own (--into)."
        );
    }

    private void Refuse(TableName target, string defaultSchema, IReadOnlyList<StoredPolicy> stored, IReadOnlyList<StoredPolicy> patterns)
    {
        var ignoresCase = engine.Capabilities.IgnoresCase;
        var comparison = ignoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        TableName Whole(TableName table) => table.Schema is null ? new(defaultSchema, table.Name) : table;
        bool IsTarget(TableName table) => string.Equals(Whole(table).Text, Whole(target).Text, comparison);
        if (string.Equals(Whole(target).Schema, session.Store.Tables.Schema, comparison))
            throw new PolicyException(
                WorkCodes.NoRestore,
                $"{target.Text} would be in the schema of Varve's own catalog. Name another one with --into."
            );
        if (stored.FirstOrDefault(s => IsTarget(s.Policy.Table)) is { } owner)
            throw new PolicyException(
                WorkCodes.NoRestore,
                $"{target.Text} is the source of the policy {owner.Policy.Name}: what is restored there would be rolled up or expire again. Name another table with --into."
            );
        if (patterns.FirstOrDefault(p => new PatternMatching([], defaultSchema, ignoresCase).Means(p.Policy, Whole(target))) is { } pattern)
            throw new PolicyException(
                WorkCodes.NoRestore,
                $"{target.Text} would be a table of the pattern {pattern.Policy.Name} ({pattern.Policy.Table.Text}): what is restored there would be rolled up or expire again. Name another table with --into; one whose name ends with _restored is no pattern's."
            );
    }

    private Task<PartPlace> PlaceAsync(IStatements statements, string hashedBy, CancellationToken cancellationToken) =>
        PartPlace.OpenAsync(engine.Dialect, engine.Capabilities.Benches, statements, hashedBy, cancellationToken);

    private IReadOnlyList<Column> Held(PolicyLayout blueprint) => PartPlace.Held(engine.Capabilities.Benches, blueprint.Columns);

    private Task<int> ForgetAsync(
        string policy,
        string action,
        IReadOnlyList<ArchivedPart> parts,
        JsonObject facts,
        CancellationToken cancellationToken
    ) =>
        session.WriteAsync(
            async (s, token) =>
            {
                foreach (var part in parts)
                    await session.Store.Archives.PruneAsync(s, part, session.Now(), token);
                PartPruning.Describe(parts, facts);
                await session.Store.Audit.AppendAsync(s, actor, session.Now(), action, policy, facts, token);
                return parts.Count;
            },
            cancellationToken
        );
}

/// <summary>What a pruning of archives removes.</summary>
/// <param name="Parts">Parts that are wholly older.</param>
/// <param name="Held">Parts that are older too and stay, because a hold is set on their range.</param>
public sealed record ArchivePruning(IReadOnlyList<ArchivedPart> Parts, IReadOnlyList<ArchivedPart> Held)
{
    /// <summary>
    /// Parts that an earlier pruning, or this one, began to remove: these are finished too, unless a hold is set on them.
    /// </summary>
    public IReadOnlyList<ArchivedPart> Begun { get; init; } = [];
}
