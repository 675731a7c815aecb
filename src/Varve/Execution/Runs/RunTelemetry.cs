using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Varve.Catalog;
using Varve.Planning;
using Varve.Time;

namespace Varve.Execution;

/// <summary>One policy's run as those see it who watch: a span, a count and log messages.</summary>
internal sealed class RunTelemetry : IDisposable
{
    private readonly Activity? _activity;
    private readonly Watchers _watchers;
    private readonly ILogger _log;
    private readonly string _policy;
    private string _outcome = "stopped";

    public RunTelemetry(Watchers watchers, string policy)
    {
        (_watchers, _log, _policy) = (watchers, watchers.Log, policy);
        _activity = watchers.Begin(Telemetry.Run);
        _activity?.SetTag(Telemetry.Policy, policy);
    }

    /// <summary>A policy whose turn did not come.</summary>
    public static void Postponed(Watchers watchers, string policy)
    {
        watchers.Log.Postponed(policy);
        Count(watchers, policy, "postponed");
    }

    public StepTelemetry Step(PlanStep step) => new(_watchers, _policy, step);

    public void Begins(string run, Plan plan)
    {
        _activity?.SetTag(Telemetry.RunId, run).SetTag(Telemetry.AsOf, InstantText.Format(plan.AsOf));
        _log.RunBegins(_policy, run, plan.AsOf, plan.Steps.Count);
        foreach (var wait in plan.Waits)
            Waits(wait);
    }

    public void Waits(Wait wait)
    {
        if (wait.NeedsPerson)
            _log.Waits(_policy, wait.Relation.Text, wait.Reason);
    }

    public void Braked(Brake brake)
    {
        _outcome = "braked";
        _log.Braked(_policy, brake.Reason, brake.Rows, brake.Hash);
    }

    public void Ends(RunStatus status, RunSummary summary)
    {
        _outcome = status.Word();
        _log.RunEnds(
            _policy,
            summary.RunId,
            _outcome,
            summary.StepsDone,
            summary.StepsLeft,
            summary.RowsRead,
            summary.RowsWritten,
            summary.RowsRemoved,
            summary.Elapsed.TotalSeconds
        );
    }

    public void Failed(VarveException error)
    {
        _outcome = "failed";
        _activity?.SetTag(Telemetry.Error, error.Code).SetStatus(ActivityStatusCode.Error, error.Message);
        _log.RunFailed(error, _policy);
    }

    public void Dispose()
    {
        _activity?.SetTag(Telemetry.Outcome, _outcome).Dispose();
        Count(_watchers, _policy, _outcome);
    }

    private static void Count(Watchers watchers, string policy, string outcome) =>
        Telemetry.Runs.Add(1, watchers.Mark(new(Telemetry.Policy, policy), new(Telemetry.Outcome, outcome)));
}
