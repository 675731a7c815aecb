using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using NodaTime;
using Varve.Archiving;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>
/// One policy's run: each step is guard → journal intent → act → verify → journal done. The intent is committed first, of
/// all but the first step together with what the step before did; everything else of a step is one transaction, so a
/// process that is killed anywhere leaves a step undone or done.
/// </summary>
internal sealed class PolicyRun(IEngine engine, CatalogStore desk, PolicyInspector surveyor, TimeProvider clock, AuditActor actor, ArchiveLocations locations, ChannelWriter<RunEvent> events, RunTelemetry watch, RemovalLimit limit)
{
    private const int MostRounds = 4;

    private readonly string _id = Guid.CreateVersion7().ToString();
    private readonly long _started = clock.GetTimestamp();
    private readonly RetrySchedule _retries = new(clock);
    private Inspection? _survey;
    private int _done;
    private int _left;
    private long _read;
    private long _written;
    private long _removed;
    private int _ordinal;
    private int _planned;
    private bool _again;
    private bool _halted;
    private int _intended = -1;
    private PlanStep? _next;
    private VarveException? _error;
    private string _hashedBy = "";

    /// <summary>Runs the steps of a plan; what a proof had to build again is followed up at once.</summary>
    /// <param name="survey">What was seen, and the plan.</param>
    /// <param name="options">How it is done.</param>
    /// <param name="deadline">When it ends between two steps.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="removes">False where a person has not confirmed yet what this revision removes: nothing is, and it stays unconfirmed.</param>
    public async Task RunAsync(Inspection survey, RunOptions options, Deadline deadline, CancellationToken cancellationToken, bool removes = true)
    {
        _survey = survey;
        var plan = survey.Plan;
        await BeginAsync(plan, removes, cancellationToken);
        if (survey.Blueprint.Policy.Archive is not null) _hashedBy = ArchiveScope.HashName(await engine.IdentifyAsync(cancellationToken));
        watch.Begins(_id, plan);
        await events.WriteAsync(new RunEvent.Started(_id, plan, Now()) { Policy = plan.Policy }, cancellationToken);
        foreach (var wait in plan.Waits) await events.WriteAsync(new RunEvent.Waiting(wait) { Policy = plan.Policy }, cancellationToken);
        var stopped = false;
        try
        {
            stopped = await StepsAsync(plan.Steps, options, deadline, cancellationToken);
            for (var round = 1; !stopped && _again && options.Plans is null && round < MostRounds; round++)
            {
                _again = false;
                _survey = await surveyor.InspectAsync(survey.Stored, plan.AsOf, cancellationToken, withBytes: false);
                if (!removes) _survey = _survey.Withheld();
                await JournalAsync(s => desk.Runs.PlanAsync(s, _id, plan.Policy, _ordinal, _survey.Plan.Steps, cancellationToken), cancellationToken);
                stopped = await StepsAsync(_survey.Plan.Steps, options, deadline, cancellationToken);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            _error ??= error as VarveException ?? new DefectException(error);
            throw;
        }
        finally
        {
            await FinishAsync(plan, stopped, cancellationToken.IsCancellationRequested);
        }
    }

    private async Task<bool> StepsAsync(IReadOnlyList<PlanStep> steps, RunOptions options, Deadline deadline, CancellationToken cancellationToken)
    {
        var first = _ordinal;
        _left += steps.Count;
        _planned += steps.Count;
        for (var i = 0; i < steps.Count; i++)
        {
            _next = steps[i];
            cancellationToken.ThrowIfCancellationRequested();
            if (options.Stop.IsCancellationRequested || deadline.IsPast) return true;
            await StepAsync(steps[i], i + 1 < steps.Count ? steps[i + 1] : null, first + steps.Count, cancellationToken);
        }

        _next = null;
        return false;
    }

    private async Task StepAsync(PlanStep step, PlanStep? next, int total, CancellationToken cancellationToken)
    {
        var ordinal = _ordinal++;
        var policy = _survey!.Plan.Policy;
        var begun = clock.GetTimestamp();
        using var seen = watch.Step(step);
        await events.WriteAsync(new RunEvent.StepStarted(ordinal, total, step) { Policy = policy }, cancellationToken);
        try
        {
            if (_intended != ordinal) await JournalAsync(s => IntendAsync(s, step, ordinal, cancellationToken), cancellationToken);
            var (acted, halts) = await _retries.RunAsync(
                async attempt => await engine.TransactAsync((s, token) => ActAsync(s, step, next, ordinal, token), readOnly: false, attempt), cancellationToken);
            if (next is not null) _intended = _ordinal;
            _done++;
            _left--;
            _read += acted.RowsIn;
            _written += acted.RowsWritten;
            _removed += acted.RowsRemoved;
            limit.Add(acted.RowsRemoved);
            var result = new StepResult(acted.RowsIn, acted.RowsWritten, acted.RowsRemoved, Elapsed(begun), acted.Note) { Changes = acted.Changes };
            seen.Done(result);
            await events.WriteAsync(new RunEvent.StepDone(ordinal, total, step, result) { Policy = policy }, cancellationToken);
            _halted |= halts.Count > 0;
            foreach (var halt in halts)
            {
                watch.Waits(halt);
                await events.WriteAsync(new RunEvent.Waiting(halt) { Policy = policy }, cancellationToken);
            }
        }
        catch (StepSkippedException skipped) when (_again || _halted)
        {
            // What a proof built again is followed up in a new plan of this run, and this step with it; what it halted
            // keeps back what depends on it.
            _left--;
            seen.PutOff();
            await CloseAsync(ordinal, "skipped", $"put off: {skipped.Message}");
            await events.WriteAsync(new RunEvent.StepDone(ordinal, total, step, new StepResult(0, 0, 0, Elapsed(begun), $"put off: {skipped.Message}")) { Policy = policy }, cancellationToken);
        }
        catch (StepSkippedException skipped)
        {
            seen.Skipped(skipped.Message);
            await CloseAsync(ordinal, "skipped", skipped.Message);
            await events.WriteAsync(new RunEvent.StepSkipped(ordinal, total, step, skipped.Message) { Policy = policy }, cancellationToken);
        }
        catch (VarveException error)
        {
            _error ??= error;
            seen.Failed(error);
            // Told first: where the disk is full, the catalog cannot take it.
            await events.WriteAsync(new RunEvent.StepFailed(ordinal, total, step, error) { Policy = policy }, CancellationToken.None);
            await CloseAsync(ordinal, "failed", $"{error.Code}: {error.Message}");
        }
        catch (Exception error)
        {
            await CloseAsync(ordinal, "failed", error is OperationCanceledException ? "cancelled" : error.Message);
            throw;
        }
    }

    private Task IntendAsync(IStatements statements, PlanStep step, int ordinal, CancellationToken cancellationToken)
    {
        var statement = string.Join(";\n", new StepSql(_survey!.Blueprint, engine.Dialect).Render(step).Select(s => s.RenderInline(engine.Dialect).Text));
        return desk.Runs.IntendAsync(statements, _id, ordinal, statement, Now(), cancellationToken);
    }

    /// <summary>Guard, act, verify and journal, the intent of what comes next included: one transaction with one snapshot.</summary>
    private async Task<(ActOutcome Acted, IReadOnlyList<Wait> Halts)> ActAsync(IStatements statements, PlanStep step, PlanStep? next, int ordinal, CancellationToken cancellationToken)
    {
        var (stored, blueprint, state, plan) = _survey!;
        var ledger = await desk.Ledgers.LoadAsync(statements, stored, plan.AsOf, cancellationToken);
        var now = await new Observer(engine, statements, blueprint).RefreshAsync(state with { Ledger = ledger }, step, cancellationToken);
        var horizon = Cutoffs.At(blueprint, plan.AsOf, state.Last);
        var context = new StepContext(blueprint, now, horizon, new ProjectedLedger(blueprint, now), statements, engine.Dialect)
        {
            Archives = new(locations, desk.Archives, _hashedBy, _id, Now()),
        };
        var acted = await StepDispatch.ActAsync(context, step, engine, cancellationToken);
        limit.Check(acted.RowsRemoved);
        await SaveAsync(context, ledger, step, acted, cancellationToken);
        await desk.Runs.CloseAsync(statements, _id, ordinal, "done", acted.RowsIn, acted.RowsWritten, acted.RowsRemoved, acted.Note, Now(), cancellationToken);
        if (next is not null) await IntendAsync(statements, next, ordinal + 1, cancellationToken);
        return (acted, context.Halts);
    }

    private async Task SaveAsync(StepContext context, Ledger ledger, PlanStep step, ActOutcome acted, CancellationToken cancellationToken)
    {
        var (blueprint, statements, policy) = (context.Blueprint, context.Statements, context.Blueprint.Policy.Name);
        foreach (var relation in blueprint.Tiers.Concat(blueprint.Retired).Select(t => t.Id).Prepend(Relations.Source))
        {
            var after = context.Draft.Of(relation).Ledger;
            var before = ledger.Of(relation);
            await desk.Ledgers.SaveAsync(statements, policy, relation, before, after, cancellationToken);
            _again |= step is PlanStep.Expire && !after.Dirty.Except(before.Dirty).IsEmpty;
            _again |= step is PlanStep.Expire or PlanStep.Merge && !after.Unarchived.Except(before.Unarchived).IsEmpty;
        }

        if (step is PlanStep.CreateTier)
            await desk.Ledgers.RegisterAsync(statements, policy, step.Relation, "states", blueprint.Tier(step.Relation).States, Now(), cancellationToken);
        if (step is PlanStep.CreateTier or PlanStep.Reshape)
            await desk.Ledgers.SaveColumnsAsync(statements, policy, step.Relation, context.Draft.Of(step.Relation).Columns, cancellationToken);
        await PublishAsync(context, ledger, step, cancellationToken);
        if (step is not (PlanStep.Expire or PlanStep.Discard or PlanStep.Merge)) return;
        var facts = new JsonObject { ["run"] = _id };
        foreach (var (name, value) in context.Facts) facts[name] = value is long number ? JsonValue.Create(number) : JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture));
        await desk.Audit.AppendAsync(statements, actor, Now(), step switch { PlanStep.Expire => "rows.expired", PlanStep.Merge => "rows.merged", _ => "rows.discarded" }, policy, facts, cancellationToken);
    }

    /// <summary>The views move with the edges, in the step that moves them.</summary>
    private async Task PublishAsync(StepContext context, Ledger ledger, PlanStep step, CancellationToken cancellationToken)
    {
        if (context.Blueprint.Stitched is not { } stitched) return;
        var publish = step is PlanStep.Publish;
        if (!publish && ledger.PublishedRevision != ledger.Revision) return;
        var parts = StitchedView.Of(context.Blueprint, r => context.Draft.Of(r).Ledger);
        if (publish)
        {
            foreach (var tier in context.Blueprint.Tiers)
            {
                if (context.Sql.TierView(tier) is not { Count: > 0 } view) continue;
                foreach (var statement in view) await context.Statements.ExecuteAsync(statement, cancellationToken);
                await desk.Ledgers.RegisterAsync(context.Statements, context.Blueprint.Policy.Name, tier.Id, "view", tier.View!, Now(), cancellationToken);
            }

            await desk.Ledgers.RegisterAsync(context.Statements, context.Blueprint.Policy.Name, Relations.All, "stitched", stitched, Now(), cancellationToken);
            await desk.Ledgers.PublishAsync(context.Statements, context.Blueprint.Policy.Name, ledger.Revision, cancellationToken);
        }
        else if (parts.SequenceEqual(StitchedView.Of(context.Blueprint, ledger.Of)))
        {
            return;
        }

        foreach (var statement in context.Sql.Stitched(stitched, parts, context.Horizon.Known)) await context.Statements.ExecuteAsync(statement, cancellationToken);
        await desk.Ledgers.SaveEdgesAsync(context.Statements, context.Blueprint.Policy.Name, parts, cancellationToken);
    }

    private Task BeginAsync(Plan plan, bool removes, CancellationToken cancellationToken) => JournalAsync(
        async s =>
        {
            await desk.Runs.CloseInterruptedAsync(s, plan.Policy, Now(), cancellationToken);
            await desk.Runs.BeginAsync(s, _id, plan, Now(), FormattableString.Invariant($"{actor.SystemUser}@{actor.Host}:{Environment.ProcessId}"), cancellationToken);
            await desk.Runs.PlanAsync(s, _id, plan.Policy, 0, plan.Steps, cancellationToken);
            var types = _survey!.Blueprint.Types;
            if (plan.Steps.Count > 0 && _survey.Blueprint.Tiers.Count > 0 && types.Any(t => !_survey.State.Ledger.Types.ContainsKey(t.Key))) await desk.Ledgers.SaveTypesAsync(s, plan.Policy, _survey.State.Ledger.Types, types, cancellationToken);
            if (removes && _survey.State.Rows > 0 && _survey.State.Ledger.ConfirmedRevision != plan.Revision) await desk.Ledgers.ConfirmAsync(s, plan.Policy, plan.Revision, cancellationToken);
        },
        cancellationToken);

    private async Task FinishAsync(Plan plan, bool stopped, bool cancelled)
    {
        var status = _error is not null ? "failed" : stopped || cancelled ? "stopped" : "done";
        var record = new RunRecord(
            _id, plan.Policy, plan.Revision, plan.AsOf, Now(), Now(), status, _planned, _done, _read, _written, _removed, _error?.Code, _error?.Message);
        var head = await engine.TransactAsync(
            async (s, token) =>
            {
                await desk.Runs.FinishAsync(s, record, token);
                var whole = _error is null && !stopped && !cancelled;
                if (whole && plan.ZoneVersion != _survey!.State.Ledger.ZoneVersion) await desk.Ledgers.SaveZoneAsync(s, plan.Policy, plan.ZoneVersion, token);
                if (whole && _survey!.State.ArrivalSeen is { } seen) await desk.Ledgers.SaveArrivalAsync(s, plan.Policy, seen, token);
                if (_done == 0 && _error is null) return await desk.Audit.HeadAsync(s, token);
                var facts = new JsonObject { ["run"] = _id, ["status"] = status, ["steps"] = _done, ["read"] = _read, ["written"] = _written, ["removed"] = _removed };
                if (_error is not null) facts["error"] = _error.Code;
                return await desk.Audit.AppendAsync(s, actor, Now(), "run.finished", plan.Policy, facts, token);
            },
            readOnly: false,
            CancellationToken.None);
        var summary = new RunSummary(_id, _done, _left, _read, _written, _removed, Elapsed(_started), head, stopped || cancelled, stopped || cancelled ? _next : null);
        watch.Ends(status, summary);
        await events.WriteAsync(new RunEvent.Finished(summary) { Policy = plan.Policy }, CancellationToken.None);
    }

    private Task CloseAsync(int ordinal, string status, string note) =>
        JournalAsync(s => desk.Runs.CloseAsync(s, _id, ordinal, status, 0, 0, 0, note, Now(), CancellationToken.None), CancellationToken.None);

    private Task JournalAsync(Func<IStatements, Task> work, CancellationToken cancellationToken) => engine.TransactAsync(
        async (s, _) =>
        {
            await work(s);
            return 0;
        },
        readOnly: false,
        cancellationToken);

    private Instant Now() => Instant.FromDateTimeOffset(clock.GetUtcNow());

    private Duration Elapsed(long since) => Duration.FromTimeSpan(clock.GetElapsedTime(since));
}
