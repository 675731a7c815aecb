using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.PostgreSql;

/// <summary>
/// Partitions move to a tablespace with their indexes, one table in each transaction: PostgreSQL copies the files of a table
/// while nobody reads or writes it, so that no more than one is kept from others at a time.
/// </summary>
internal sealed class PostgreSqlRelocation(PostgreSqlEngine engine) : Relocation
{
    /// <inheritdoc/>
    public override string? Unfit(Place place) =>
        place.Attribute is null
            ? null
            : $"On PostgreSQL a place is a tablespace: write to: {place.Name}, not {{ {place.Attribute}: {place.Name} }}.";

    /// <inheritdoc/>
    public override async Task<string?> RefusesAsync(IStatements statements, Place place, CancellationToken cancellationToken)
    {
        var rows = await statements.QueryAsync(
            $"SELECT spcname = 'pg_global', has_tablespace_privilege(oid, 'CREATE') OR oid = (SELECT dattablespace FROM pg_database WHERE datname = current_database()), current_user FROM pg_tablespace WHERE spcname = {place.Name}",
            cancellationToken
        );
        return rows switch
        {
            [] =>
                $"There is no tablespace `{place.Name}` on this server. Create it (CREATE TABLESPACE), or check the name: it is compared exactly.",
            [var only] when only.Truth(0) => "The tablespace `pg_global` is for what all databases share. Name another one.",
            [var only] when !only.Truth(1) =>
                $"The database user may not create anything in the tablespace `{place.Name}`. GRANT CREATE ON TABLESPACE {engine.Dialect.Quote(new Identifier(place.Name))} TO {engine.Dialect.Quote(new Identifier(only.Text(2)))}.",
            _ => null,
        };
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<SqlText>> MovingAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        TimeRange range,
        Place to,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await PlacedAsync(statements, table, time, range, to, cancellationToken))
                .Where(l => l.Elsewhere.Count > 0)
                .SelectMany(l => Moving(l.Table, l.Elsewhere, to)),
        ];

    /// <inheritdoc/>
    public override async Task<MoveState> MoveAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        TimeRange range,
        Place to,
        CancellationToken cancellationToken
    )
    {
        var all = await PlacedAsync(statements, table, time, range, to, cancellationToken);
        var bytes = all.Sum(l => l.Bytes);
        if (all.Find(l => l.Elsewhere.Count > 0) is not { Table: { } next } open)
            return new(bytes, bytes, IsDone: true);
        await RoomAsync(statements, to, open.Bytes, cancellationToken);
        foreach (var statement in Moving(next, open.Elsewhere, to))
            await statements.ExecuteAsync(statement, cancellationToken);
        var left = all.Where(l => l.Elsewhere.Count > 0 && l.Table != next).Sum(l => l.Bytes);
        return new(bytes - left, bytes, IsDone: all.Count(l => l.Elsewhere.Count > 0) == 1);
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<MoveOrigin>> OriginsAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        TimeRange range,
        Place to,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await PlacedAsync(statements, table, time, range, to, cancellationToken)).SelectMany(l =>
                l.Relations.Where(r => r.At != to.Name).Select(r => new MoveOrigin(r.Name.Text, r.At))
            ),
        ];

    /// <inheritdoc/>
    public override async Task<MoveState> TakeBackAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        TimeRange range,
        Place to,
        IReadOnlyList<MoveOrigin> origins,
        CancellationToken cancellationToken
    )
    {
        var moved = (await PlacedAsync(statements, table, time, range, to, cancellationToken))
            .Select(l => (l.Table, l.Bytes, Back: l.Relations.Where(r => r.At == to.Name && From(r.Name) is not null).ToList()))
            .Where(l => l.Back.Count > 0)
            .ToList();
        var bytes = moved.Sum(l => l.Bytes);
        if (moved.Count == 0)
            return new(bytes, bytes, IsDone: true);
        foreach (var group in moved[0].Back.GroupBy(r => From(r.Name)!))
            foreach (var statement in Moving(moved[0].Table, group.Select(r => r.Name), new(group.Key)))
                await statements.ExecuteAsync(statement, cancellationToken);
        return new(moved[0].Bytes, bytes, IsDone: moved.Count == 1);

        string? From(TableName relation) => MoveOrigin.Of(origins, relation.Text)?.Place;
    }

    // A table or an index goes as a whole, and what lies beside it for long values with it.
    private static IEnumerable<SqlText> Moving(TableName table, IEnumerable<TableName> elsewhere, Place to) =>
        [
            $"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
            .. elsewhere.Select(relation => (SqlText)$"ALTER TABLE {relation} SET TABLESPACE {new Identifier(to.Name)}"),
        ];

    private async Task<List<PlacedLeaf>> PlacedAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        TimeRange range,
        Place to,
        CancellationToken cancellationToken
    )
    {
        var whole = table with { Schema = table.Schema ?? engine.DefaultSchema };
        List<PlacedLeaf> all = [];
        foreach (var leaf in await PostgreSqlPartitions.LeavesAsync(statements, whole, time.Name, range, cancellationToken))
            if (!leaf.IsForeign)
                all.Add(await RelationsAsync(statements, leaf.Table, to, cancellationToken));
        return all;
    }

    /// <summary>A table, the bytes of it and its indexes, and where each of these lies.</summary>
    private static async Task<PlacedLeaf> RelationsAsync(
        IStatements statements,
        TableName leaf,
        Place to,
        CancellationToken cancellationToken
    )
    {
        var rows = await statements.QueryAsync(
            $"""
            WITH varve_leaf AS (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = {leaf.Schema} AND c.relname = {leaf.Name})
            SELECT n.nspname, c.relname, pg_total_relation_size(r.oid),
                   (SELECT spcname FROM pg_tablespace WHERE oid = coalesce(nullif(c.reltablespace, 0), (SELECT dattablespace FROM pg_database WHERE datname = current_database())))
            FROM varve_leaf r CROSS JOIN LATERAL (SELECT r.oid UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid = r.oid) AS varve_part(oid)
            JOIN pg_class c ON c.oid = varve_part.oid JOIN pg_namespace n ON n.oid = c.relnamespace ORDER BY c.relkind = 'i', c.relname
            """,
            cancellationToken
        );
        IReadOnlyList<(TableName, string)> relations = [.. rows.Select(r => (new TableName(r.Text(0), r.Text(1)), r.Text(3)))];
        return new(leaf, rows.Count == 0 ? 0 : rows[0].Long(2), relations, to.Name);
    }

    /// <summary>A table without partitions, and its indexes.</summary>
    /// <param name="Table">The table.</param>
    /// <param name="Bytes">What it and its indexes have.</param>
    /// <param name="Relations">Each of them with its tablespace.</param>
    /// <param name="To">Where they should lie.</param>
    private sealed record PlacedLeaf(TableName Table, long Bytes, IReadOnlyList<(TableName Name, string At)> Relations, string To)
    {
        public IReadOnlyList<TableName> Elsewhere => [.. Relations.Where(r => r.At != To).Select(r => r.Name)];
    }

    /// <summary>
    /// Where the folder of the tablespace can be seen from here, its disk says what is free; else the server does, when the disk
    /// is full.
    /// </summary>
    private static async Task RoomAsync(IStatements statements, Place to, long bytes, CancellationToken cancellationToken)
    {
        var row = (
            await statements.QueryAsync(
                $"""
                SELECT pg_tablespace_location(oid), 'PG_' || CAST(current_setting('server_version_num') AS INTEGER) / 10000 || '_' || (SELECT catalog_version_no FROM pg_control_system())
                FROM pg_tablespace WHERE spcname = {to.Name}
                """,
                cancellationToken
            )
        )[0];
        if (!Path.IsPathRooted(row.Text(0)) || !Directory.Exists(Path.Combine(row.Text(0), row.Text(1))))
            return;
        var free = new DriveInfo(row.Text(0)).AvailableFreeSpace;
        if (free < bytes)
            throw new EngineException(
                EngineCodes.DiskFull,
                $"the next table to move has {PlanText.Bytes(bytes)}, and the tablespace {to.Name} has {PlanText.Bytes(free)} free. Make room there; nothing was moved."
            );
    }
}
