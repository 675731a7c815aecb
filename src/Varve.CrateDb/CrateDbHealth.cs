using System.Globalization;
using Varve.Catalog;
using Varve.CrateDb.Diagnosis;
using Varve.CrateDb.Http;
using Varve.CrateDb.Partitions;
using Varve.CrateDb.Relocation;
using Varve.CrateDb.Statements;
using Varve.Diagnosis;
using Varve.Engines;
using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb;

/// <summary>What only a cluster has: nodes, shards, watermarks, rights, partitions that cannot be read or have no width.</summary>
public static class CrateDbHealth
{
    /// <summary>Findings about the cluster and the tables of policies. Nothing is changed.</summary>
    /// <exception cref="ArgumentException">The database is not CrateDB's.</exception>
    public static async Task<IReadOnlyList<Finding>> DiagnoseAsync(
        Database database,
        IReadOnlyList<StoredPolicy> policies,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(policies);
        if (database.Engine is not CrateDbEngine engine)
            throw new ArgumentException($"{database.Name} is not a CrateDB cluster.", nameof(database));
        await using var borrowed = engine.Borrow();
        var facts = await ClusterReader.ReadAsync(borrowed.Session, TimeProvider.System, cancellationToken);
        List<Finding> findings =
        [
            .. ClusterFindings
                .Of(facts, engine.IsClear)
                .Select(f => new Finding(f.Check, f.IsBad ? Severity.Error : Severity.Warning, null, f.Found, f.WayOut)),
        ];
        List<(Policy Policy, PiecedTable Table)> tables = [];
        foreach (var policy in policies)
        {
            findings.AddRange(PolicyNeeds.Of(policy.Policy, facts));
            var table = engine.Whole(policy.Policy.Table);
            findings.AddRange(await RightsAsync(borrowed.Session, policy.Policy.Name, table, facts.User, cancellationToken));
            if (
                await PieceReader.ReadAsync(
                    borrowed.Session,
                    table,
                    policy.Policy.Time,
                    PartitionGrid.Of(policy.Policy),
                    cancellationToken
                ) is
                { } read
            )
            {
                findings.AddRange(Of(policy.Policy, table, read));
                findings.AddRange(GrantFindings.Of(policy.Policy, table, facts));
                findings.AddRange(await SettingsAsync(borrowed.Session, policy.Policy, table, read, cancellationToken));
                tables.Add((policy.Policy, read));
            }
        }

        if (PolicyNeeds.Forecast(facts, tables) is { } forecast)
            findings.Add(forecast);
        return findings;
    }

    /// <summary>
    /// Takes a small snapshot in each repository that policies archive to, and removes it: CrateDB verifies a repository when it is
    /// made, and has no statement that does so again.
    /// </summary>
    /// <param name="database">A CrateDB cluster, opened to write.</param>
    /// <param name="policies">The policies.</param>
    /// <param name="table">A small table of which a snapshot is taken: one of Varve's own.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A note of each that takes snapshots, an error of each that does not.</returns>
    /// <exception cref="ArgumentException">The database is not CrateDB's.</exception>
    /// <exception cref="EngineException">The database was opened to read.</exception>
    public static async Task<IReadOnlyList<Finding>> VerifyRepositoriesAsync(
        Database database,
        IReadOnlyList<StoredPolicy> policies,
        TableName table,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(policies);
        if (database.Engine is not CrateDbEngine engine)
            throw new ArgumentException($"{database.Name} is not a CrateDB cluster.", nameof(database));
        if (engine.IsReadOnly)
            throw engine.ReadOnly();
        CrateDbSnapshots snapshots = new(engine, TimeProvider.System);
        List<Finding> findings = [];
        foreach (var uses in policies.Where(p => p.Policy.Archive is not null).GroupBy(p => p.Policy.Archive!.To))
        {
            var why = await snapshots.TryAsync(uses.Key, engine.Whole(table), cancellationToken);
            var names = string.Join(", ", uses.Select(p => p.Policy.Name));
            findings.Add(
                why is null
                    ? new(
                        "archive.verified",
                        Severity.Note,
                        null,
                        $"A snapshot of {table.Text} was taken in `{uses.Key}`, and removed.",
                        $"Nothing is to be done. It is where {names} is kept before it goes."
                    )
                    : new(
                        "archive.verified",
                        Severity.Error,
                        null,
                        $"`{uses.Key}` takes no snapshot now: {why}",
                        $"Until it does, nothing of {names} goes."
                    )
            );
        }

        return findings;
    }

    private static async Task<IReadOnlyList<Finding>> SettingsAsync(
        SqlSession session,
        Policy policy,
        TableName table,
        PiecedTable read,
        CancellationToken cancellationToken
    )
    {
        if (
            read.Columns.Count == 0
            || (await session.QueryAsync(DoctorShapes.TableSettings(table), cancellationToken)).Rows is not [var own]
        )
            return [];
        var place = ((IReadOnlyDictionary<string, object?>?)own[1] ?? new Dictionary<string, object?>()).ToDictionary(
            p => p.Key,
            p => p.Value as string ?? ""
        );
        List<Finding> findings =
        [
            .. new[]
            {
                PartitionFindings.Lost(policy, table, read, own.TextOrNull(0) ?? "", place),
                PartitionFindings.Unplaced(policy, table, place),
            }.OfType<Finding>(),
        ];
        foreach (var row in (await session.QueryAsync(DoctorShapes.Blocked(table), cancellationToken)).Rows)
            findings.Add(Blocked(policy.Name, table, row));
        if (!read.Pieces.Any(p => p.Place.Count > 0))
            return findings;
        var copies = (await session.QueryAsync(PlaceShapes.AllCopies(table), cancellationToken)).Rows.ToLookup(
            r => r.TextOrNull(8) ?? "",
            CopyReader.Copy
        );
        if (PartitionFindings.Misplaced(policy, table, read, copies) is not { } away)
            return findings;
        var why = string.Join("; ", await CopyReader.ReasonsAsync(session, table, away.Ident, cancellationToken));
        findings.Add(away.Finding with { Found = $"{away.Finding.Found}{(why.Length > 0 ? $" ({why})" : "")}." });
        return findings;
    }

    private static Finding Blocked(string policy, TableName table, Row row)
    {
        var isFull = row[3] is true or "true";
        return new(
            "partition.blocked",
            Severity.Error,
            policy,
            isFull
                ? $"Partition {row.Text(0)} of {table.Text} takes no writes because a disk was full (blocks.read_only_allow_delete)."
                : $"Partition {row.Text(0)} of {table.Text} is read only ({(row[1] is true or "true" ? "blocks.read_only" : "blocks.metadata")}): it is neither moved nor removed.",
            isFull
                ? "Make room; the cluster takes the block away by itself once the disk is below the high watermark."
                : "Where nobody meant that: ALTER TABLE … PARTITION (…) RESET."
        );
    }

    private static async Task<IReadOnlyList<Finding>> RightsAsync(
        SqlSession session,
        string policy,
        TableName table,
        string user,
        CancellationToken cancellationToken
    )
    {
        var row = (await session.QueryAsync(DoctorShapes.Rights(table, table.Text), cancellationToken)).Rows[0];
        List<string> missing = [];
        if (!row.Truth(1))
            missing.Add("DQL");
        if (!row.Truth(2) || !row.Truth(3))
            missing.Add("DML");
        List<Finding> findings = [];
        if (missing.Count > 0)
            findings.Add(
                new(
                    "rights.table",
                    Severity.Error,
                    policy,
                    $"{user} may not read and remove rows of {table.Text}.",
                    $"GRANT {string.Join(", ", missing)} ON TABLE {table.Text} TO \"{user}\""
                )
            );
        if (!row.Truth(0))
            findings.Add(
                new(
                    "rights.schema",
                    Severity.Error,
                    policy,
                    $"{user} may make no table in the schema {table.Schema}, where the tiers of {policy} are.",
                    $"GRANT DDL ON SCHEMA {table.Schema} TO \"{user}\"; or name another one in the policy (schema:)."
                )
            );
        return findings;
    }

    // Of a column that writers fill the policy can say it; null where no column is one.
    private static string? Stated(PiecedTable read) =>
        read.Columns.FirstOrDefault(c => c.Expression is null) is { } column
            ? $"Say how long a partition is, source: {{ partition: {{ by: {column.Name}, every: 1d }} }}, or source: {{ expire: rows }}."
            : null;

    private static IEnumerable<Finding> Of(Policy policy, TableName table, PiecedTable read)
    {
        if (!policy.Keep.IsForever && policy.ExpireBy != ExpireBy.Rows && !read.Pieces.Any(p => p.Range is not null))
            yield return new(
                "partition.none",
                Severity.Warning,
                policy.Name,
                $"No partition of {table.Text} has a range of times that Varve knows ({read.Pieces.Select(p => p.Reason).FirstOrDefault(r => r is not null) ?? "it has none yet"}): none of its rows goes.",
                Stated(read)
                    ?? $"Partition it by a column that is generated from {policy.Time}, as date_trunc('day', {policy.Time}); or say source: {{ expire: rows }}."
            );
        foreach (var some in read.Pieces.Where(p => p is { Range: null, Ident.Length: > 0 }).GroupBy(p => p.Reason ?? ""))
            yield return new(
                "partition.width",
                Severity.Note,
                policy.Name,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{some.Count()} partitions of {table.Text} have no range of times: {some.Key}. Their rows never go."
                ),
                "Move the rows to where they belong, or remove the partitions yourself."
            );
        foreach (var piece in read.Pieces.Where(p => p.IsClosed))
            yield return new(
                "partition.closed",
                Severity.Error,
                policy.Name,
                $"Partition {piece.Ident} of {table.Text} is closed, and left out of every answer.",
                "Open it: ALTER TABLE … PARTITION (…) OPEN."
            );
        foreach (var piece in read.Pieces.Where(p => p.IsSealed))
            yield return new(
                "partition.sealed",
                Severity.Warning,
                policy.Name,
                $"Partition {piece.Ident} of {table.Text} takes no writes ({piece.Range?.ToString() ?? "no range"}).",
                "Where nobody meant that: ALTER TABLE … PARTITION (…) RESET (\"blocks.write\")."
            );
    }
}
