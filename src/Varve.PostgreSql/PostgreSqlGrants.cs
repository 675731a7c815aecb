using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>
/// The statements by which an administrator gives two roles what they need: the one that Varve works as, and one that reads.
/// </summary>
public static class PostgreSqlGrants
{
    /// <summary>Statements for some policies, each once, with comments between them. Nothing is changed.</summary>
    /// <param name="database">The database.</param>
    /// <param name="policies">The policies.</param>
    /// <param name="reader">The role that reads.</param>
    /// <param name="catalogSchema">The schema of Varve's own tables.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ArgumentException">The database is not PostgreSQL's.</exception>
    public static async Task<IReadOnlyList<string>> StatementsAsync(
        Database database,
        IReadOnlyList<StoredPolicy> policies,
        string reader,
        string catalogSchema,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentException.ThrowIfNullOrEmpty(reader);
        if (database.Engine is not PostgreSqlEngine engine)
            throw new ArgumentException($"{database.Name} is not a PostgreSQL database.", nameof(database));
        var identity = await engine.IdentifyAsync(cancellationToken);
        return await engine.TransactAsync<IReadOnlyList<string>>(
            async (s, token) =>
            {
                List<string> lines =
                [
                    $"-- for Varve, which works as {identity.User}",
                    $"GRANT CREATE ON DATABASE {Quoted(identity.Database)} TO {Quoted(identity.User)};  -- until the schema {catalogSchema} is there",
                    $"GRANT pg_read_all_stats TO {Quoted(identity.User)};  -- so that doctor sees since when others are in a transaction",
                ];
                List<(Policy Policy, TableName Source)> all =
                [
                    .. policies.Select(p => (p.Policy, p.Policy.Table with { Schema = p.Policy.Table.Schema ?? engine.DefaultSchema })),
                ];
                foreach (var (policy, source) in all)
                    lines.AddRange(await ForVarveAsync(s, policy, source, Quoted(identity.User), token));
                lines.AddRange(["", $"-- for who reads, as {reader}"]);
                foreach (var (policy, source) in all)
                    lines.AddRange(ForReader(policy, source, Quoted(reader)));
                return [.. lines.Where((line, i) => line.Length == 0 || lines.IndexOf(line) == i)];
            },
            Scope.Reading,
            cancellationToken
        );
    }

    private static async Task<IReadOnlyList<string>> ForVarveAsync(
        IStatements statements,
        Policy policy,
        TableName source,
        string user,
        CancellationToken cancellationToken
    )
    {
        var owner = await statements.QueryAsync(
            $"SELECT pg_get_userbyid(c.relowner), c.relkind = 'p', c.relkind IN ('r', 'p') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = {source.Schema} AND c.relname = {source.Name}",
            cancellationToken
        );
        List<string> lines =
        [
            $"GRANT USAGE ON SCHEMA {Quoted(source.Schema!)} TO {user};",
            $"GRANT USAGE, CREATE ON SCHEMA {Quoted(policy.Schema ?? source.Schema!)} TO {user};",
            // Of a view and of a foreign table no row goes.
            $"GRANT SELECT{(owner is [var found] && !found.Truth(2) ? "" : ", DELETE")} ON {Text(source)} TO {user};",
        ];
        if (owner is [var row] && row.Truth(1) && Quoted(row.Text(0)) != user)
            lines.Add($"GRANT {Quoted(row.Text(0))} TO {user};  -- only the owner may drop and move partitions");
        lines.AddRange(policy.Relocate.Select(hop => $"GRANT CREATE ON TABLESPACE {Quoted(hop.To.Name)} TO {user};"));
        return lines;
    }

    // The open end of the stitched view comes from the source; every other view is read with the rights of who made it.
    private static IEnumerable<string> ForReader(Policy policy, TableName source, string reader)
    {
        var views = policy
            .Tiers.Select(t => TierNames.View(policy, source, t))
            .Append(TierNames.Stitched(policy, source))
            .OfType<TableName>()
            .ToList();
        foreach (var schema in views.Select(v => v.Schema!).Prepend(source.Schema!).Distinct())
            yield return $"GRANT USAGE ON SCHEMA {Quoted(schema)} TO {reader};";
        yield return $"GRANT SELECT ON {string.Join(", ", views.Prepend(source).Select(Text))} TO {reader};";
    }

    private static string Text(TableName table) => $"{Quoted(table.Schema!)}.{Quoted(table.Name)}";

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
