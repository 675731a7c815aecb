using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Varve.Planning;

namespace Varve.Execution;

/// <summary>One step as those see it who watch: a span, counts, a duration and log messages.</summary>
internal sealed class StepTelemetry : IDisposable
{
    private readonly Activity? _activity;
    private readonly long _begun;
    private readonly Watchers _watchers;
    private readonly ILogger _log;
    private readonly string _policy;
    private readonly PlanStep _step;
    private string _outcome = "cancelled";

    public StepTelemetry(Watchers watchers, string policy, PlanStep step)
    {
        (_watchers, _log, _policy, _step) = (watchers, watchers.Log, policy, step);
        _begun = watchers.Clock.GetTimestamp();
        _activity = watchers.Begin(Telemetry.Step);
        _activity?.SetTag(Telemetry.Policy, policy).SetTag(Telemetry.Kind, step.Kind).SetTag(Telemetry.Relation, step.Relation.Text);
        if (_log.IsEnabled(LogLevel.Debug))
            _log.StepBegins(policy, PlanText.Describe(step));
    }

    public void Done(StepResult result)
    {
        _outcome = "done";
        Count(Telemetry.RowsRead, result.RowsIn);
        Count(Telemetry.RowsWritten, result.RowsWritten);
        Count(Telemetry.RowsRemoved, result.RowsRemoved);
        if (result.RowsRemoved > 0)
            _log.RowsRemoved(_policy, result.RowsRemoved, _step.Relation.Text);
        if (_log.IsEnabled(LogLevel.Debug))
            _log.StepDone(
                _policy,
                PlanText.Describe(_step),
                result.RowsIn,
                result.RowsWritten,
                result.RowsRemoved,
                result.Elapsed.TotalSeconds
            );
    }

    /// <summary>What waits for a person since, because it was not proven.</summary>
    public void Halted(int ranges) => Count(Telemetry.ProofFailures, ranges);

    public void Skipped(string reason)
    {
        _outcome = "skipped";
        if (_log.IsEnabled(LogLevel.Warning))
            _log.StepSkipped(_policy, PlanText.Describe(_step), reason);
    }

    /// <summary>Something that it needs changed in this run: it comes again in the next round.</summary>
    public void PutOff() => _outcome = "put off";

    public void Failed(VarveException error)
    {
        _outcome = "failed";
        _activity?.SetTag(Telemetry.Error, error.Code).SetStatus(ActivityStatusCode.Error, error.Message);
        if (_log.IsEnabled(LogLevel.Error))
            _log.StepFailed(error, _policy, PlanText.Describe(_step));
    }

    public void Dispose()
    {
        _activity?.SetTag(Telemetry.Outcome, _outcome).Dispose();
        var tags = _watchers.Mark(new(Telemetry.Policy, _policy), new(Telemetry.Kind, _step.Kind), new(Telemetry.Outcome, _outcome));
        Telemetry.Steps.Add(1, tags);
        Telemetry.StepSeconds.Record(_watchers.Clock.GetElapsedTime(_begun).TotalSeconds, tags);
    }

    private void Count(Counter<long> counter, long rows)
    {
        if (rows == 0)
            return;
        _activity?.SetTag(counter.Name, rows);
        counter.Add(rows, _watchers.Mark(new(Telemetry.Policy, _policy), new(Telemetry.Relation, _step.Relation.Text)));
    }
}
