using NodaTime;
using Varve.Catalog;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Contracts;

/// <summary>What the events of a run add up to.</summary>
internal sealed class RunOutcome
{
    private readonly List<PolicyOutcome> _policies = [];

    private readonly List<ApplyResult> _takenUp = [];
    private readonly List<Problem> _leftOut = [];

    internal IReadOnlyList<PolicyOutcome> Policies => _policies;

    /// <summary>Tables that patterns took up, changed or let go before the run began.</summary>
    internal IReadOnlyList<ApplyResult> TakenUp => _takenUp;

    /// <summary>What patterns leave out.</summary>
    internal IReadOnlyList<Problem> LeftOut => _leftOut;

    internal RunShape Shape =>
        new(ExitCode, [.. _policies.Select(p => p.Shape)], [.. _takenUp.Select(AppliedPolicy.Of)], [.. _leftOut.Select(ProblemShape.Of)]);

    /// <summary>The exit code of what kept the run from its policies; null where nothing did.</summary>
    internal int? Broken { get; init; }

    /// <summary>The file of the plan that is run; null where a new one is made.</summary>
    internal string? PlanFile { get; init; }

    /// <summary>Whether a hash has let one of the plans go.</summary>
    internal bool IsConfirmed(string hash) => _policies.Exists(p => p.Plan?.Brake?.IsConfirmedBy(hash) == true);

    internal int ExitCode => Broken ?? Contracts.ExitCode.Of(_policies.Select(p => p.ExitCode));

    /// <summary>Policies that wait for a person's word.</summary>
    internal IReadOnlyList<(string Policy, Brake Brake, Plan? Plan)> Braked =>
        [.. _policies.Where(p => p.Brake is not null).Select(p => (p.Policy, p.Brake!, p.Plan))];

    internal void Take(RunEvent happened)
    {
        if (happened is RunEvent.TakenUp { Result: var result })
        {
            _takenUp.Add(result);
            return;
        }

        if (happened is RunEvent.LeftOut { Note: var note })
        {
            _leftOut.Add(note);
            return;
        }

        var policy = _policies.Find(p => p.Policy == happened.Policy);
        if (policy is null)
            _policies.Add(policy = new(happened.Policy));
        policy.Take(happened);
    }
}

/// <summary>What the events of one policy add up to.</summary>
internal sealed class PolicyOutcome(string policy)
{
    private readonly List<Wait> _waits = [];
    private readonly List<string> _skipped = [];
    private readonly List<VarveException> _errors = [];
    private readonly List<ProofChange> _changes = [];

    internal string Policy => policy;

    internal Plan? Plan { get; private set; }

    internal Brake? Brake { get; private set; }

    internal RunSummary? Summary { get; private set; }

    /// <summary>True where the run was stopped before its turn came.</summary>
    internal bool Postponed { get; private set; }

    internal IReadOnlyList<Wait> Waits => _waits;

    internal IReadOnlyList<string> Skipped => _skipped;

    internal IReadOnlyList<VarveException> Errors => _errors;

    /// <summary>What the proofs found changed since the tiers were built.</summary>
    internal IReadOnlyList<ProofChange> Changes => _changes;

    internal int ExitCode =>
        Contracts.ExitCode.Of([
            .. _errors.Select(e => e.ExitCode),
            .. Brake is null && !_waits.Exists(w => w.NeedsPerson) ? Array.Empty<int>() : [Contracts.ExitCode.Person],
        ]);

    /// <summary>True where something was done, or somebody should know.</summary>
    internal bool IsNews => Word != "nothing to do" || _skipped.Count > 0;

    internal string Word =>
        Brake is not null ? "braked"
        : _errors.Count > 0 ? "failed"
        : _waits.Exists(w => w.NeedsPerson) ? "waits for you"
        : Postponed ? "not begun"
        : Summary is { Stopped: true } ? "stopped"
        : Summary is null or { StepsDone: 0, StepsLeft: 0 } ? "nothing to do"
        : Summary is { StepsLeft: > 0 } ? "partly done"
        : "done";

    internal PolicyRun Shape =>
        new(
            policy,
            Word.Replace(' ', '-'),
            Summary?.RunId,
            Summary?.StepsDone ?? 0,
            Summary?.StepsLeft ?? 0,
            Summary?.Next is { } next ? PlanText.Describe(next) : null,
            Summary?.RowsRead ?? 0,
            Summary?.RowsWritten ?? 0,
            Summary?.RowsRemoved ?? 0,
            Summary?.Elapsed,
            Summary?.AuditHead,
            Brake,
            _waits,
            _changes,
            _skipped,
            [.. _errors.Select(ErrorBody.Of)]
        );

    internal void Take(RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.Started started:
                (Plan, Brake) = (started.Plan, null);
                break;
            case RunEvent.Postponed:
                Postponed = true;
                break;
            case RunEvent.StepDone done:
                _changes.AddRange(done.Result.Changes);
                break;
            case RunEvent.StepSkipped skipped:
                _skipped.Add($"{PlanText.Describe(skipped.Step)}: {skipped.Reason}");
                break;
            case RunEvent.StepFailed failed:
                _errors.Add(failed.Error);
                break;
            case RunEvent.Failed failed:
                _errors.Add(failed.Error);
                break;
            case RunEvent.Waiting waiting:
                // A run that follows a brake says once more what was said before it.
                if (!_waits.Contains(waiting.Wait))
                    _waits.Add(waiting.Wait);
                break;
            case RunEvent.Braked braked:
                // What was run is not what would be removed.
                (Plan, Brake) = (null, braked.Brake);
                break;
            case RunEvent.Finished finished:
                Summary = finished.Summary;
                break;
        }
    }
}
