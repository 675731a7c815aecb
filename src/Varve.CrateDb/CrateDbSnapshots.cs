using System.Text.Json;
using Varve.CrateDb.Http;
using Varve.CrateDb.Partitions;
using Varve.CrateDb.Snapshots;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb;

/// <summary>
/// Snapshots in the repositories of a cluster. They are begun without waiting and looked at until they end: a statement that
/// waits answers without an error where a node was lost and only some of it was saved.
/// </summary>
internal sealed class CrateDbSnapshots(CrateDbEngine engine, TimeProvider clock) : Snapshotting
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    // One that ends while the catalog is put together is in neither of its halves, and a repository that cannot be read for a moment
    // is left out of it: what is not there is looked for again.
    private const int MostMissing = 10;
    private const int FewMissing = 2;

    // CrateDB does not say how far a snapshot is, and one that hangs looks like one that is large.
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(12);

    /// <inheritdoc/>
    public override async Task<string?> RefusesAsync(string repository, CancellationToken cancellationToken)
    {
        await using var borrowed = engine.Borrow();
        var rows = (await borrowed.Session.QueryAsync(SnapshotShapes.Repositories(), cancellationToken)).Rows;
        List<string> known = [.. rows.Select(r => r.Text(0))];
        if (rows.FirstOrDefault(r => r.Text(0) == repository) is { } found)
            return RepositorySettings.IsReadOnly(found[2])
                ? $"The repository `{repository}` was made to be read only, and takes no snapshot. Make it again without `readonly`, or name another one{Others(known, repository)}."
                : null;
        return $"The cluster has no repository `{repository}`. Make it (CREATE REPOSITORY), or name one that there is: {(known.Count == 0 ? "there is none" : string.Join(", ", known))}.";
    }

    private static string Others(List<string> known, string but) =>
        known.Count < 2 ? "" : $": {string.Join(", ", known.Where(k => k != but))}";

    /// <inheritdoc/>
    public override IReadOnlyList<SqlText> Taking(string repository, string name, IReadOnlyList<TablePart> parts)
    {
        List<HeldPart> own = [.. parts.Select(engine.Partitions.Of)];
        return [SnapshotShapes.Begin(repository, name, own[0].Table, [.. own.Select(p => p.Values)])];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> NamesOf(string name, IReadOnlyList<TablePart> parts) =>
        [.. parts.Select(p => SnapshotName.Of(name, engine.Partitions.Of(p).Values))];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<string>> TakeAsync(
        string repository,
        string name,
        IReadOnlyList<TablePart> parts,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(parts);
        List<HeldPart> own = [.. parts.Select(engine.Partitions.Of)];
        await using var borrowed = engine.Borrow();
        var session = borrowed.Session;
        foreach (var statement in Taking(repository, name, parts))
            await session.ExecuteAsync(statement, takesValues: false, cancellationToken);
        var state = await EndAsync(session, repository, name, cancellationToken);
        var why = state is null ? "it vanished" : state.Objection(own[0].Table, [.. own.Select(p => SnapshotName.Texts(p.Values))]);
        if (why is not null)
        {
            if (state is not null)
                await session.ExecuteAsync(SnapshotShapes.Drop(repository, name), takesValues: false, cancellationToken);
            throw new EngineException(
                EngineCodes.ArchiveRefused,
                $"The snapshot {name} in {repository} is not whole: {why}. {(state is null ? "Where it is there after all, DROP SNAPSHOT removes it" : "It was removed")}, and nothing goes before there is one that is.",
                isTransient: true
            );
        }

        return NamesOf(name, parts);
    }

    /// <inheritdoc/>
    public override async Task<string?> ObjectionAsync(string repository, TableName table, string part, CancellationToken cancellationToken)
    {
        var (name, values) = SnapshotName.Read(part);
        await using var borrowed = engine.Borrow();
        var state = await FindAsync(borrowed.Session, repository, name, FewMissing, cancellationToken);
        return state is null
            ? $"the snapshot {name} is not in {repository} any more"
            : state.Objection(engine.Whole(table), [SnapshotName.Texts(values)]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<SqlText> Restoring(string repository, TableName table, IReadOnlyList<string> parts, string into) =>
        [
            .. parts
                .Select(SnapshotName.Read)
                .GroupBy(p => p.Name)
                .Select(s => SnapshotShapes.RestoreBeside(repository, s.Key, engine.Whole(table), [.. s.Select(p => p.Values)], into)),
        ];

    /// <inheritdoc/>
    public override async Task RestoreAsync(
        string repository,
        TableName table,
        IReadOnlyList<string> parts,
        string into,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(parts);
        await using var borrowed = engine.Borrow();
        foreach (var statement in Restoring(repository, table, parts, into))
            await borrowed.Session.ExecuteAsync(statement, takesValues: false, cancellationToken);
        engine.Freshness.Written(engine.Whole(table) with { Name = into });
    }

    /// <inheritdoc/>
    public override async Task DropAsync(string repository, string part, CancellationToken cancellationToken)
    {
        var name = SnapshotName.Read(part).Name;
        await using var borrowed = engine.Borrow();
        if (await FindAsync(borrowed.Session, repository, name, FewMissing, cancellationToken) is null)
            return;
        await borrowed.Session.ExecuteAsync(SnapshotShapes.Drop(repository, name), takesValues: false, cancellationToken);
    }

    /// <inheritdoc/>
    public override bool IsTogether(string part, string other) => SnapshotName.Read(part).Name == SnapshotName.Read(other).Name;

    /// <summary>
    /// Whether snapshots can be taken in a repository now: a small one of a table is taken, and removed.
    /// </summary>
    /// <returns>Why they cannot; null where they can.</returns>
    public async Task<string?> TryAsync(string repository, TableName table, CancellationToken cancellationToken)
    {
        if (await RefusesAsync(repository, cancellationToken) is { } refused)
            return refused;
        var name = $"varve-verify-{Guid.CreateVersion7():n}";
        await using var borrowed = engine.Borrow();
        var session = borrowed.Session;
        try
        {
            await session.ExecuteAsync(SnapshotShapes.Begin(repository, name, table, []), takesValues: false, cancellationToken);
            var state = await EndAsync(session, repository, name, cancellationToken);
            if (state is null)
                return $"The snapshot {name} in `{repository}` vanished while it was taken.";
            await session.ExecuteAsync(SnapshotShapes.Drop(repository, name), takesValues: false, cancellationToken);
            return state.Objection(table, []) is { } why ? $"A snapshot in `{repository}` is not whole: {why}." : null;
        }
        catch (EngineException error)
        {
            return await LeftAsync(session, repository, name, cancellationToken) is { } left ? $"{error.Message} {left}" : error.Message;
        }
    }

    // What may have been begun is not left behind; where it cannot be told or removed, its name is.
    private static async Task<string?> LeftAsync(SqlSession session, string repository, string name, CancellationToken cancellationToken)
    {
        try
        {
            if (await SnapshotReader.ReadAsync(session, repository, name, cancellationToken) is not null)
                await session.ExecuteAsync(SnapshotShapes.Drop(repository, name), takesValues: false, cancellationToken);
            return null;
        }
        catch (EngineException)
        {
            return $"The snapshot {name} may be left there: DROP SNAPSHOT removes it.";
        }
    }

    private async Task<SnapshotState?> FindAsync(
        SqlSession session,
        string repository,
        string name,
        int most,
        CancellationToken cancellationToken
    )
    {
        for (var look = 1; ; look++)
        {
            if (
                await SnapshotReader.ReadAsync(session, repository, name, cancellationToken) is var state
                && (state is not null || look == most)
            )
                return state;
            await Task.Delay(s_pause, clock, cancellationToken);
        }
    }

    private async Task<SnapshotState?> EndAsync(SqlSession session, string repository, string name, CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        while (true)
        {
            var state = await FindAsync(session, repository, name, MostMissing, cancellationToken);
            if (state is not { IsRunning: true })
                return state;
            if (clock.GetElapsedTime(begun) > s_longest)
            {
                await session.ExecuteAsync(SnapshotShapes.Drop(repository, name), takesValues: false, cancellationToken);
                throw new EngineException(
                    EngineCodes.Waits,
                    $"The snapshot {name} in {repository} had not ended after {s_longest.TotalHours} hours. It was ended, and nothing goes before there is one that is whole: the next run begins another."
                );
            }

            await Task.Delay(s_pause, clock, cancellationToken);
        }
    }
}

/// <summary>The name of a partition in a snapshot: that of the snapshot, and the partition's values.</summary>
internal static class SnapshotName
{
    /// <summary>varve-1a2b/{"day":1699920000000}.</summary>
    public static string Of(string name, IReadOnlyList<PartitionValue> values) =>
        $"{name}/{JsonSerializer.Serialize(values.ToDictionary(v => v.Column.Name, v => v.Value is NodaTime.Instant at ? CrateDbTime.Milliseconds(at) : v.Value))}";

    /// <summary>Name and values, the timestamps among them as milliseconds.</summary>
    public static (string Name, IReadOnlyList<PartitionValue> Values) Read(string part)
    {
        var slash = part.IndexOf('/', StringComparison.Ordinal);
        using var json = JsonDocument.Parse(part[(slash + 1)..]);
        return (
            part[..slash],
            [.. json.RootElement.EnumerateObject().Select(p => new PartitionValue(new(p.Name, "", null), Value(p.Value)))]
        );
    }

    /// <summary>Values as the catalog of snapshots writes them.</summary>
    public static IReadOnlyList<string?> Texts(IReadOnlyList<PartitionValue> values) =>
        [
            .. values.Select(v =>
                v.Value switch
                {
                    null => null,
                    NodaTime.Instant at => CrateDbTime.Milliseconds(at).ToString(System.Globalization.CultureInfo.InvariantCulture),
                    bool truth => truth ? "true" : "false",
                    var other => Convert.ToString(other, System.Globalization.CultureInfo.InvariantCulture),
                }
            ),
        ];

    private static object? Value(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => value.TryGetInt64(out var number) ? number : value.GetDouble(),
            _ => value.GetString(),
        };
}
