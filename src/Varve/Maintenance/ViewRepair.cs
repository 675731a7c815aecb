using System.Text.Json.Nodes;
using Varve.Catalog;
using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Maintenance;

/// <summary>
/// Makes what Varve can make again without a row of the source: its views, and the tables of the catalog that people read.
/// </summary>
internal sealed class ViewRepair(IEngine engine, Session session, AuditActor actor)
{
    public const string Code = "VRV336";

    private CommandRecord Record => new(engine, session.Store, actor, session.Now());

    /// <summary>
    /// Writes the views of a policy and what the catalog shows of it; views of a revision that no run has brought yet are left to
    /// that run.
    /// </summary>
    /// <exception cref="PolicyException">A table stands where a view was, or the tables of tiers are not there.</exception>
    public async Task<ViewsReport> RepairAsync(StoredPolicy stored, CancellationToken cancellationToken)
    {
        await using var work = await session.WorkAsync(stored, cancellationToken);
        var (_, blueprint, state, _) = work.Survey;
        return await session.WriteAsync(
            async (s, token) =>
            {
                var (name, ledger) = (stored.Policy.Name, state.Ledger);
                var isReady =
                    blueprint.Stitched is not null
                    && blueprint.Tiers.All(t =>
                        ledger.Of(t.Id) is var sets
                        && sets.Created
                        && !blueprint.StateNames.Except(sets.Columns, StringComparer.Ordinal).Any()
                    );
                var views = isReady ? await WriteAsync(s, blueprint, ledger, token) : [];
                if (isReady)
                    ledger = ledger with { Edges = StitchedView.Of(blueprint, ledger.Of), PublishedRevision = ledger.Revision };
                await Record.WriteAsync(s, name, ledger, "views.repaired", new() { ["views"] = Names(views) }, token);
                return new ViewsReport(name, views, IsLeft: !isReady && blueprint.Tiers.Count > 0);
            },
            cancellationToken
        );
    }

    /// <summary>
    /// Takes the views of a policy away, so that nothing of Varve's keeps an owner from changing a table; the next run, or a
    /// repair, makes them again.
    /// </summary>
    /// <exception cref="PolicyException">A view of somebody else reads one of them.</exception>
    public async Task<ViewsReport> DetachAsync(StoredPolicy stored, CancellationToken cancellationToken)
    {
        await session.Store.Schema.UpgradeAsync(cancellationToken);
        await using var lease = await engine.LeaseAsync(stored.Policy.Name, cancellationToken);
        return await session.WriteAsync(
            async (s, token) =>
            {
                var ledger = await session.Store.Ledgers.LoadAsync(s, stored, session.Now(), token);
                List<TableName> own =
                [
                    .. ledger
                        .Relations.OrderByDescending(r => r.Key == RelationId.All)
                        .SelectMany(r => r.Value.Tables)
                        .Where(t => t.Kind is "view" or "stitched")
                        .Select(t => t.Name),
                ];
                List<TableName> views = [];
                foreach (var view in own)
                    if (await s.DescribeAsync(view, token) is { IsView: true })
                        views.Add(view);
                await new DependentViews(engine, session.Store, s).RefuseAsync(views, token);
                foreach (var view in views)
                    await s.ExecuteAsync(StepSql.Drop(view, isView: true), token);
                await Record.WriteAsync(
                    s,
                    stored.Policy.Name,
                    ledger with
                    {
                        PublishedRevision = 0,
                        Edges = [],
                    },
                    "views.detached",
                    new() { ["views"] = Names(views) },
                    token
                );
                return new ViewsReport(stored.Policy.Name, views, IsLeft: false);
            },
            cancellationToken
        );
    }

    private async Task<IReadOnlyList<TableName>> WriteAsync(
        IStatements statements,
        PolicyLayout blueprint,
        Ledger ledger,
        CancellationToken cancellationToken
    )
    {
        List<TableName> views = [.. blueprint.Tiers.Select(t => t.View).OfType<TableName>(), blueprint.Stitched!];
        foreach (var view in views)
        {
            if (await statements.DescribeAsync(view, cancellationToken) is { IsView: false })
                throw new PolicyException(
                    Code,
                    $"There is a table where Varve's view {view.Text} was: rename or drop it, then repair again."
                );
        }

        var sql = new StepSql(blueprint, engine.Dialect);
        foreach (var statement in blueprint.Tiers.SelectMany(sql.TierView))
            await statements.ExecuteAsync(statement, cancellationToken);
        var parts = StitchedView.Of(blueprint, ledger.Of);
        foreach (var statement in sql.Stitched(blueprint.Stitched!, parts, Cutoffs.At(blueprint, session.Now(), null).Known))
            await statements.ExecuteAsync(statement, cancellationToken);
        await session.Store.Ledgers.SaveEdgesAsync(statements, blueprint.Policy.Name, parts, cancellationToken);
        return views;
    }

    private static JsonArray Names(IEnumerable<TableName> views) => new([.. views.Select(v => JsonValue.Create(v.Text))]);
}
