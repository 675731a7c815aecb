using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Varve.Catalog;
using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Maintenance;

/// <summary>
/// What a person decides after a change: dropping retired tiers, taking over types. Each is one transaction and in the audit
/// log.
/// </summary>
internal sealed class Alterations(IEngine engine, Session session, AuditActor actor)
{
    /// <summary>
    /// Drops the tables and views of the tiers that a policy no longer has; where tables of tiers are gone already, these are
    /// forgotten, and nothing else is done.
    /// </summary>
    public async Task<IReadOnlyList<TableName>> DropRetiredAsync(string policy, CancellationToken cancellationToken)
    {
        var stored = await session.OneAsync(policy, cancellationToken);
        if (await ForgetAsync(stored, cancellationToken) is { Count: > 0 } gone)
            return gone;
        await using var work = await session.WorkAsync(stored, cancellationToken);
        var (_, blueprint, state, plan) = work.Survey;
        if (blueprint.Retired.Count == 0)
            throw new PolicyException(WorkCodes.NothingRetired, $"{stored.Policy.Name} has no retired tier; status shows its tiers.");
        Check(blueprint, state.Ledger, plan);
        return await session.WriteAsync(
            async (s, token) =>
            {
                await new DependentViews(engine, session.Store, s).RefuseAsync(
                    [.. blueprint.Retired.SelectMany(t => Own(state.Ledger, t)).Select(o => o.Name)],
                    token
                );
                return await DropAsync(s, stored.Policy.Name, state.Ledger, blueprint.Retired, "tiers.dropped", token);
            },
            cancellationToken
        );
    }

    /// <summary>
    /// Forgets the tiers whose tables are gone, also those that the policy has: the next run makes them anew, and its views with
    /// them.
    /// </summary>
    private async Task<IReadOnlyList<TableName>> ForgetAsync(StoredPolicy stored, CancellationToken cancellationToken)
    {
        var name = stored.Policy.Name;
        await session.Store.Schema.UpgradeAsync(cancellationToken);
        await using var lease = await engine.LeaseAsync(name, cancellationToken);
        var laid = await session.Inspector.ResolveAsync(stored.Policy, cancellationToken);
        return await session.WriteAsync<IReadOnlyList<TableName>>(
            async (s, token) =>
            {
                var ledger = await session.Store.Ledgers.LoadAsync(s, stored, session.Now(), token);
                var blueprint = await session.Inspector.WithRetiredAsync(s, laid, ledger, token);
                List<TierLayout> gone =
                [
                    .. (await BrokenTier.AllAsync(s, blueprint, ledger, token)).Where(b => b.IsGone).Select(b => b.Tier),
                ];
                if (gone.Count == 0)
                    return [];
                if (engine.Dialect.ViewsHold && blueprint.Stitched is { } stitched)
                    await s.ExecuteAsync(StepSql.Drop(stitched, isView: true), token);
                return await DropAsync(s, name, ledger with { PublishedRevision = 0 }, gone, "tiers.forgotten", token);
            },
            cancellationToken
        );
    }

    /// <summary>Takes over the types that columns of the source have now, where every stored value stays what it is.</summary>
    public async Task<IReadOnlyList<RetypedColumn>> AcceptTypesAsync(string policy, CancellationToken cancellationToken)
    {
        await using var work = await session.WorkAsync(await session.OneAsync(policy, cancellationToken), cancellationToken);
        var (stored, blueprint, state, _) = work.Survey;
        var columns = ColumnTypeChanges.Of(blueprint, state.Ledger);
        if (columns.Count == 0)
            throw new PolicyException(
                WorkCodes.TypesStay,
                $"No column of {blueprint.Source.Text} has another type than the tiers of {stored.Policy.Name} were built with."
            );
        if (columns.FirstOrDefault(c => ColumnTypeChanges.IsTime(blueprint, c)) is not null)
            throw new PolicyException(WorkCodes.TypesStay, $"{ColumnTypeChanges.Waits(blueprint, columns)[0].Reason}.");
        if (!engine.Capabilities.Transactions)
            throw new PolicyException(
                WorkCodes.TypesStay,
                $"{engine.Dialect.Name} has no transactions, so that the columns of a tier cannot be given other types without others seeing them half done. Give the column its old type back, or measure it under another name."
            );
        return await session.WriteAsync(
            async (s, token) =>
            {
                var draft = new ProjectedLedger(blueprint, state);
                var sql = new StepSql(blueprint, engine.Dialect);
                foreach (var tier in blueprint.Tiers.Where(t => draft.Of(t.Id).Created))
                    await RetypeAsync(s, draft, sql, tier, columns, token);
                await PublishAsync(s, draft, sql, stored, token);
                var facts = new JsonObject();
                foreach (var column in columns)
                    facts[column.Column] = $"{column.Before} → {column.Now}";
                var types = blueprint
                    .Types.Concat(state.Ledger.Types.Where(t => !blueprint.Types.ContainsKey(t.Key)))
                    .ToFrozenDictionary(StringComparer.Ordinal);
                await Record.WriteAsync(s, stored.Policy.Name, draft.Now with { Types = types }, "types.accepted", facts, token);
                return columns;
            },
            cancellationToken
        );
    }

    private CommandRecord Record => new(engine, session.Store, actor, session.Now());

    private static void Check(PolicyLayout blueprint, Ledger ledger, Plan plan)
    {
        var used = plan.Steps.OfType<PlanStep.RollUp>().FirstOrDefault(r => blueprint.Retired.Any(t => t.Id == r.Input));
        if (used is not null)
            throw new PolicyException(
                WorkCodes.NothingRetired,
                $"The next run builds {used.Relation} from {used.Input}, which nothing else can give any more: run first, then drop it."
            );
        if (ledger.Holds.FirstOrDefault(h => h.Relation is null || blueprint.Retired.Any(t => t.Id == h.Relation)) is { } hold)
            throw new PolicyException(
                WorkCodes.NothingRetired,
                $"A hold by {hold.Who} keeps every relation of {blueprint.Policy.Name}: {hold.Reason}. policy release ends it."
            );
    }

    private static IReadOnlyList<OwnTable> Own(Ledger ledger, TierLayout tier) =>
        [.. ledger.Of(tier.Id).Tables.OrderByDescending(t => t.Kind, StringComparer.Ordinal)];

    // First the tables, then what is known of them: where only the first was done, they are gone, and that is seen.
    private async Task<IReadOnlyList<TableName>> DropAsync(
        IStatements statements,
        string policy,
        Ledger ledger,
        IReadOnlyList<TierLayout> tiers,
        string action,
        CancellationToken cancellationToken
    )
    {
        List<OwnTable> own = [.. tiers.SelectMany(t => Own(ledger, t))];
        foreach (var table in own)
            await statements.ExecuteAsync(StepSql.Drop(table.Name, table.Kind == "view"), cancellationToken);
        await session.Store.Ledgers.UnregisterAsync(statements, policy, own, cancellationToken);
        foreach (var tier in tiers)
            ledger = ledger.Without(tier.Id);
        var facts = new JsonObject { ["tiers"] = new JsonArray([.. tiers.Select(t => JsonValue.Create(t.Id))]) };
        await Record.WriteAsync(statements, policy, ledger, action, facts, cancellationToken);
        return [.. own.Select(o => o.Name)];
    }

    private async Task RetypeAsync(
        IStatements statements,
        ProjectedLedger draft,
        StepSql sql,
        TierLayout tier,
        IReadOnlyList<RetypedColumn> columns,
        CancellationToken cancellationToken
    )
    {
        var sets = draft.Of(tier.Id);
        await CompareAsync(statements, draft.Blueprint, tier, columns, cancellationToken);
        try
        {
            await statements.ExecuteAsync(sql.MakeAgain(tier, sets.Columns), cancellationToken);
            await statements.ExecuteAsync(sql.Move(tier, sets.Columns), cancellationToken);
        }
        catch (EngineException error) when (!error.IsTransient)
        {
            throw Unfit(tier, columns, error.Message.TrimEnd('.'));
        }

        if ((await statements.QueryAsync(sql.Moved(tier, sets.Columns), cancellationToken))[0].Long(0) > 0)
            throw Unfit(tier, columns, "values would change");
        foreach (var statement in sql.TakeOver(tier))
            await statements.ExecuteAsync(statement, cancellationToken);
        await AddAsync(statements, draft, sql, tier, cancellationToken);
    }

    /// <summary>Least and greatest of numbers are not those of the same numbers as text.</summary>
    private static async Task CompareAsync(
        IStatements statements,
        PolicyLayout blueprint,
        TierLayout tier,
        IReadOnlyList<RetypedColumn> columns,
        CancellationToken cancellationToken
    )
    {
        var described = await statements.DescribeAsync(tier.States, cancellationToken);
        foreach (var measure in blueprint.Measures.Where(m => columns.Any(c => c.Column == m.Column.Name)))
        {
            var stored = new[] { "min", "max", "first", "last" }.Select(s => described?.Find(measure.ColumnOf(s))).OfType<Column>();
            if (stored.Any(c => c.Type.GetType() != measure.Column.Type.GetType() && !(c.Type.IsNumeric && measure.Column.Type.IsNumeric)))
                throw Unfit(tier, columns, "one kind of value is not ordered as the other");
        }
    }

    /// <summary>A number that is a float now has counts of NaN and infinities; as it was none, there were none.</summary>
    private static async Task AddAsync(
        IStatements statements,
        ProjectedLedger draft,
        StepSql sql,
        TierLayout tier,
        CancellationToken cancellationToken
    )
    {
        List<string> added = [.. draft.Blueprint.StateNames.Except(draft.Of(tier.Id).Columns, StringComparer.Ordinal)];
        draft.States.Reshape(tier, added);
        foreach (
            var column in draft
                .Blueprint.Measures.SelectMany(m => new[] { "nan", "pinf", "ninf" }.Select(m.ColumnOf))
                .Intersect(added, StringComparer.Ordinal)
        )
        {
            await statements.ExecuteAsync(sql.Zero(tier, column), cancellationToken);
            draft.Of(tier.Id).SetThin(column, RangeSet.Empty);
        }
    }

    /// <summary>Views remember the types that they were made with.</summary>
    private async Task PublishAsync(
        IStatements statements,
        ProjectedLedger draft,
        StepSql sql,
        StoredPolicy stored,
        CancellationToken cancellationToken
    )
    {
        if (draft.Blueprint.Stitched is not { } stitched || draft.Ledger.PublishedRevision != stored.Revision)
            return;
        foreach (var view in draft.Blueprint.Tiers.Where(t => draft.Of(t.Id).Created).SelectMany(sql.TierView))
            await statements.ExecuteAsync(view, cancellationToken);
        var horizon = Cutoffs.At(draft.Blueprint, session.Now(), null);
        foreach (var view in sql.Stitched(stitched, StitchedView.Of(draft.Blueprint, r => draft.Of(r).Ledger), horizon.Known))
            await statements.ExecuteAsync(view, cancellationToken);
    }

    private static PolicyException Unfit(TierLayout tier, IReadOnlyList<RetypedColumn> columns, string why)
    {
        var changes = string.Join(", ", columns.Select(c => $"{c.Column} from {c.Before} to {c.Now}"));
        return new(
            WorkCodes.TypesStay,
            $"{tier.Id} holds values that do not fit the new types ({changes}): {why}. Give the column its old type back, or measure it under another name."
        );
    }
}
