using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;

namespace Varve.Execution;

/// <summary>
/// Steps that are written down and not done: the same acts, in the same order, on a database that answers as it should. What is
/// shown is what runs.
/// </summary>
internal sealed class Rehearsal(IEngine engine, CatalogStore store, StepContexts contexts)
{
    /// <summary>The statements of steps as they would be run one after the other, where nothing comes in between.</summary>
    public async Task<IReadOnlyList<StepStatements>> OfAsync(
        Inspection survey,
        IReadOnlyList<PlanStep> steps,
        CancellationToken cancellationToken
    )
    {
        var hasCatalog = await store.Schema.ExistsAsync(cancellationToken);
        return await engine.TransactAsync<IReadOnlyList<StepStatements>>(
            async (statements, token) =>
            {
                List<StepStatements> shown = [];
                List<RehearsedPart> written = [];
                var ledger = survey.State.Ledger;
                foreach (var step in steps)
                {
                    (var log, ledger) = await OfAsync(statements, hasCatalog, survey, ledger, step, written, token);
                    shown.Add(new(step, log.Texts(engine.Dialect)));
                }

                return shown;
            },
            Scope.Reading,
            cancellationToken
        );
    }

    /// <summary>The statements of the step that comes next in a run.</summary>
    public async Task<StatementLog> OfAsync(
        IStatements statements,
        Inspection survey,
        Ledger ledger,
        PlanStep step,
        CancellationToken cancellationToken
    ) => (await OfAsync(statements, hasCatalog: true, survey, ledger, step, [], cancellationToken)).Log;

    private async Task<(StatementLog Log, Ledger After)> OfAsync(
        IStatements statements,
        bool hasCatalog,
        Inspection survey,
        Ledger ledger,
        PlanStep step,
        List<RehearsedPart> written,
        CancellationToken cancellationToken
    )
    {
        var log = new StatementLog(store.Tables);
        var rehearsed = new RehearsedStatements(statements, log, hasCatalog);
        var held = await contexts.ForeseeAsync(rehearsed, survey.Blueprint, step, cancellationToken);
        var context = contexts.Of(rehearsed, log, survey, survey.State with { Ledger = ledger }, held);
        context = context with
        {
            Rehearsed = written,
            Ledger = context.Ledger.Unkept(),
            Limit = new(null),
            Partitioning = context.Partitioning is { } partitioning ? new RehearsedPartitioning(partitioning) : null,
            Snapshotting = context.Snapshotting is { } snapshotting ? new RehearsedSnapshotting(snapshotting) : null,
            Relocation = context.Relocation is { } relocation ? new RehearsedRelocation(relocation) : null,
        };
        try
        {
            await StepDispatch.ActAsync(context, step, cancellationToken);
            return (log, await StepDispatch.FollowAsync(context, step, cancellationToken));
        }
        catch (Exception refused) when (refused is StepSkippedException or VarveException and not EngineException { IsTransient: true })
        {
            // What refuses it says so when it is done: the step before it has nothing to do with that.
            return (new(store.Tables), ledger);
        }
    }
}
