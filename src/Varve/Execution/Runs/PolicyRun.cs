using System.Collections.Frozen;
using System.Text.Json.Nodes;
using NodaTime;
using Varve.Archiving;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Time;

namespace Varve.Execution;

/// <summary>
/// One policy's run: its steps in order, each with its intent journaled before. The intent of all but the first step is
/// written together with what the step before did. A process that is killed anywhere leaves a step undone, done, or where
/// the next run takes it up.
/// </summary>
internal sealed partial class PolicyRun(
    IEngine engine,
    CatalogStore desk,
    PolicyInspector surveyor,
    StepExecutor executor,
    AuditActor actor,
    RunOutput output
)
{
    private const int MostRounds = 4;

    private readonly string _id = executor.Run;
    private readonly long _started = output.Clock.GetTimestamp();
    private readonly RetrySchedule _retries = new(output.Clock);
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

    // Of the first tier, since the table was looked at.
    private RangeSet _built = RangeSet.Empty;
    private VarveException? _error;

    private readonly FullPlaces _full = new();

    /// <summary>What the steps are done under.</summary>
    public Scope Scope { get; init; } = Scope.Writing;

    /// <summary>
    /// The runs that there are, where that was seen before the lease was taken. A run that was under way has not ended since without
    /// being seen: either its lease was there to be waited for, or it is closed by the next run.
    /// </summary>
    public RunsThere? There { get; init; }

    /// <summary>Runs the steps of a plan; what a proof had to build again is followed up at once.</summary>
    /// <param name="survey">What was seen, and the plan.</param>
    /// <param name="options">How it is done.</param>
    /// <param name="deadline">When it ends between two steps.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="removes">False where a person has not confirmed yet what this revision removes: nothing is, and it stays
    /// unconfirmed.</param>
    public async Task RunAsync(
        Inspection survey,
        RunOptions options,
        Deadline deadline,
        CancellationToken cancellationToken,
        bool removes = true
    )
    {
        _survey = survey;
        var plan = survey.Plan;
        if (plan.Steps.Count == 0)
        {
            await IdleAsync(plan, removes, cancellationToken);
            return;
        }

        await BeginAsync(plan, removes, cancellationToken);
        if (survey.Blueprint.Policy.Archive is not null)
            executor.HashedBy = ArchiveScope.HashName(await engine.IdentifyAsync(cancellationToken));
        await output.BeginsAsync(_id, plan, Now(), cancellationToken);
        var stopped = false;
        try
        {
            stopped = await StepsAsync(plan.Steps, options, deadline, cancellationToken);
            for (var round = 1; !stopped && _again && options.Plans is null && round < MostRounds; round++)
            {
                _again = false;
                _built = RangeSet.Empty;
                _survey = await surveyor.InspectAsync(survey.Stored, plan.AsOf, cancellationToken, withBytes: false);
                if (!removes)
                    _survey = _survey.Withheld();
                await JournalAsync(
                    s => desk.Runs.PlanAsync(s, _id, plan.Policy, _ordinal, _survey.Plan.Steps, cancellationToken),
                    cancellationToken
                );
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
            await FinishAsync(plan, removes, stopped, cancellationToken.IsCancellationRequested);
        }
    }

    private async Task<bool> StepsAsync(
        IReadOnlyList<PlanStep> steps,
        RunOptions options,
        Deadline deadline,
        CancellationToken cancellationToken
    )
    {
        var first = _ordinal;
        _left += steps.Count;
        _planned += steps.Count;
        for (var i = 0; i < steps.Count; i++)
        {
            _next = steps[i];
            cancellationToken.ThrowIfCancellationRequested();
            if (IsOver())
                return true;
            await StepAsync(steps[i], i + 1 < steps.Count ? steps[i + 1] : null, first + steps.Count, IsOver, cancellationToken);
        }

        _next = null;
        return false;

        bool IsOver() => options.Stop.IsCancellationRequested || deadline.IsPast;
    }

    private async Task StepAsync(PlanStep step, PlanStep? next, int total, Func<bool> isOver, CancellationToken cancellationToken)
    {
        var ordinal = _ordinal++;
        var policy = _survey!.Plan.Policy;
        var begun = output.Clock.GetTimestamp();
        using var seen = output.Watch.Step(step);
        await output.Events.WriteAsync(new RunEvent.StepStarted(ordinal, total, step) { Policy = policy }, cancellationToken);
        try
        {
            _full.Require(step);
            if (_intended != ordinal)
                await JournalAsync(s => executor.IntendAsync(s, _survey!, step, ordinal, cancellationToken), cancellationToken);
            var (acted, halts, isToFollow) = await WholeStepAsync(step, next, ordinal, total, isOver, cancellationToken);
            _again |= isToFollow;
            if (halts.Count == 0 && !isToFollow && step is PlanStep.RollUp rolled && rolled.Relation == _survey!.Blueprint.Tiers[0].Id)
                _built = _built.Union(rolled.Ranges);
            if (next is not null)
                _intended = _ordinal;
            _done++;
            _left--;
            _read += acted.RowsIn;
            _written += acted.RowsWritten;
            _removed += acted.RowsRemoved;
            output.Limit.Add(acted.RowsRemoved);
            var result = new StepResult(acted.RowsIn, acted.RowsWritten, acted.RowsRemoved, Elapsed(begun), acted.Note)
            {
                Changes = acted.Changes,
            };
            seen.Done(result);
            seen.Halted(halts.Count);
            await output.Events.WriteAsync(new RunEvent.StepDone(ordinal, total, step, result) { Policy = policy }, cancellationToken);
            _halted |= halts.Count > 0;
            foreach (var halt in halts)
            {
                output.Watch.Waits(halt);
                await output.Events.WriteAsync(new RunEvent.Waiting(halt) { Policy = policy }, cancellationToken);
            }
        }
        catch (StepSkippedException skipped) when (_again || _halted)
        {
            // What a proof built again is followed up in a new plan of this run, and this step with it; what it halted
            // keeps back what depends on it.
            _left--;
            seen.PutOff();
            await CloseAsync(ordinal, StepStatus.Skipped, $"put off: {skipped.Message}");
            await output.Events.WriteAsync(
                new RunEvent.StepDone(ordinal, total, step, new StepResult(0, 0, 0, Elapsed(begun), $"put off: {skipped.Message}"))
                {
                    Policy = policy,
                },
                cancellationToken
            );
        }
        catch (StepSkippedException skipped)
        {
            seen.Skipped(skipped.Message);
            await CloseAsync(ordinal, StepStatus.Skipped, skipped.Message);
            await output.Events.WriteAsync(
                new RunEvent.StepSkipped(ordinal, total, step, skipped.Message) { Policy = policy },
                cancellationToken
            );
        }
        catch (VarveException error)
        {
            _error ??= error;
            _full.Note(step, error);
            seen.Failed(error);
            // Told first: where the disk is full, the catalog cannot take it.
            await output.Events.WriteAsync(
                new RunEvent.StepFailed(ordinal, total, step, error) { Policy = policy },
                CancellationToken.None
            );
            await CloseAsync(ordinal, StepStatus.Failed, $"{error.Code}: {error.Message}");
        }
        catch (Exception error)
        {
            await CloseAsync(ordinal, StepStatus.Failed, error is OperationCanceledException ? "cancelled" : error.Message);
            throw;
        }
    }

    // What takes its time is asked for again and again, each time under the lease and with nothing open in between.
    private async Task<StepDone> WholeStepAsync(
        PlanStep step,
        PlanStep? next,
        int ordinal,
        int total,
        Func<bool> isOver,
        CancellationToken cancellationToken
    )
    {
        var watch = new MoveWatch(output.Clock, executor.Patience, _survey!.Plan.Policy);
        while (true)
        {
            var done = await _retries.RunAsync(
                async attempt =>
                {
                    await executor.PrepareAsync(_survey!, step, ordinal, attempt);
                    return await engine.TransactAsync(
                        (s, token) => executor.ExecuteAsync(s, _survey!, step, next, ordinal, token),
                        Scope,
                        attempt
                    );
                },
                cancellationToken
            );
            if (done.Acted.Moving is not { } moving)
            {
                // The step is committed: who cancels now does not make it one that failed.
                await executor.TellAsync(_survey!.Plan.Policy, _retries, CancellationToken.None);
                return done;
            }

            await output.Events.WriteAsync(
                new RunEvent.StepProgress(ordinal, total, step, moving.Done, moving.Bytes, moving.Stuck) { Policy = _survey!.Plan.Policy },
                cancellationToken
            );
            if (isOver())
                throw new StepSkippedException("the run ends before it is done; the next one goes on with it");
            await watch.WaitAsync(moving, cancellationToken);
        }
    }

    private Instant Now() => Instant.FromDateTimeOffset(output.Clock.GetUtcNow());

    private Duration Elapsed(long since) => Duration.FromTimeSpan(output.Clock.GetElapsedTime(since));
}
