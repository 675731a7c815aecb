using System.Text.Json.Nodes;
using Varve.Archiving;
using Varve.Catalog;
using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Maintenance;

/// <summary>What a person does with archives that the engine itself keeps.</summary>
internal sealed class SnapshotMaintenance(Snapshotting snapshots, Session session)
{
    /// <summary>Whether each part is still whole where it is kept.</summary>
    public async Task<ArchiveReport> VerifyAsync(IReadOnlyList<ArchivedPart> parts, CancellationToken cancellationToken)
    {
        List<PartCheck> checks = [];
        var tables = await TablesAsync(cancellationToken);
        foreach (var part in parts)
        {
            var problem = tables.TryGetValue(part.Policy, out var table)
                ? await snapshots.ObjectionAsync(part.Location, table, part.File, cancellationToken)
                : $"its policy {part.Policy} is not stored any more, so that nobody knows of which table it is";
            checks.Add(new(part, problem is null ? null : $"VRV351: {part.File} in {part.Location}: {problem}."));
        }

        return new(checks, []);
    }

    /// <summary>Makes a table beside the source of what is kept of a range.</summary>
    public async Task<RestoreResult> RestoreAsync(
        RestoreRequest request,
        string location,
        IReadOnlyList<ArchivedPart> known,
        Action<TableName> refuse,
        CancellationToken cancellationToken
    )
    {
        var table =
            request.Table
            ?? (
                (await TablesAsync(cancellationToken)).TryGetValue(request.Policy, out var stored)
                    ? stored
                    : throw new PolicyException(
                        WorkCodes.UncataloguedPart,
                        $"The policy {request.Policy} is not stored any more, so that nobody knows of which table its snapshots are. Say it: --table SCHEMA.NAME."
                    )
            );
        List<ArchivedPart> parts =
        [
            .. known.Where(k => k.Location == location).GroupBy(k => k.Range).Select(g => g.OrderBy(k => k.Part).Last()),
        ];
        if (parts.Count == 0)
            throw new PolicyException(WorkCodes.UncataloguedPart, $"Nothing of {request.Policy} in that range is kept in {location}.");
        var target = request.Into ?? table.WithName($"{table.Name}_restored");
        if (target.Schema != table.Schema)
            throw new PolicyException(
                WorkCodes.NoRestore,
                $"A snapshot comes back into the schema of its table, {table.Schema ?? "the default one"}: name a table of that schema with --into."
            );
        refuse(target);
        if (await session.ReadAsync((s, token) => s.DescribeAsync(target, token), null, cancellationToken) is not null)
            throw new PolicyException(WorkCodes.NoRestore, $"{target.Text} is there already. Name another table with --into.");
        await snapshots.RestoreAsync(location, table, [.. parts.Select(p => p.File)], target.Name, cancellationToken);
        var rows = await session.ReadAsync(
            async (s, token) => (await s.QueryAsync(RowsSql.All(target), token))[0].Long(0),
            0L,
            cancellationToken
        );
        var expected = parts.Sum(p => p.Rows);
        if (rows != expected)
            throw new EngineException(
                EngineCodes.NotWritten,
                FormattableString.Invariant(
                    $"{target.Text} has {rows} rows where {expected} were archived. It was left as it is: look at it, and at the repository {location}."
                )
            );
        return new(target, parts.Count, rows, RangeSet.Of(parts.Select(p => p.Range)), 0);
    }

    private async Task<Dictionary<string, TableName>> TablesAsync(CancellationToken cancellationToken) =>
        (await session.ReadAsync(session.Store.Policies.ListAsync, [], cancellationToken)).ToDictionary(
            p => p.Policy.Name,
            p => p.Policy.Table,
            StringComparer.Ordinal
        );
}
