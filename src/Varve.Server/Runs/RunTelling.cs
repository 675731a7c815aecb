using System.Text.Json.Nodes;
using Varve.Execution;
using Varve.Planning;

namespace Varve.Server.Runs;

/// <summary>What a run tells, as the events of its feed.</summary>
internal static class RunTelling
{
    internal static void Tell(RunFeed feed, RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.Started started:
                feed.Reach(0, started.Plan.Steps.Count, null);
                Say(
                    feed,
                    "started",
                    new
                    {
                        happened.Policy,
                        run = started.RunId,
                        asOf = started.Plan.AsOf,
                        steps = started.Plan.Steps.Count,
                        revision = started.Plan.Revision,
                        at = started.At,
                        plan = Json(started.Plan),
                    }
                );
                break;
            case RunEvent.StepStarted step:
                feed.Reach(step.Index, step.Total, PlanText.Describe(step.Step));
                Say(
                    feed,
                    "step-started",
                    new
                    {
                        happened.Policy,
                        step.Index,
                        step.Total,
                        step = PlanText.Describe(step.Step),
                        step.Step.Reason,
                        plan = Json(happened.Policy, step.Step),
                    }
                );
                break;
            case RunEvent.StepProgress step:
                Say(
                    feed,
                    "step-progress",
                    new
                    {
                        happened.Policy,
                        step.Index,
                        step.Total,
                        step = PlanText.Describe(step.Step),
                        step.DoneBytes,
                        step.Bytes,
                        step.Stuck,
                    }
                );
                break;
            case RunEvent.StepDone step:
                feed.Reach(step.Index + 1, step.Total, null);
                Say(
                    feed,
                    "step-done",
                    new
                    {
                        happened.Policy,
                        step.Index,
                        step.Total,
                        step = PlanText.Describe(step.Step),
                        rowsRead = step.Result.RowsIn,
                        step.Result.RowsWritten,
                        step.Result.RowsRemoved,
                        elapsedSeconds = step.Result.Elapsed,
                        step.Result.Note,
                        step.Result.Changes,
                    }
                );
                break;
            case RunEvent.StepSkipped step:
                Say(
                    feed,
                    "step-skipped",
                    new
                    {
                        happened.Policy,
                        step.Index,
                        step.Total,
                        step = PlanText.Describe(step.Step),
                        step.Reason,
                        plan = Json(happened.Policy, step.Step),
                    }
                );
                break;
            case RunEvent.StepFailed step:
                Say(
                    feed,
                    "step-failed",
                    new
                    {
                        happened.Policy,
                        step.Index,
                        step.Total,
                        step = PlanText.Describe(step.Step),
                        error = ErrorBody.Of(step.Error),
                        plan = Json(happened.Policy, step.Step),
                    }
                );
                break;
            case RunEvent.Waiting { Wait: var wait }:
                Say(feed, "waiting", new { happened.Policy, wait });
                break;
            case RunEvent.Braked { Brake: var brake }:
                Say(feed, "braked", new { happened.Policy, brake });
                break;
            case RunEvent.Postponed:
                Say(feed, "postponed", new { happened.Policy });
                break;
            case RunEvent.Failed failed:
                Say(feed, "failed", new { happened.Policy, error = ErrorBody.Of(failed.Error) });
                break;
            case RunEvent.TakenUp { Result: var taken }:
                Say(feed, "taken-up", AppliedPolicy.Of(taken));
                break;
            case RunEvent.LeftOut { Note: var note }:
                Say(feed, "left-out", new { happened.Policy, note = ProblemShape.Of(note) });
                break;
            case RunEvent.Finished { Summary: var ended }:
                Say(
                    feed,
                    "finished",
                    new
                    {
                        happened.Policy,
                        run = ended.RunId,
                        ended.StepsDone,
                        ended.StepsLeft,
                        ended.RowsRead,
                        ended.RowsWritten,
                        ended.RowsRemoved,
                        elapsedSeconds = ended.Elapsed,
                        ended.Stopped,
                        ended.AuditHead,
                        next = ended.Next is { } next ? Json(happened.Policy, next) : null,
                    }
                );
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>A plan as a plan file has it: whoever reads knows the steps without asking again.</summary>
    private static JsonNode Json(Plan plan) => JsonNode.Parse(PlanFile.Write([plan]))!;

    /// <summary>One step, as the plan of nothing else.</summary>
    private static JsonNode Json(string policy, PlanStep step) =>
        Json(
            new Plan
            {
                Policy = policy,
                Revision = 0,
                PolicyHash = "",
                AsOf = default,
                ZoneVersion = "",
                Steps = [step],
                Waits = [],
                Notes = [],
            }
        );

    private static void Say<T>(RunFeed feed, string kind, T facts) => feed.Tell(kind, ServerJson.Write(facts));
}
