using System.Text.Json.Nodes;
using NodaTime;
using Varve.Archiving;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Time;

namespace Varve.Archiving;

/// <summary>
/// Removing parts of archives for good: the intent is committed first, with its entry in the audit log; then the files go,
/// the manifest before its rows; then it is done. Ended anywhere, the next pruning or run finishes.
/// </summary>
internal sealed class PartPruning(IEngine engine, CatalogStore desk, ArchiveLocations locations, AuditActor actor, TimeProvider clock)
{
    /// <summary>What a pruning was asked to remove counts no more from here on; a hold that was set meanwhile keeps its parts.</summary>
    public async Task BeginAsync(IReadOnlyList<ArchivedPart> parts, Keep olderThan, CancellationToken cancellationToken)
    {
        foreach (var group in parts.GroupBy(p => p.Policy))
        {
            await WriteAsync(
                async (s, token) =>
                {
                    var free = await FreeAsync(s, group, token);
                    if (free.Count == 0)
                        return;
                    foreach (var part in free)
                        await desk.Archives.BeginPruneAsync(s, part, Now(), token);
                    await AuditAsync(s, "archive.pruning", group.Key, free, new() { ["older_than"] = olderThan.Text }, token);
                },
                cancellationToken
            );
        }
    }

    /// <summary>Finishes what was begun, of some policies or of all, but for what a hold keeps.</summary>
    public async Task FinishAsync(IReadOnlyList<string> policies, CancellationToken cancellationToken)
    {
        foreach (var parts in (await BegunAsync(policies, cancellationToken)).GroupBy(p => p.Policy))
        {
            var free = await engine.TransactAsync((s, token) => FreeAsync(s, parts, token), Scope.Reading, cancellationToken);
            if (free.Count == 0)
                continue;
            foreach (var part in free)
                await RemoveAsync(part, cancellationToken);

            await WriteAsync(
                async (s, token) =>
                {
                    foreach (var part in free)
                        await desk.Archives.PruneAsync(s, part, Now(), token);
                    await AuditAsync(s, "archive.pruned", parts.Key, free, [], token);
                },
                cancellationToken
            );
        }
    }

    private async Task RemoveAsync(ArchivedPart part, CancellationToken cancellationToken)
    {
        if (engine.Capabilities.Snapshotting is { } snapshots)
        {
            // What was kept together goes when nothing of it is wanted any more.
            var wanted = await engine.TransactAsync(desk.Archives.ListAsync, Scope.Reading, cancellationToken);
            if (!wanted.Any(w => w.Location == part.Location && snapshots.IsTogether(w.File, part.File)))
                await snapshots.DropAsync(part.Location, part.File, cancellationToken);
            return;
        }

        var store = locations.Open(part.Location);
        await store.DeleteAsync(PartChecker.ManifestOf(part), cancellationToken);
        await store.DeleteAsync(part.File, cancellationToken);
    }

    /// <summary>Parts of which the removal was begun and is not done.</summary>
    public async Task<IReadOnlyList<ArchivedPart>> BegunAsync(IReadOnlyList<string> policies, CancellationToken cancellationToken)
    {
        var begun = await engine.TransactAsync(desk.Archives.BegunAsync, Scope.Reading, cancellationToken);
        return policies.Count == 0 ? begun : [.. begun.Where(p => policies.Contains(p.Policy, StringComparer.Ordinal))];
    }

    private async Task<IReadOnlyList<ArchivedPart>> FreeAsync(
        IStatements statements,
        IGrouping<string, ArchivedPart> parts,
        CancellationToken cancellationToken
    )
    {
        var holds = (await desk.Holds.ListAsync(statements, parts.Key, cancellationToken)).Where(h => h.KeepsParts(Now())).ToList();
        return [.. parts.Where(p => !holds.Exists(h => h.Range.Overlaps(p.Range)))];
    }

    private Task AuditAsync(
        IStatements statements,
        string action,
        string policy,
        IReadOnlyList<ArchivedPart> parts,
        JsonObject facts,
        CancellationToken cancellationToken
    )
    {
        Describe(parts, facts);
        return desk.Audit.AppendAsync(statements, actor, Now(), action, policy, facts, cancellationToken);
    }

    private Task WriteAsync(Func<IStatements, CancellationToken, Task> work, CancellationToken cancellationToken) =>
        engine.TransactAsync(
            async (s, token) =>
            {
                await work(s, token);
                return 0;
            },
            Scope.Writing,
            cancellationToken
        );

    private Instant Now() => Instant.FromDateTimeOffset(clock.GetUtcNow());

    /// <summary>What the audit log says of parts.</summary>
    internal static void Describe(IReadOnlyList<ArchivedPart> parts, JsonObject facts)
    {
        facts["parts"] = parts.Count;
        facts["rows"] = parts.Sum(p => p.Rows);
        facts["range"] = RangeSet.Of(parts.Select(p => p.Range)).ToString();
        facts["files"] = new JsonArray([.. parts.Select(p => (JsonNode)$"{p.Location}:{p.File}")]);
    }
}
