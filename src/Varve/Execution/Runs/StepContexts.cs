using NodaTime;
using Varve.Archiving;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Execution;

/// <summary>Makes what the acts of steps work with, for steps that are done and for those that are rehearsed.</summary>
/// <param name="engine">The database.</param>
/// <param name="store">Its catalog.</param>
/// <param name="locations">Where archives are.</param>
/// <param name="limit">How many rows may go.</param>
/// <param name="clock">The clock.</param>
internal sealed class StepContexts(IEngine engine, CatalogStore store, ArchiveLocations locations, RemovalLimit limit, TimeProvider clock)
{
    /// <summary>The run.</summary>
    public string Run { get; } = Guid.CreateVersion7().ToString();

    /// <summary>What makes the hashes of archived rows.</summary>
    public string HashedBy { get; set; } = "";

    /// <summary>What others began with a table whose parts go as a whole is finished before anything of it is held.</summary>
    public Task<IReadOnlyList<string>> FinishAsync(PolicyLayout blueprint, PlanStep step, CancellationToken cancellationToken) =>
        step is PlanStep.Expire { Relation.IsSource: true } && PartitioningOf(blueprint) is { } partitioning
            ? partitioning.FinishAsync(blueprint.Source, cancellationToken)
            : Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Parts that go as a whole are kept from others before anything is seen of them.</summary>
    public Task<IReadOnlyList<TablePart>> HoldAsync(
        IStatements statements,
        PolicyLayout blueprint,
        PlanStep step,
        CancellationToken cancellationToken
    ) => HoldAsync(statements, blueprint, step, PartitioningOf(blueprint), cancellationToken);

    /// <summary>The same for a step that is only written down.</summary>
    public Task<IReadOnlyList<TablePart>> ForeseeAsync(
        IStatements statements,
        PolicyLayout blueprint,
        PlanStep step,
        CancellationToken cancellationToken
    ) =>
        HoldAsync(
            statements,
            blueprint,
            step,
            PartitioningOf(blueprint) is { } real ? new RehearsedPartitioning(real) : null,
            cancellationToken
        );

    private static Task<IReadOnlyList<TablePart>> HoldAsync(
        IStatements statements,
        PolicyLayout blueprint,
        PlanStep step,
        Partitioning? partitioning,
        CancellationToken cancellationToken
    ) =>
        step is PlanStep.Expire { Relation.IsSource: true } expire && partitioning is not null
            ? partitioning.HoldAsync(statements, blueprint.Source, blueprint.Time, Time.RangeSet.Of(expire.Range), cancellationToken)
            : Task.FromResult<IReadOnlyList<TablePart>>([]);

    /// <summary>The context of one step, in the state in which it begins and with the parts that are held for it.</summary>
    public StepContext Of(IStatements statements, StatementLog log, Inspection survey, TableState state, IReadOnlyList<TablePart> held)
    {
        var (blueprint, ledger, now) = (survey.Blueprint, state.Ledger, Instant.FromDateTimeOffset(clock.GetUtcNow()));
        return new(
            blueprint,
            state,
            Cutoffs.At(blueprint, survey.Plan.AsOf, survey.State.Last),
            new ProjectedLedger(blueprint, state),
            statements,
            engine.Dialect
        )
        {
            Log = log,
            Archives = new(locations, store.Archives, HashedBy, Run, now) { Benches = engine.Capabilities.Benches },
            Ledger = new(store.Ledgers, statements, blueprint.Policy.Name, ledger, engine.Capabilities.Transactions, now),
            Limit = limit,
            Parts = [.. held.Select(p => p with { IsQuiet = blueprint.Policy.Seal == Seal.Auto && IsQuiet(p, ledger, survey.Plan.AsOf) })],
            Partitioning = PartitioningOf(blueprint),
            Snapshotting = engine.Capabilities.Snapshotting,
            Relocation = engine.Capabilities.Relocation,
        };
    }

    // What an earlier run saw as it is now is not closed for writes before it goes.
    private static bool IsQuiet(TablePart part, Ledger ledger, Instant asOf) =>
        part.Mark is { } mark && SeenPart.IsQuiet(ledger, part.Range, mark.Digest, asOf);

    private Partitioning? PartitioningOf(PolicyLayout blueprint) =>
        blueprint.Policy.ExpireBy == ExpireBy.Rows ? null : engine.Capabilities.Partitioning;
}
