using NodaTime;
using Varve.Catalog;
using Varve.Planning;
using Varve.Scheduling;

namespace Varve.Cli.Render;

/// <summary>How one policy stands, on one screen.</summary>
internal static class StatusScreen
{
    private const int RunsShown = 10;

    internal static void Show(Screen screen, PolicyStatus status)
    {
        var tags = status.Policy.Tags.Count == 0 ? "" : $"  tags {string.Join(", ", status.Policy.Tags)}";
        var from = status.Pattern is { } pattern ? $"  from {pattern}" : "";
        screen.Line(
            new(status.Policy.Name, Palette.Bold),
            new($"  revision {HumanText.Number(status.Revision)}  as of {HumanText.Stamp(status.AsOf)}{from}{tags}", Palette.Dim)
        );
        if (status.Failure is { } failure)
        {
            Fact(screen, "failed", new Span(failure.Text, Palette.Bad));
            return;
        }

        Relations(screen, status);
        Facts(screen, status);
        foreach (var wait in status.Waits)
        {
            Fact(
                screen,
                "waits",
                new Span($"{wait.Relation}  {HumanText.Range(wait.Range)}: {wait.Reason}", wait.NeedsPerson ? Palette.Warn : Palette.Plain)
            );
        }

        foreach (var hold in status.Holds)
        {
            Fact(
                screen,
                "hold",
                $"{hold.Relation?.Text ?? "source and tiers"}  {HumanText.Range(hold.Range)}{(hold.Until is { } until ? $" until {HumanText.At(until)}" : "")}: {hold.Reason} ({hold.Who})"
            );
        }

        foreach (var note in status.Notes.Where(n => !IsFact(n.Code)))
            Fact(screen, note.IsWarning ? "warning" : "note", new Span(note.Text, note.IsWarning ? Palette.Warn : Palette.Plain));
        if (status.Policy.Schedule is { } schedule)
            Runs(screen, status, new(schedule, status.Policy.Zone, status.Policy.Name));
        if (status.LastError is { } error)
            Fact(screen, "error", new Span(error, Palette.Bad));
    }

    // Late rows, rows without a time that counts, and rows of the future have lines of their own.
    private static bool IsFact(string code) => code is WorkCodes.LateAfterExpiry or WorkCodes.NoTime or WorkCodes.Future;

    /// <summary>One line for each policy: what a person with many of them looks for first.</summary>
    internal static void Short(Screen screen, IReadOnlyList<PolicyStatus> all)
    {
        var columns = new Columns("policy", "state", ">due", ">behind", ">rows", ">size", "newest", "last run", "");
        foreach (var status in all)
        {
            var behind = status.Relations.Where(r => !r.IsRetired).Select(r => r.Behind).DefaultIfEmpty(Duration.Zero).Max();
            columns.Add(
                new Span(status.Policy.Name, Palette.Bold),
                State(status),
                status.StepsDue == 0 ? HumanText.None : HumanText.Number(status.StepsDue),
                behind > Duration.Zero ? new Span(HumanText.Time(behind), Palette.Warn) : HumanText.None,
                HumanText.Number(status.Relations.Sum(r => r.Rows)),
                HumanText.Bytes(status.Relations.Sum(r => r.Bytes)),
                HumanText.At(status.Relations.Max(r => r.Last)),
                status.LastRun is { } run ? HumanText.Stamp(run.StartedAt) : HumanText.None,
                status.LastRun is { } last && last.Status != RunStatus.Done ? new Span(last.Status.Word(), Palette.Warn) : ""
            );
        }

        columns.Write(screen, "");
    }

    private static Span State(PolicyStatus status) =>
        status.Failure is not null || status.LastError is not null ? new("failed", Palette.Bad)
        : status.LastRun is null ? new("not run yet", Palette.Warn)
        : status.NeedsPerson ? new("waits for you", Palette.Warn)
        : status.Notes.Any(n => n.IsWarning) ? new("warnings", Palette.Warn)
        : status.StepsDue > 0 ? new("due", Palette.Plain)
        : new("up to date", Palette.Good);

    private static void Relations(Screen screen, PolicyStatus status)
    {
        var columns = new Columns("relation", "table", ">rows", ">size", "oldest", "newest", ">behind", ">dirty", ">cut", ">lost")
        {
            LeastImportant = ["size", "table", "oldest"],
        };
        foreach (var relation in status.Relations)
        {
            columns.Add(
                new Span(relation.Relation.Text, Palette.Bold),
                relation.Table.Text,
                HumanText.Number(relation.Rows),
                relation.Bytes == 0 ? HumanText.None : HumanText.Bytes(relation.Bytes),
                HumanText.At(relation.First),
                HumanText.At(relation.Last),
                Behind(relation),
                Some(relation.Dirty),
                Some(relation.Cut),
                Some(relation.Lost)
            );
        }

        columns.Write(screen);
    }

    private static string Confirmed(PolicyStatus status) =>
        status.Brake is { } brake ? $", then varve run {status.Policy.Name} --confirm {brake.Hash}" : "";

    private static void Facts(Screen screen, PolicyStatus status)
    {
        Fact(
            screen,
            "due",
            status.StepsDue == 0
                ? new Span("nothing: up to date", Palette.Good)
                : new Span(
                    $"{HumanText.Count(status.StepsDue, "step")}: see varve plan {status.Policy.Name}{Confirmed(status)}",
                    Palette.Warn
                )
        );
        if (status.Brake is { } brake)
            Fact(
                screen,
                "brake",
                new Span(
                    $"{HumanText.Count(brake.Rows, "row")} would go, and a run leaves them until you confirm: {brake.Reason}",
                    Palette.Warn
                )
            );
        if (status.NextExpiry is { } next)
        {
            var when = next.At <= status.AsOf ? "due now" : $"due {HumanText.At(next.At)}";
            Fact(screen, "expires", $"{next.Relation}  {HumanText.Range(next.Range)}  ≈ {HumanText.Count(next.Rows, "row")}, {when}");
        }

        if (status.FrozenLate.Rows > 0)
            Fact(
                screen,
                "late",
                new Span(
                    $"{HumanText.Count(status.FrozenLate.Rows, "row")} came for a range that has expired, {Extent(status.FrozenLate)}; {(status.FrozenLate.Rows == 1 ? "it stays" : "they stay")} in the source",
                    Palette.Warn
                )
            );
        if (status.Future.Rows > 0)
            Fact(
                screen,
                "future",
                new Span($"{HumanText.Count(status.Future.Rows, "row")} later than this instant, {Extent(status.Future)}", Palette.Warn)
            );
        if (status.Timeless > status.OutOfRange)
            Fact(
                screen,
                "timeless",
                new Span(
                    $"{HumanText.Count(status.Timeless - status.OutOfRange, "row")} without a finite time: in no bucket, never expired",
                    Palette.Warn
                )
            );
        if (status.OutOfRange > 0)
            Fact(
                screen,
                "timeless",
                new Span($"{HumanText.Count(status.OutOfRange, "row")} with a time out of range: in no bucket, never expired", Palette.Warn)
            );
        if (status.LastRun is not { } run)
        {
            Fact(screen, "last run", new Span("none yet", Palette.Dim));
            return;
        }

        var took = run.FinishedAt is { } end ? $" in {HumanText.Time(end - run.StartedAt)}" : "";
        Fact(
            screen,
            "last run",
            new Span(run.Status.Word(), run.Status == RunStatus.Done ? Palette.Good : Palette.Warn),
            new Span(
                $"  {HumanText.Stamp(run.StartedAt)}  {HumanText.Count(run.StepsDone, "step")}{took}, {HumanText.Count(run.RowsWritten, "row")} written, {HumanText.Number(run.RowsRemoved)} removed",
                Palette.Dim
            )
        );
    }

    /// <summary>When a server runs it next, by both clocks.</summary>
    private static void Runs(Screen screen, PolicyStatus status, Timetable times)
    {
        Fact(screen, "schedule", status.Policy.Schedule!.Text, new Span($"  {times.Zone.Id}, by varve serve", Palette.Dim));
        foreach (var run in times.Upcoming(status.AsOf, RunsShown))
            Fact(
                screen,
                "",
                HumanText.Stamp(run.Scheduled),
                times.Zone == DateTimeZone.Utc ? "" : new Span($"  {LocalText.Of(run.Scheduled, times.Zone)}", Palette.Dim)
            );
    }

    private static Span Behind(RelationStatus relation) =>
        relation.IsRetired ? new("retired", Palette.Dim)
        : relation.Behind > Duration.Zero ? new(HumanText.Time(relation.Behind), Palette.Warn)
        : relation.CoveredUntil is null && !relation.Relation.IsSource ? new("not built", Palette.Warn)
        : new(HumanText.None, Palette.Dim);

    private static Span Some(int count) => count == 0 ? new("") : new(HumanText.Number(count), Palette.Warn);

    private static string Extent(RowExtent extent) =>
        extent.First == extent.Last ? HumanText.At(extent.First) : $"{HumanText.At(extent.First)} … {HumanText.At(extent.Last)}";

    private static void Fact(Screen screen, string name, params ReadOnlySpan<Span> what) =>
        screen.Line([new Span($"  {name,-9} ", Palette.Dim), .. what]);
}
