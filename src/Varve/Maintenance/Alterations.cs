using System.Text.Json.Nodes;
using Varve.Catalog;
using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Maintenance;

/// <summary>What a person decides after a change: dropping retired tiers, taking over types. Each is one transaction and in the audit log.</summary>
internal sealed class Alterations(IEngine engine, Session session, AuditActor actor)
{
    /// <summary>Drops the tables and views of the tiers that a policy no longer has; where tables of tiers are gone already, these are forgotten, and nothing else is done.</summary>
    public async Task<IReadOnlyList<TableName>> DropRetiredAsync(string policy, CancellationToken cancellationToken)
    {
        var stored = await session.OneAsync(policy, cancellationToken);
        if (await ForgetAsync(stored, cancellationToken) is { Count: > 0 } gone) return gone;
        var (_, blueprint, state, plan) = await session.Inspector.InspectAsync(stored, session.Now(), cancellationToken, withBytes: false);
        if (blueprint.Retired.Count == 0) throw new PolicyException("VRV313", $"{stored.Policy.Name} has no retired tier; status shows its tiers.");
        Check(blueprint, state.Ledger, plan);
        return await session.WriteAsync(
            async (s, token) =>
            {
                var relations = (await session.Store.Ledgers.RelationsOfAsync(s, stored.Policy.Name, [.. blueprint.Retired.Select(t => t.Id)], token)).ToList();
                await new DependentViews(engine, session.Store, s).RefuseAsync(relations, token);
                List<TableName> dropped = [];
                foreach (var tier in blueprint.Retired) dropped.AddRange(await DropAsync(s, stored.Policy.Name, tier, token));
                var facts = new JsonObject { ["tiers"] = new JsonArray([.. blueprint.Retired.Select(t => JsonValue.Create(t.Id))]) };
                await session.Store.Audit.AppendAsync(s, actor, session.Now(), "tiers.dropped", stored.Policy.Name, facts, token);
                return (IReadOnlyList<TableName>)dropped;
            },
            cancellationToken);
    }

    /// <summary>Forgets the tiers whose tables are gone, also those that the policy has: the next run makes them anew, and its views with them.</summary>
    private async Task<IReadOnlyList<TableName>> ForgetAsync(StoredPolicy stored, CancellationToken cancellationToken)
    {
        var name = stored.Policy.Name;
        var laid = await session.Inspector.ResolveAsync(stored.Policy, cancellationToken);
        return await session.WriteAsync<IReadOnlyList<TableName>>(
            async (s, token) =>
            {
                var ledger = await session.Store.Ledgers.LoadAsync(s, stored, session.Now(), token);
                var blueprint = await session.Inspector.WithRetiredAsync(s, laid, ledger, token);
                List<TierLayout> gone = [.. (await BrokenTier.AllAsync(engine, blueprint, ledger, token)).Where(b => b.IsGone).Select(b => b.Tier)];
                if (gone.Count == 0) return [];
                if (engine.Dialect.ViewsHold && blueprint.Stitched is { } stitched) await s.ExecuteAsync(StepSql.Drop(stitched, isView: true), token);
                List<TableName> forgotten = [];
                foreach (var tier in gone) forgotten.AddRange(await DropAsync(s, name, tier, token));
                await session.Store.Ledgers.PublishAsync(s, name, 0, token);
                await session.Store.Audit.AppendAsync(s, actor, session.Now(), "tiers.forgotten", name, new() { ["tiers"] = new JsonArray([.. gone.Select(t => JsonValue.Create(t.Id))]) }, token);
                return forgotten;
            },
            cancellationToken);
    }

    /// <summary>Takes over the types that columns of the source have now, where every stored value stays what it is.</summary>
    public async Task<IReadOnlyList<RetypedColumn>> AcceptTypesAsync(string policy, CancellationToken cancellationToken)
    {
        var stored = await session.OneAsync(policy, cancellationToken);
        var (_, blueprint, state, _) = await session.Inspector.InspectAsync(stored, session.Now(), cancellationToken, withBytes: false);
        var columns = ColumnTypeChanges.Of(blueprint, state.Ledger);
        if (columns.Count == 0) throw new PolicyException("VRV314", $"No column of {blueprint.Source.Text} has another type than the tiers of {stored.Policy.Name} were built with.");
        if (columns.FirstOrDefault(c => ColumnTypeChanges.IsTime(blueprint, c)) is not null) throw new PolicyException("VRV314", $"{ColumnTypeChanges.Waits(blueprint, columns)[0].Reason}.");
        return await session.WriteAsync(
            async (s, token) =>
            {
                var draft = new ProjectedLedger(blueprint, state);
                var sql = new StepSql(blueprint, engine.Dialect);
                foreach (var tier in blueprint.Tiers.Where(t => draft.Of(t.Id).Created)) await RetypeAsync(s, draft, sql, tier, columns, token);
                await PublishAsync(s, draft, sql, stored, token);
                await session.Store.Ledgers.SaveTypesAsync(s, stored.Policy.Name, state.Ledger.Types, blueprint.Types, token);
                var facts = new JsonObject();
                foreach (var column in columns) facts[column.Column] = $"{column.Before} → {column.Now}";
                await session.Store.Audit.AppendAsync(s, actor, session.Now(), "types.accepted", stored.Policy.Name, facts, token);
                return columns;
            },
            cancellationToken);
    }

    private static void Check(PolicyLayout blueprint, Ledger ledger, Plan plan)
    {
        var used = plan.Steps.OfType<PlanStep.RollUp>().FirstOrDefault(r => blueprint.Retired.Any(t => t.Id == r.Input));
        if (used is not null)
            throw new PolicyException("VRV313", $"The next run builds {used.Relation} from {used.Input}, which nothing else can give any more: run first, then drop it.");
        if (ledger.Holds.FirstOrDefault(h => h.Relation is null || blueprint.Retired.Any(t => t.Id == h.Relation)) is { } hold)
            throw new PolicyException("VRV313", $"A hold by {hold.Who} keeps every relation of {blueprint.Policy.Name}: {hold.Reason}. policy release ends it.");
    }

    private async Task<IReadOnlyList<TableName>> DropAsync(IStatements statements, string policy, TierLayout tier, CancellationToken cancellationToken)
    {
        var names = await session.Store.Ledgers.ForgetAsync(statements, policy, tier.Id, cancellationToken);
        foreach (var (kind, name) in names.OrderByDescending(n => n.Kind, StringComparer.Ordinal)) await statements.ExecuteAsync(StepSql.Drop(name, kind == "view"), cancellationToken);
        return [.. names.Select(n => n.Table)];
    }

    private async Task RetypeAsync(IStatements statements, ProjectedLedger draft, StepSql sql, TierLayout tier, IReadOnlyList<RetypedColumn> columns, CancellationToken cancellationToken)
    {
        var sets = draft.Of(tier.Id);
        var before = sets.Ledger;
        await CompareAsync(draft.Blueprint, tier, columns, cancellationToken);
        try
        {
            await statements.ExecuteAsync(sql.MakeAgain(tier, sets.Columns), cancellationToken);
            await statements.ExecuteAsync(sql.Move(tier, sets.Columns), cancellationToken);
        }
        catch (EngineException error) when (!error.IsTransient)
        {
            throw Unfit(tier, columns, error.Message.TrimEnd('.'));
        }

        if ((await statements.QueryAsync(sql.Moved(tier, sets.Columns), cancellationToken))[0].Long(0) > 0) throw Unfit(tier, columns, "values would change");
        foreach (var statement in sql.TakeOver(tier)) await statements.ExecuteAsync(statement, cancellationToken);
        await AddAsync(statements, draft, sql, tier, cancellationToken);
        await session.Store.Ledgers.SaveAsync(statements, draft.Blueprint.Policy.Name, tier.Id, before, sets.Ledger, cancellationToken);
        await session.Store.Ledgers.SaveColumnsAsync(statements, draft.Blueprint.Policy.Name, tier.Id, sets.Columns, cancellationToken);
    }

    /// <summary>Least and greatest of numbers are not those of the same numbers as text.</summary>
    private async Task CompareAsync(PolicyLayout blueprint, TierLayout tier, IReadOnlyList<RetypedColumn> columns, CancellationToken cancellationToken)
    {
        var described = await engine.DescribeAsync(tier.States, cancellationToken);
        foreach (var measure in blueprint.Measures.Where(m => columns.Any(c => c.Column == m.Column.Name)))
        {
            var stored = new[] { "min", "max", "first", "last" }.Select(s => described?.Find(measure.ColumnOf(s))).OfType<Column>();
            if (stored.Any(c => c.Type.GetType() != measure.Column.Type.GetType() && !(c.Type.IsNumeric && measure.Column.Type.IsNumeric)))
                throw Unfit(tier, columns, "one kind of value is not ordered as the other");
        }
    }

    /// <summary>A number that is a float now has counts of NaN and infinities; as it was none, there were none.</summary>
    private static async Task AddAsync(IStatements statements, ProjectedLedger draft, StepSql sql, TierLayout tier, CancellationToken cancellationToken)
    {
        List<string> added = [.. draft.Blueprint.StateNames.Except(draft.Of(tier.Id).Columns, StringComparer.Ordinal)];
        draft.States.Reshape(tier, added);
        foreach (var column in draft.Blueprint.Measures.SelectMany(m => new[] { "nan", "pinf", "ninf" }.Select(m.ColumnOf)).Intersect(added, StringComparer.Ordinal))
        {
            await statements.ExecuteAsync(sql.Zero(tier, column), cancellationToken);
            draft.Of(tier.Id).SetThin(column, RangeSet.Empty);
        }
    }

    /// <summary>Views remember the types that they were made with.</summary>
    private async Task PublishAsync(IStatements statements, ProjectedLedger draft, StepSql sql, StoredPolicy stored, CancellationToken cancellationToken)
    {
        if (draft.Blueprint.Stitched is not { } stitched || draft.Ledger.PublishedRevision != stored.Revision) return;
        foreach (var view in draft.Blueprint.Tiers.Where(t => draft.Of(t.Id).Created).SelectMany(sql.TierView)) await statements.ExecuteAsync(view, cancellationToken);
        var horizon = Cutoffs.At(draft.Blueprint, session.Now(), null);
        foreach (var view in sql.Stitched(stitched, StitchedView.Of(draft.Blueprint, r => draft.Of(r).Ledger), horizon.Known)) await statements.ExecuteAsync(view, cancellationToken);
    }

    private static PolicyException Unfit(TierLayout tier, IReadOnlyList<RetypedColumn> columns, string why)
    {
        var changes = string.Join(", ", columns.Select(c => $"{c.Column} from {c.Before} to {c.Now}"));
        return new("VRV314", $"{tier.Id} holds values that do not fit the new types ({changes}): {why}. Give the column its old type back, or measure it under another name.");
    }
}
