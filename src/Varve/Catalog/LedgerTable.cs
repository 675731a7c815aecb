using System.Collections.Concurrent;
using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>
/// The ledgers of the catalog: what is covered, dirty, cut, lost and gone. The ledger of a policy is one value, in one row,
/// because what is true of a relation is not true without what is known of the others; it is replaced where it is still
/// the one that was read.
/// </summary>
internal sealed partial class LedgerTable(
    CatalogTables tables,
    Dialect dialect,
    PolicyTable policies,
    ArchiveTable archives,
    HoldTable holds
)
{
    // Of so many policies the row is known as it was read or written last.
    private const int MostKnown = 100;

    private static readonly Ledger s_none = Ledger.Empty("") with { PublishedRevision = 0 };

    // Only where the engine says which version of a row it is: nothing takes back then what was written, and a change after
    // somebody else's is refused.
    private readonly ConcurrentDictionary<string, KnownRow> _known = new(StringComparer.Ordinal);

    // What the tables that people read lack of a policy, by the version that they show: what is not there is not removed. Whoever
    // wrote to them and did not come to an end left a ledger that says that they show an older version than it has: once such a
    // one is read, nothing is known.
    private readonly ConcurrentDictionary<string, (long Version, LedgerProjection.Shown Clean)> _clean = new(StringComparer.Ordinal);

    /// <summary>The ledger of one policy at an instant (for holds that end by themselves).</summary>
    /// <param name="statements">The unit of work.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="at">The instant.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="isHeld">True where its lease has been held since it was read or written here last.</param>
    /// <param name="hasHolds">False where nothing was held just now, by whatever policy.</param>
    public async Task<Ledger> LoadAsync(
        IStatements statements,
        StoredPolicy policy,
        Instant at,
        CancellationToken cancellationToken,
        bool isHeld = false,
        bool hasHolds = true
    )
    {
        var name = policy.Policy.Name;
        var ledger = await LoadAsync(statements, name, cancellationToken, isHeld);
        IReadOnlyList<ArchivedPart> parts = policy.Policy.Archive is null
            ? []
            : await archives.ListAsync(statements, name, cancellationToken);
        return await WholeAsync(
            statements,
            policy,
            ledger,
            parts,
            hasHolds ? await holds.ListAsync(statements, name, cancellationToken) : [],
            at,
            cancellationToken
        );
    }

    /// <summary>The same of several policies, with few questions; by name.</summary>
    /// <param name="statements">The unit of work.</param>
    /// <param name="policies">Which.</param>
    /// <param name="at">The instant.</param>
    /// <param name="books">What was read of them just now; null for nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyDictionary<string, Ledger>> LoadAsync(
        IStatements statements,
        IReadOnlyList<StoredPolicy> policies,
        Instant at,
        CatalogBooks? books,
        CancellationToken cancellationToken
    )
    {
        var stored = books?.Ledgers ?? await StoredAsync(statements, policies, cancellationToken);
        IReadOnlyList<ArchivedPart> all = policies.Any(p => p.Policy.Archive is not null)
            ? await archives.ListAsync(statements, cancellationToken)
            : [];
        var parts = all.ToLookup(p => p.Policy, StringComparer.Ordinal);
        var held = books is { HasHolds: false }
            ? null
            : await holds.ListAsync(statements, [.. policies.Select(p => p.Policy.Name)], cancellationToken);
        var ledgers = new Dictionary<string, Ledger>(StringComparer.Ordinal);
        foreach (var policy in policies)
        {
            var name = policy.Policy.Name;
            ledgers[name] = await WholeAsync(
                statements,
                policy,
                stored.GetValueOrDefault(name) ?? s_none,
                [.. parts[name]],
                held?[name] ?? [],
                at,
                cancellationToken
            );
        }

        return ledgers;
    }

    private async Task<IReadOnlyDictionary<string, Ledger>> StoredAsync(
        IStatements statements,
        IReadOnlyList<StoredPolicy> policies,
        CancellationToken cancellationToken
    ) =>
        policies is [var only]
            ? new Dictionary<string, Ledger> { [only.Policy.Name] = await LoadAsync(statements, only.Policy.Name, cancellationToken) }
            : (
                await statements.QueryAsync(
                    $"SELECT version, shown, document{Also}, policy FROM {tables.Ledgers} WHERE {ValuesSql.OneOf(new("policy"), [.. policies.Select(p => p.Policy.Name)])}",
                    cancellationToken
                )
            ).ToDictionary(r => r.Text(r.Count - 1), Read, StringComparer.Ordinal);

    private async Task<Ledger> WholeAsync(
        IStatements statements,
        StoredPolicy policy,
        Ledger ledger,
        IReadOnlyList<ArchivedPart> parts,
        IReadOnlyList<Hold> held,
        Instant at,
        CancellationToken cancellationToken
    )
    {
        var archived = policy.Policy.Archive is { To: var location }
            ? RangeSet.Of(parts.Where(p => p.Location == location).Select(p => p.Range))
            : RangeSet.Empty;
        if (!archived.IsEmpty || !ledger.Of(RelationId.Source).Archived.IsEmpty)
            ledger = ledger.With(RelationId.Source, ledger.Of(RelationId.Source) with { Archived = archived });
        return ledger with
        {
            Revision = policy.Revision,
            PolicyHash = policy.Hash,
            ConfirmedPolicy =
                ledger.ConfirmedRevision == 0 ? null
                : ledger.ConfirmedRevision == policy.Revision ? policy.Policy
                : (await policies.RevisionAsync(statements, policy.Policy.Name, ledger.ConfirmedRevision, cancellationToken))?.Policy,
            Holds = [.. held.Where(h => h.Until is not { } until || until > at)],
        };
    }

    /// <summary>What the ledger of a policy itself says, whatever revision is in force; nothing where there is none.</summary>
    /// <param name="statements">The unit of work.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="isHeld">True where its lease has been held since it was read or written here last.</param>
    public async Task<Ledger> LoadAsync(IStatements statements, string policy, CancellationToken cancellationToken, bool isHeld = false)
    {
        if (isHeld && _known.TryGetValue(policy, out var known))
            return LedgerJson.Read(known.Document) with { Version = known.Version, Shown = known.Shown, Row = known.Row };
        var rows = await statements.QueryAsync(
            $"SELECT version, shown, document{Also} FROM {tables.Ledgers} WHERE policy = {policy}",
            cancellationToken
        );
        if (rows.Count == 0)
            return s_none;
        Know(policy, new(rows[0].Text(2), rows[0].Long(0), rows[0].Long(1), RowOf(rows[0], 3)));
        var ledger = Read(rows[0]);
        KnowShown(policy, ledger);
        return ledger;
    }

    private void KnowShown(string policy, Ledger ledger)
    {
        if (dialect.RowVersion.Count == 0)
            return;
        if (_clean.Count >= MostKnown)
            _clean.Clear();
        if (ledger.Shown == ledger.Version)
            _clean[policy] = (ledger.Version, LedgerProjection.Clean(ledger));
        else
            _clean.TryRemove(policy, out _);
    }

    // Unknown while it is written, and where that does not come to its end.
    private async Task ProjectAsync(IStatements statements, string policy, Ledger ledger, CancellationToken cancellationToken)
    {
        var clean = _clean.TryRemove(policy, out var known) && known.Version == ledger.Shown ? known.Clean : default;
        await new LedgerProjection(tables).WriteAsync(statements, policy, ledger, clean, cancellationToken);
    }

    private void Know(string policy, KnownRow row)
    {
        if (row.Row.Count == 0)
            return;
        if (_known.Count >= MostKnown)
            _known.Clear();
        _known.AddOrUpdate(policy, row, (_, known) => known.Version > row.Version ? known : row);
    }

    private Ledger Read(Row row) => LedgerJson.Read(row.Text(2)) with { Version = row.Long(0), Shown = row.Long(1), Row = RowOf(row, 3) };

    /// <summary>The same for every policy that has one.</summary>
    public async Task<IReadOnlyDictionary<string, Ledger>> ListAsync(IStatements statements, CancellationToken cancellationToken) =>
        (await statements.QueryAsync($"SELECT policy, document FROM {tables.Ledgers}", cancellationToken)).ToDictionary(
            r => r.Text(0),
            r => LedgerJson.Read(r.Text(1)),
            StringComparer.Ordinal
        );

    /// <summary>Replaces the ledger of a policy; the ledger as it is stored now.</summary>
    /// <exception cref="EngineException">It is not the one that was read any more; whoever works with it reads it again.</exception>
    public Task<Ledger> SaveAsync(IStatements statements, string policy, Ledger ledger, CancellationToken cancellationToken) =>
        SaveAsync(statements, policy, ledger, ledger.Shown, cancellationToken);

    /// <summary>
    /// The same, once it is written to the tables that people read. A process that ends in between leaves them as they were, or
    /// as they will be: the ledger that is stored says that they show an older one.
    /// </summary>
    public async Task<Ledger> SaveShownAsync(IStatements statements, string policy, Ledger ledger, CancellationToken cancellationToken)
    {
        if (ledger.Version == 0 || ledger.Shown == ledger.Version)
        {
            ledger = await SaveAsync(statements, policy, ledger, cancellationToken);
            await ShowAsync(statements, policy, ledger, cancellationToken);
            return ledger;
        }

        await ProjectAsync(statements, policy, ledger, cancellationToken);
        ledger = await SaveAsync(statements, policy, ledger, ledger.Version + 1, cancellationToken);
        KnowShown(policy, ledger);
        return ledger;
    }

    private async Task<Ledger> SaveAsync(
        IStatements statements,
        string policy,
        Ledger ledger,
        long shown,
        CancellationToken cancellationToken
    )
    {
        // Unknown until it is answered.
        _known.TryRemove(policy, out _);
        var next = ledger.Version + 1;
        var document = LedgerJson.Write(ledger);
        var expired = !ledger.Of(RelationId.Source).Frozen.IsEmpty;
        var also = shown == ledger.Shown ? SqlText.Empty : (SqlText)$", shown = {shown}";
        var written = (await IsNowAsync(statements, policy, ledger, cancellationToken), ledger.Version) switch
        {
            (null, _) => null,
            (_, 0) => await WriteAsync(
                statements,
                $"INSERT INTO {tables.Ledgers} (policy, version, shown, expired, document) VALUES ({policy}, {next}, 0, {expired}, {document})",
                cancellationToken
            ),
            ({ } state, _) => await WriteAsync(
                statements,
                $"UPDATE {tables.Ledgers} SET version = {next}{also}, expired = {expired}, document = {document} WHERE policy = {policy} AND {state}",
                cancellationToken
            ),
        };
        if (written is not null)
        {
            Know(policy, new(document, next, shown, written));
            return ledger with { Version = next, Shown = shown, Row = written };
        }

        throw new EngineException(
            EngineCodes.Conflict,
            $"Somebody else changed what the catalog knows of {policy} meanwhile. Nothing was lost: run again.",
            isTransient: true
        );
    }

    /// <summary>
    /// What is true of the row of a policy as long as it has a version, so that a change of it is refused after another one; null
    /// where it has none of it.
    /// </summary>
    private async Task<SqlText?> IsNowAsync(IStatements statements, string policy, Ledger ledger, CancellationToken cancellationToken)
    {
        var version = ledger.Version;
        if (version > 0 && dialect.RowVersion.Count == 0)
            return $"version = {version}";
        if (version > 0 && ledger.Row.Count > 0)
            return Is(ledger.Row);
        var rows = await statements.QueryAsync($"SELECT version{Also} FROM {tables.Ledgers} WHERE policy = {policy}", cancellationToken);
        if (rows.Count == 0)
            return version == 0 ? SqlText.Empty : null;
        return version == 0 || rows[0].Long(0) != version ? null : Is(RowOf(rows[0], 1));
    }

    /// <summary>What the engine says of the row that was written; null where none was.</summary>
    private async Task<IReadOnlyList<long>?> WriteAsync(IStatements statements, SqlText statement, CancellationToken cancellationToken)
    {
        if (dialect.RowVersion.Count == 0)
            return await statements.ExecuteAsync(statement, cancellationToken) == 1 ? [] : null;
        var rows = await statements.QueryAsync(
            $"{statement} RETURNING {SqlText.Join(", ", dialect.RowVersion.Select(c => (SqlText)$"{c}"))}",
            cancellationToken
        );
        return rows is [var row] ? RowOf(row, 0) : null;
    }

    private SqlText Also => SqlText.Join("", dialect.RowVersion.Select(c => (SqlText)$", {c}"));

    private IReadOnlyList<long> RowOf(Row row, int first) => [.. dialect.RowVersion.Select((_, i) => row.Long(first + i))];

    private SqlText Is(IReadOnlyList<long> row) => SqlText.Join(" AND ", dialect.RowVersion.Select((c, i) => (SqlText)$"{c} = {row[i]}"));

    /// <summary>
    /// Writes what the ledger says to the tables that people read, where these show an older one. Varve never reads them.
    /// </summary>
    public async Task ShowAsync(IStatements statements, string policy, Ledger ledger, CancellationToken cancellationToken)
    {
        if (ledger.Shown == ledger.Version)
            return;
        _known.TryRemove(policy, out _);
        await ProjectAsync(statements, policy, ledger, cancellationToken);
        SqlText state = $"version = {ledger.Version}";
        if (ledger.Row.Count > 0)
            state = Is(ledger.Row);
        await statements.ExecuteAsync(
            $"UPDATE {tables.Ledgers} SET shown = {ledger.Version} WHERE policy = {policy} AND {state}",
            cancellationToken
        );
    }

    /// <summary>By policy: what has expired of its source.</summary>
    public async Task<IReadOnlyDictionary<string, RangeSet>> FrozenAsync(IStatements statements, CancellationToken cancellationToken) =>
        (await statements.QueryAsync($"SELECT policy, document FROM {tables.Ledgers} WHERE expired", cancellationToken)).ToDictionary(
            r => r.Text(0),
            r => LedgerJson.Read(r.Text(1)).Of(RelationId.Source).Frozen,
            StringComparer.Ordinal
        );

    private sealed record KnownRow(string Document, long Version, long Shown, IReadOnlyList<long> Row);
}
