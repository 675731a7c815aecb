using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>What must not be removed, by people's word: of policies, and of patterns for all that come from them.</summary>
internal sealed class HoldTable(CatalogTables tables)
{
    /// <summary>
    /// Every hold of a policy and of the patterns that it comes from or came from, also those that have ended by themselves.
    /// </summary>
    public async Task<IReadOnlyList<Hold>> ListAsync(IStatements statements, string policy, CancellationToken cancellationToken) =>
        (await ListAsync(statements, [policy], cancellationToken))[policy];

    /// <summary>The same of several policies, by policy: one question, and one more where there are holds of other names.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<Hold>>> ListAsync(
        IStatements statements,
        IReadOnlyList<string> policies,
        CancellationToken cancellationToken
    )
    {
        var holds = await statements.QueryAsync(All, cancellationToken);

        // There are few holds, and mostly none of a pattern: whose they are is looked up for those only.
        IReadOnlyList<Row> from = holds.Select(h => h.Text(7)).Except(policies, StringComparer.Ordinal).Any()
            ? await statements.QueryAsync(PolicyTable.PatternsOf(tables, policies), cancellationToken)
            : [];
        var patterns = from.ToLookup(r => r.Text(0), r => r.Text(1), StringComparer.Ordinal);
        return policies.ToDictionary(policy => policy, policy => Of(holds, [policy, .. patterns[policy]]), StringComparer.Ordinal);
    }

    private static IReadOnlyList<Hold> Of(IReadOnlyList<Row> holds, HashSet<string> names) =>
        [.. holds.Where(h => names.Contains(h.Text(7))).Select(Hold)];

    private SqlText All => $"SELECT hold, relation, from_us, to_us, reason, who, until_us, policy FROM {tables.Holds} ORDER BY set_us";

    /// <summary>The number of all holds, in force or not.</summary>
    public SqlText Count => $"SELECT count(*) FROM {tables.Holds}";

    /// <summary>The holds that were set under one name, in force or not.</summary>
    public async Task<IReadOnlyList<Hold>> OfAsync(IStatements statements, string name, CancellationToken cancellationToken) =>
        [
            .. (
                await statements.QueryAsync(
                    $"SELECT hold, relation, from_us, to_us, reason, who, until_us FROM {tables.Holds} WHERE policy = {name} ORDER BY set_us",
                    cancellationToken
                )
            ).Select(Hold),
        ];

    private static Hold Hold(Row r) =>
        new(
            r.Text(0),
            r.TextOrNull(1) is { } relation ? new(relation) : null,
            new(Micros.ToInstant(r.Long(2)), Micros.ToInstant(r.Long(3))),
            r.Text(4),
            r.Text(5),
            r.LongOrNull(6) is { } until ? Micros.ToInstant(until) : null
        );

    /// <summary>Whether a hold was set under a name, be it of a policy or of a pattern, in force or not.</summary>
    public async Task<bool> AnyAsync(IStatements statements, string name, CancellationToken cancellationToken) =>
        (await statements.QueryAsync($"SELECT count(*) FROM {tables.Holds} WHERE policy = {name}", cancellationToken))[0].Long(0) > 0;

    /// <summary>Sets a hold.</summary>
    public async Task AddAsync(IStatements statements, string policy, Hold hold, Instant at, CancellationToken cancellationToken)
    {
        SqlText until = $"NULL";
        if (hold.Until is { } end)
            until = $"{Micros.From(end)}";
        await statements.ExecuteAsync(
            $"""
            INSERT INTO {tables.Holds} (hold, policy, relation, from_us, to_us, reason, who, until_us, set_us)
            VALUES ({hold.Id}, {policy}, {hold.Relation?.Text}, {Micros.From(hold.Range.From)}, {Micros.From(
                hold.Range.To
            )}, {hold.Reason}, {hold.Who}, {until}, {Micros.From(at)})
            """,
            cancellationToken
        );

        // Whoever reads what it wrote makes everybody see it: a run that removes next does not refresh what it read a moment ago.
        await AnyAsync(statements, policy, cancellationToken);
    }

    /// <summary>Ends holds; the number that ended.</summary>
    public Task<long> ReleaseAsync(IStatements statements, string policy, string? hold, CancellationToken cancellationToken) =>
        hold is null
            ? statements.ExecuteAsync($"DELETE FROM {tables.Holds} WHERE policy = {policy}", cancellationToken)
            : statements.ExecuteAsync(
                $"DELETE FROM {tables.Holds} WHERE policy = {policy} AND substr(hold, 1, {(long)hold.Length}) = {hold}",
                cancellationToken
            );

    /// <summary>Holds of tiers that a revision sets aside go on holding these.</summary>
    public async Task SetAsideAsync(IStatements statements, string policy, int revision, CancellationToken cancellationToken)
    {
        var held = (
            await statements.QueryAsync(
                $"SELECT DISTINCT relation FROM {tables.Holds} WHERE policy = {policy} AND relation IS NOT NULL",
                cancellationToken
            )
        ).Select(r => new RelationId(r.Text(0)));
        foreach (var relation in held.Where(r => r.SetAside(revision) != r))
            await statements.ExecuteAsync(
                $"UPDATE {tables.Holds} SET relation = {relation.SetAside(revision).Text} WHERE policy = {policy} AND relation = {relation.Text}",
                cancellationToken
            );
    }
}
