using System.Globalization;
using System.Text.Json.Nodes;
using NodaTime;
using Varve.Archiving;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>
/// Does one step, in the same order on every engine: what is about to be done is written down, data are written and
/// verified, that is recorded, the views follow, what goes is removed, and that is recorded. Where the engine has
/// transactions all of it is one, and only the last record is written.
/// </summary>
/// <param name="engine">The database.</param>
/// <param name="store">Its catalog.</param>
/// <param name="actor">Who acts.</param>
/// <param name="clock">The clock.</param>
/// <param name="locations">Where archives are.</param>
/// <param name="limit">How many rows may go.</param>
internal sealed class StepExecutor(
    IEngine engine,
    CatalogStore store,
    AuditActor actor,
    TimeProvider clock,
    ArchiveLocations locations,
    RemovalLimit limit
)
{
    private readonly StepContexts _contexts = new(engine, store, locations, limit, clock);
    private (int Ordinal, string Text) _intent = (-1, "");
    private (int Ordinal, StatementLog? Log) _begun = (-1, null);
    private (int Ordinal, IReadOnlyList<string> Notes) _finished = (-1, []);
    private bool _isToTell;

    /// <summary>The run.</summary>
    public string Run => _contexts.Run;

    /// <summary>What makes the hashes of archived rows.</summary>
    public string HashedBy
    {
        get => _contexts.HashedBy;
        set => _contexts.HashedBy = value;
    }

    // Where transactions go on side by side, one that takes long does not see what others have appended since it began.
    private bool TellsLater => engine.Capabilities.Transactions && engine.Dialect.Alone(store.Tables.Audit) is not null;

    /// <summary>The same steps, written down and not done.</summary>
    public Rehearsal Rehearsal => new(engine, store, _contexts);

    /// <summary>For how long a move may not get on.</summary>
    public Duration Patience => engine.Capabilities.Relocation?.Patience ?? Duration.Zero;

    /// <summary>What has to be done before the unit of work of a step, and stays where the step does not come to its end.</summary>
    public async Task PrepareAsync(Inspection survey, PlanStep step, int ordinal, CancellationToken cancellationToken)
    {
        var finished = await _contexts.FinishAsync(survey.Blueprint, step, cancellationToken);
        _finished = (ordinal, _finished.Ordinal == ordinal ? [.. _finished.Notes, .. finished] : finished);
    }

    /// <summary>Guard, act, verify and journal, the intent of what comes next included.</summary>
    public async Task<StepDone> ExecuteAsync(
        IStatements statements,
        Inspection survey,
        PlanStep step,
        PlanStep? next,
        int ordinal,
        CancellationToken cancellationToken
    )
    {
        // What takes several units of work is one step.
        var log = _begun.Ordinal == ordinal ? _begun.Log!.Copy() : new(store.Tables);
        var recorded = new RecordedStatements(statements, log);
        var held = await _contexts.HoldAsync(recorded, survey.Blueprint, step, cancellationToken);
        var ledger = await store.Ledgers.LoadAsync(statements, survey.Stored, survey.Plan.AsOf, cancellationToken, isHeld: true);
        if (ledger.Last is { } last && last.Run == Run && last.Ordinal == ordinal)
            return await AgainAsync(statements, survey, ledger, last, next, cancellationToken);
        var observer = new Observer(engine, statements, survey.Blueprint);
        var state = survey.State with { Ledger = ledger };
        if (step is PlanStep.Expire { Relation.IsSource: true } expire)
        {
            // A removal reads what goes and what has to agree with it.
            IReadOnlyList<TableName> reads = [survey.Blueprint.Source, .. expire.Proofs.Select(p => survey.Blueprint.Tier(p).States)];
            var removal = new Removal(_contexts.Of(recorded, log, survey, state, held));
            IReadOnlyList<RowQuery> rows = [observer.Oldest(ledger), .. removal.Foreseen(RangeSet.Of(expire.Range))];
            await statements.AheadAsync(new() { Reads = reads, Rows = rows }, cancellationToken);
        }

        state = await observer.RefreshAsync(state, step, cancellationToken);
        var context = _contexts.Of(recorded, log, survey, state, held);
        if (ledger.Going.Count > 0 || ledger.Drill is not null || (TellsLater && ledger.Pending is not null))
            await new UnfinishedWork(store, actor, Now()).FinishAsync(context, cancellationToken);
        var acted = IsDone(context, step)
            ? ActOutcome.Nothing with
            {
                Note = "it had been begun, and was finished",
            }
            : await StepDispatch.ActAsync(context, step, cancellationToken);
        if (_finished.Ordinal == ordinal && _finished.Notes.Count > 0)
            acted = acted with { Note = string.Join("; ", _finished.Notes.Append(acted.Note).OfType<string>()) };
        if (acted.Moving is not null)
        {
            _begun = (ordinal, log);
            return new(acted, [], IsToFollow: false);
        }

        await SaveAsync(context, step, acted, ordinal, cancellationToken);
        await JournalAsync(statements, survey, context.Ledger.Stored, acted, next, ordinal, log, cancellationToken);
        return new(acted, context.Halts, IsToFollow(step, ledger, context.Ledger.Stored));
    }

    /// <summary>
    /// Appends what the step before left to be told to the audit log, in a short unit of work: who appends meanwhile would make
    /// the step itself, with its proof, be done again. What cannot be appended now stays in the ledger, and whoever works on the
    /// policy next appends it first.
    /// </summary>
    public async Task TellAsync(string policy, RetrySchedule retries, CancellationToken cancellationToken)
    {
        if (!TellsLater || !_isToTell)
            return;
        try
        {
            await retries.RunAsync(
                async attempt =>
                    await engine.TransactAsync(
                        (s, token) => new UnfinishedWork(store, actor, Now()).TellAsync(s, engine.Dialect, policy, token),
                        Scope.Writing,
                        attempt
                    ),
                cancellationToken
            );
            _isToTell = false;
        }
        catch (EngineException error) when (error.IsTransient)
        {
            // The ledger has it.
        }
    }

    /// <summary>The intent of a step, committed before it acts.</summary>
    public Task IntendAsync(IStatements statements, Inspection survey, PlanStep step, int ordinal, CancellationToken cancellationToken) =>
        IntendAsync(statements, survey, survey.State.Ledger, step, ordinal, cancellationToken);

    /// <summary>Finishes what an earlier run or command began.</summary>
    public Task FinishEarlierAsync(Inspection survey, CancellationToken cancellationToken) =>
        engine.TransactAsync(
            async (statements, token) =>
            {
                var ledger = await store.Ledgers.LoadAsync(statements, survey.Stored, survey.Plan.AsOf, token);
                await new UnfinishedWork(store, actor, Now()).FinishAsync(
                    _contexts.Of(statements, new(store.Tables), survey, survey.State with { Ledger = ledger }, []),
                    token
                );
                return 0;
            },
            Scope.Writing,
            cancellationToken
        );

    /// <summary>Whether there is a catalog to read.</summary>
    public Task<bool> HasCatalogAsync(CancellationToken cancellationToken) => store.Schema.ExistsAsync(cancellationToken);

    /// <summary>Puts the table of a tier back whose columns were being changed.</summary>
    public Task MendAsync(string policy, CancellationToken cancellationToken) =>
        engine.TransactAsync(
            async (statements, token) =>
            {
                var ledger = await store.Ledgers.LoadAsync(statements, policy, token);
                var before = ledger;
                foreach (var (relation, sets) in before.Relations)
                {
                    if (sets.Tables.FirstOrDefault(t => t.Kind == BrokenTier.Beside) is not { } beside)
                        continue;
                    var states = sets.Tables.First(t => t.Kind == OwnTable.States).Name;
                    var isThere = await statements.DescribeAsync(states, token) is not null;

                    // A table of that name that is not of this shape is somebody else's.
                    var isOurs = (await statements.DescribeAsync(beside.Name, token))?.Find(StateColumns.Rows.Value) is not null;
                    if (isOurs)
                        await statements.ExecuteAsync(
                            isThere ? StepSql.Drop(beside.Name, isView: false) : StepSql.Rename(beside.Name, states),
                            token
                        );
                    ledger = ledger.With(relation, sets with { Tables = [.. sets.Tables.Where(t => t != beside)] });
                }

                if (ledger != before)
                    await store.Ledgers.SaveAsync(statements, policy, ledger, token);
                return 0;
            },
            Scope.Writing,
            cancellationToken
        );

    /// <summary>The intent of a step, for whoever commits it before it acts.</summary>
    public Task<string> IntentAsync(
        IStatements statements,
        Inspection survey,
        PlanStep step,
        int ordinal,
        CancellationToken cancellationToken
    ) => IntentAsync(statements, survey, survey.State.Ledger, step, ordinal, cancellationToken);

    private async Task<string> IntentAsync(
        IStatements statements,
        Inspection survey,
        Ledger ledger,
        PlanStep step,
        int ordinal,
        CancellationToken cancellationToken
    )
    {
        var log = await Rehearsal.OfAsync(statements, survey, ledger, step, cancellationToken);
        _intent = (ordinal, log.Text(engine.Dialect));
        return _intent.Text;
    }

    private async Task IntendAsync(
        IStatements statements,
        Inspection survey,
        Ledger ledger,
        PlanStep step,
        int ordinal,
        CancellationToken cancellationToken
    )
    {
        await IntentAsync(statements, survey, ledger, step, ordinal, cancellationToken);
        await store.Runs.IntendAsync(statements, Run, ordinal, _intent.Text, Now(), cancellationToken);
    }

    // Its answer was lost: what the ledger says of it is what it did.
    private async Task<StepDone> AgainAsync(
        IStatements statements,
        Inspection survey,
        Ledger ledger,
        LastStep last,
        PlanStep? next,
        CancellationToken cancellationToken
    )
    {
        await new UnfinishedWork(store, actor, Now()).AppendAsync(statements, survey.Stored.Policy.Name, ledger, cancellationToken);
        var acted = new ActOutcome(last.RowsIn, last.RowsWritten, last.RowsRemoved, last.Note);
        await JournalAsync(statements, survey, ledger, acted, next, last.Ordinal, null, cancellationToken);
        return new(acted, [], IsToFollow: true);
    }

    private static bool IsDone(StepContext context, PlanStep step) =>
        step is PlanStep.Expire expire
        && context.Draft.Of(expire.Relation).Frozen.Covers(expire.Range)
        && !context.State.Ledger.Of(expire.Relation).Frozen.Covers(expire.Range);

    private static bool IsToFollow(PlanStep step, Ledger before, Ledger after) =>
        step is PlanStep.Expire or PlanStep.Merge
        && after.Relations.Any(r =>
            (step is PlanStep.Expire && !r.Value.Dirty.Except(before.Of(r.Key).Dirty).IsEmpty)
            || !r.Value.Unarchived.Except(before.Of(r.Key).Unarchived).IsEmpty
        );

    private async Task SaveAsync(StepContext context, PlanStep step, ActOutcome acted, int ordinal, CancellationToken cancellationToken)
    {
        var ledger = await StepDispatch.FollowAsync(context, step, cancellationToken);
        ledger = ledger with { Last = new(Run, ordinal, acted.RowsIn, acted.RowsWritten, acted.RowsRemoved, acted.Note) };
        var entry = Entry(context, step, ordinal);
        var isKept = entry is not null && (TellsLater || !context.Ledger.IsAtomic);
        await context.Ledger.SaveAsync(isKept ? ledger with { Pending = entry } : ledger, cancellationToken);
        _isToTell = isKept;
        if (entry is not null && !TellsLater)
            await store.Audit.AppendAsync(
                context.Statements,
                actor,
                Now(),
                entry.Action,
                context.Blueprint.Policy.Name,
                (JsonObject)JsonNode.Parse(entry.Facts)!,
                cancellationToken
            );
    }

    private PendingEntry? Entry(StepContext context, PlanStep step, int ordinal)
    {
        var action = step switch
        {
            PlanStep.Expire => "rows.expired",
            PlanStep.Merge => "rows.merged",
            PlanStep.Discard => "rows.discarded",
            PlanStep.Relocate => "rows.relocated",
            _ => null,
        };
        if (action is null || context.Facts.Count == 0)
            return null;
        var facts = new JsonObject { ["run"] = Run, ["step"] = ordinal };
        foreach (var (name, value) in context.Facts)
            facts[name] = value is long number
                ? JsonValue.Create(number)
                : JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture));
        return new(action, facts.ToJsonString());
    }

    private async Task JournalAsync(
        IStatements statements,
        Inspection survey,
        Ledger ledger,
        ActOutcome acted,
        PlanStep? next,
        int ordinal,
        StatementLog? log,
        CancellationToken cancellationToken
    )
    {
        // What was done as it was meant is not written twice.
        var executed = log?.Text(engine.Dialect);
        if (_intent == (ordinal, executed))
            executed = null;
        await store.Runs.CloseAsync(
            statements,
            Run,
            ordinal,
            StepStatus.Done,
            acted.RowsIn,
            acted.RowsWritten,
            acted.RowsRemoved,
            acted.Note,
            Now(),
            cancellationToken,
            executed
        );
        if (next is not null)
            await IntendAsync(statements, survey, ledger, next, ordinal + 1, cancellationToken);
    }

    private Instant Now() => Instant.FromDateTimeOffset(clock.GetUtcNow());
}

/// <summary>What a step did.</summary>
/// <param name="Acted">Its rows.</param>
/// <param name="Halts">What waits for a person since.</param>
/// <param name="IsToFollow">True where something has to be built or archived again in the same run.</param>
internal sealed record StepDone(ActOutcome Acted, IReadOnlyList<Wait> Halts, bool IsToFollow);
