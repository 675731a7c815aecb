using NodaTime;
using Varve.Cli.Render;
using Varve.Planning;

namespace Varve.Cli.Running;

/// <summary>The end of a run: a line per policy, what waits, what failed, and the head of the audit log.</summary>
internal static class RunScreen
{
    internal static void Show(Screen screen, RunOutcome outcome, bool isQuiet)
    {
        if (isQuiet && outcome.TakenUp.Count == 0 && !outcome.Policies.Any(p => p.IsNews))
            return;
        PatternScreen.Notes(outcome.LeftOut, note => screen.Warn(new Span("warning ", Palette.Warn), note));
        if (outcome.Policies.Count == 0)
        {
            if (outcome.LeftOut.Count == 0)
                screen.Line(new Span(Commands.PolicyCommand.Empty, Palette.Dim));
            return;
        }

        if (!isQuiet)
            screen.Line();
        if (outcome.TakenUp.Count > 0)
        {
            Commands.ApplyCommand.Table(screen, outcome.TakenUp);
            screen.Line();
        }

        var columns = new Columns("policy", "outcome", ">steps", ">left", ">rows read", ">written", ">removed", ">took", "run")
        {
            LeastImportant = ["rows read", "run", "took"],
        };
        var shown = outcome.Policies.Where(p => !isQuiet || p.IsNews).ToList();
        foreach (var policy in shown)
        {
            var s = policy.Summary;
            columns.Add(
                new Span(policy.Policy, Palette.Bold),
                new Span(policy.Word, Colour(policy)),
                HumanText.Number(s?.StepsDone ?? 0),
                HumanText.NumberOrNone(s?.StepsLeft ?? 0),
                HumanText.NumberOrNone(s?.RowsRead ?? 0),
                HumanText.NumberOrNone(s?.RowsWritten ?? 0),
                HumanText.NumberOrNone(s?.RowsRemoved ?? 0),
                s is null ? HumanText.None : HumanText.Time(s.Elapsed),
                new Span(s is null ? "" : Commands.HistoryCommand.Short(s.RunId), Palette.Dim)
            );
        }

        columns.Write(screen, "");
        foreach (var policy in shown)
            Show(screen, policy, outcome.PlanFile);
        if (outcome.Policies.LastOrDefault(p => p.Summary is not null)?.Summary?.AuditHead is { } head)
            screen.Line(new Span($"audit head {head}", Palette.Dim));
        screen.Line(
            new(screen.IsTerminal ? "" : $"{HumanText.Stamp(Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow()))}  ", Palette.Dim),
            RunLine.Of(outcome)
        );
    }

    private static void Show(Screen screen, PolicyOutcome policy, string? file)
    {
        if (policy.Postponed)
            screen.Line(new("  left    ", Palette.Dim), $"{policy.Policy} was not begun; the next run does it");
        if (policy.Summary is { Next: { } next } stopped)
            screen.Line(
                new("  left    ", Palette.Dim),
                $"{policy.Policy} {HumanText.Count(stopped.StepsLeft, "step")}; the next run begins with {PlanText.Describe(next)}"
            );
        foreach (var wait in policy.Waits.Take(5))
        {
            screen.Line(
                new("  waits   ", wait.NeedsPerson ? Palette.Warn : Palette.Dim),
                $"{policy.Policy} {wait.Relation}  {HumanText.Range(wait.Range)}: {wait.Reason}"
            );
        }

        if (policy.Waits.Count > 5)
            screen.Line(
                new Span($"          … and {HumanText.Number(policy.Waits.Count - 5)} more: varve status {policy.Policy}", Palette.Dim)
            );
        // What waits has been said with its way out.
        var changes = policy.Changes.Where(c => !c.Waits).ToList();
        foreach (var change in changes.Take(5))
        {
            var more = change.Ranges.Count > 3 ? $" and {HumanText.Count(change.Ranges.Count - 3, "more range")}" : "";
            screen.Line(
                new("  changed ", Palette.Warn),
                $"{policy.Policy} {change.Tier}  {HumanText.Count(change.Buckets, "bucket")}, {HumanText.Count(change.Rows, "row")}: {string.Join(", ", change.Ranges.Take(3).Select(HumanText.Range))}{more}; others changed them since they were built, and they were built again before the rows went"
            );
        }

        if (changes.Count > 5)
            screen.Line(
                new Span(
                    $"          … and {HumanText.Number(changes.Count - 5)} more: varve history {Commands.HistoryCommand.Short(policy.Summary!.RunId)}",
                    Palette.Dim
                )
            );
        foreach (var skipped in policy.Skipped)
            screen.Line(new("  skipped ", Palette.Warn), $"{policy.Policy} {skipped}");
        if (policy.Brake is { } brake)
        {
            screen.Line(
                new("  brake   ", Palette.Warn),
                $"{policy.Policy}: {brake.Reason}  {PlanText.Going(brake)} would go; {(file is null ? "what removes nothing was done, and removals wait" : "nothing of the plan was done, so that it can still be run as it was read")}"
            );
            screen.Line(
                new("          ", Palette.Dim),
                file is null
                    ? $"see varve plan {policy.Policy}, then varve run {policy.Policy} --confirm {brake.Hash}"
                    : $"see varve plan --show {file}, then varve run --plan {file} --confirm {brake.Hash}"
            );
        }

        foreach (var error in policy.Errors)
        {
            screen.Out.Flush();
            var body = Failures.Body(error);
            Failures.Print(screen, body with { Message = $"{policy.Policy}: {body.Message}" });
        }
    }

    private static Palette Colour(PolicyOutcome policy) =>
        policy.Word switch
        {
            "done" => Palette.Good,
            "nothing to do" => Palette.Dim,
            "failed" => Palette.Bad,
            _ => Palette.Warn,
        };
}
