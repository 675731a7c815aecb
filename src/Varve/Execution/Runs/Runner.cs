using System.Runtime.CompilerServices;
using System.Threading.Channels;
using NodaTime;
using Varve.Archiving;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Time;

namespace Varve.Execution;

/// <summary>Runs policies one after the other; one that fails stops no other. What happens is told as a stream of events.</summary>
internal sealed class Runner(
    IEngine engine,
    CatalogStore desk,
    PolicyInspector surveyor,
    TimeProvider clock,
    AuditActor actor,
    ArchiveLocations locations,
    Watchers watchers
)
{
    private HashSet<string>? _pruned;

    private bool _isBegun;

    /// <summary>What was seen just now; null where nothing was.</summary>
    public CatalogBeginning? Beginning { get; init; }

    public async IAsyncEnumerable<RunEvent> RunAsync(
        IReadOnlyList<StoredPolicy> policies,
        RunOptions options,
        Instant asOf,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var events = Channel.CreateUnbounded<RunEvent>(new() { SingleReader = true, SingleWriter = true });
        var work = WorkAsync(policies, options, asOf, events.Writer, cancellationToken);
        await foreach (var happened in events.Reader.ReadAllAsync(CancellationToken.None))
            yield return happened;
        await work;
    }

    private async Task WorkAsync(
        IReadOnlyList<StoredPolicy> policies,
        RunOptions options,
        Instant asOf,
        ChannelWriter<RunEvent> events,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var deadline = new Deadline(clock, options.For);
            var limit = new RemovalLimit(options.MaxRemove, options.Allowance);
            string? wrote = null;
            var idle = await IdleAsync(policies, options, asOf, deadline, cancellationToken);
            foreach (var policy in policies)
            {
                if (idle.TryGetValue(policy.Policy.Name, out var nothing))
                    await TellIdleAsync(nothing, limit, events, cancellationToken);
                else if (options.Stop.IsCancellationRequested || deadline.IsPast)
                    await PostponeAsync(policy.Policy.Name, events, cancellationToken);
                else if (await OneAsync(policy, options, asOf, deadline, limit, events, cancellationToken))
                    wrote = policy.Policy.Name;
            }

            if (wrote is not null)
                await SettleAsync(wrote, events, cancellationToken);
            events.Complete();
        }
        catch (OperationCanceledException)
        {
            events.Complete();
            throw;
        }
        catch (Exception defect)
        {
            events.Complete(defect);
            throw;
        }
    }

    /// <summary>
    /// What has nothing to do is written down together, before anything else is done. Where that cannot be, each goes the whole way,
    /// and is told why there.
    /// </summary>
    private async Task<IReadOnlyDictionary<string, IdleRun>> IdleAsync(
        IReadOnlyList<StoredPolicy> policies,
        RunOptions options,
        Instant asOf,
        Deadline deadline,
        CancellationToken cancellationToken
    )
    {
        if (options.Plans is not null || options.Stop.IsCancellationRequested || deadline.IsPast)
            return new Dictionary<string, IdleRun>();
        try
        {
            var quiet = await new QuietPolicies(engine, desk, surveyor).FindAsync(policies, asOf, cancellationToken);
            List<IdleRun> runs = [.. quiet.Values.Select(q => IdleRun.Of(Guid.CreateVersion7().ToString(), q.Plan, Now()))];
            if (runs.Count == 0)
                return new Dictionary<string, IdleRun>();
            var head = await engine.TransactAsync(
                async (s, token) =>
                {
                    await desk.Runs.RecordAsync(s, [.. runs.Select(r => r.Record)], token);
                    return await desk.Audit.HeadAsync(s, token);
                },
                Scope.Writing,
                cancellationToken
            );
            return runs.ToDictionary(r => r.Record.Policy, r => r with { Head = head }, StringComparer.Ordinal);
        }
        catch (EngineException error)
        {
            watchers.Log.LookFailed(error);
            return new Dictionary<string, IdleRun>();
        }
    }

    private async Task TellIdleAsync(IdleRun idle, RemovalLimit limit, ChannelWriter<RunEvent> events, CancellationToken cancellationToken)
    {
        using var watch = new RunTelemetry(watchers, idle.Plan.Policy);
        await idle.TellAsync(new(events, watch, limit, clock), Now() - idle.Record.StartedAt, cancellationToken);
    }

    private Instant Now() => Instant.FromDateTimeOffset(clock.GetUtcNow());

    /// <summary>What was done is committed by then: a database that cannot be settled, on a full disk, takes nothing of it back.</summary>
    private async Task SettleAsync(string policy, ChannelWriter<RunEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            await engine.SettleAsync(cancellationToken);
        }
        catch (EngineException error)
        {
            var why = error.Code == EngineCodes.DiskFull ? "there is no room for it. Make room" : error.Message;
            var told = new EngineException(
                error.Code,
                $"what was done is kept, but the checkpoint that follows a run was not written: {why.TrimEnd('.')}. The next run writes it.",
                error.IsTransient,
                error
            );
            watchers.Log.RunFailed(told, policy);
            await events.WriteAsync(new RunEvent.Failed(told) { Policy = policy }, CancellationToken.None);
        }
    }

    private ValueTask PostponeAsync(string policy, ChannelWriter<RunEvent> events, CancellationToken cancellationToken)
    {
        RunTelemetry.Postponed(watchers, policy);
        return events.WriteAsync(new RunEvent.Postponed { Policy = policy }, cancellationToken);
    }

    private async Task<bool> OneAsync(
        StoredPolicy policy,
        RunOptions options,
        Instant asOf,
        Deadline deadline,
        RemovalLimit limit,
        ChannelWriter<RunEvent> events,
        CancellationToken cancellationToken
    )
    {
        var name = policy.Policy.Name;
        using var watch = new RunTelemetry(watchers, name);

        // What was seen before the first run says less and less of those after it.
        var seen = _isBegun ? null : Beginning;
        _isBegun = true;
        try
        {
            var planned = options.Plans?.FirstOrDefault(p => p.Policy == name);
            var executor = new StepExecutor(engine, desk, actor, clock, locations, limit);
            await using var work = await PolicyWork.BeginAsync(
                engine,
                surveyor,
                executor,
                policy,
                planned?.AsOf ?? asOf,
                cancellationToken,
                () => FinishPruningAsync(name, events, cancellationToken),
                isHeld: seen?.HasHolds ?? true
            );
            var survey = work.Survey;
            if (CatalogSigns.Halt(survey.Blueprint, survey.State) is { } halt)
                throw halt;
            if (survey.Doubt is { } doubt)
                throw doubt.Halt(survey.Blueprint, survey.State);
            DependentViews.Refuse(survey.Plan);
            if (planned is not null)
                survey = survey with { Plan = Staleness.Keep(planned, survey.Plan) };
            var run = new PolicyRun(engine, desk, surveyor, executor, actor, new(events, watch, limit, clock))
            {
                Scope = work.Scope,
                There = seen?.Runs,
            };
            if (planned is not null && survey.Plan.Brake is { } pulled && !options.Yes && !options.Confirm.Any(pulled.IsConfirmedBy))
            {
                // A part of it would make the plan that a person has read a stale one.
                watch.Braked(pulled);
                await events.WriteAsync(new RunEvent.Braked(pulled) { Policy = name }, CancellationToken.None);
                return false;
            }

            if (survey.Plan.Brake is { } brake && !options.Yes && !options.Confirm.Any(brake.IsConfirmedBy))
            {
                survey = survey.Withheld();
                try
                {
                    await run.RunAsync(survey, options, deadline, cancellationToken, removes: false);
                }
                finally
                {
                    watch.Braked(brake);
                    await events.WriteAsync(new RunEvent.Braked(brake) { Policy = name }, CancellationToken.None);
                }

                return !survey.Plan.IsEmpty;
            }

            await run.RunAsync(survey, options, deadline, cancellationToken);
            return !survey.Plan.IsEmpty;
        }
        catch (VarveException error)
        {
            return await FailAsync(PolicyTrouble.Of(policy, error));
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            return await FailAsync(PolicyTrouble.Of(policy, defect));
        }

        async Task<bool> FailAsync(VarveException error)
        {
            watch.Failed(error);
            await events.WriteAsync(new RunEvent.Failed(error) { Policy = name }, CancellationToken.None);
            return true;
        }
    }

    /// <summary>
    /// A pruning of archives that was ended is finished; where it cannot be, that is said, and nothing else waits for it.
    /// </summary>
    private async Task FinishPruningAsync(string policy, ChannelWriter<RunEvent> events, CancellationToken cancellationToken)
    {
        var pruning = new PartPruning(engine, desk, locations, actor, clock);
        try
        {
            // Asked for once: a pruning that is ended while this run goes on is finished by the next one.
            if (Beginning is { HasPruning: false })
                return;
            _pruned ??= [.. (await pruning.BegunAsync([], cancellationToken)).Select(p => p.Policy)];
            if (!_pruned.Contains(policy))
                return;
            await pruning.FinishAsync([policy], cancellationToken);
        }
        catch (VarveException error) when (error is PolicyException or EngineException or HaltException)
        {
            var begun = RangeSet.Of((await pruning.BegunAsync([policy], cancellationToken)).Select(p => p.Range));
            if (begun.IsEmpty)
                throw;
            var wait = new Wait(
                RelationId.Source,
                new(begun.Start!.Value, begun.End!.Value),
                $"parts of its archive are being pruned, and that cannot be finished: {error.Message}",
                NeedsPerson: false
            );
            await events.WriteAsync(new RunEvent.Waiting(wait) { Policy = policy }, cancellationToken);
        }
    }
}
