using NodaTime;
using Varve.Planning;

namespace Varve.Cli.Render;

/// <summary>How one policy stands, on one screen.</summary>
internal static class StatusScreen
{
    internal static void Show(Screen screen, PolicyStatus status)
    {
        var tags = status.Policy.Tags.Count == 0 ? "" : $"  tags {string.Join(", ", status.Policy.Tags)}";
        var from = status.Pattern is { } pattern ? $"  from {pattern}" : "";
        screen.Line(new(status.Policy.Name, Ink.Bold), new($"  revision {Words.Number(status.Revision)}  as of {Words.Stamp(status.AsOf)}{from}{tags}", Ink.Dim));
        if (status.Failure is { } failure)
        {
            Fact(screen, "failed", new Span(failure.Text, Ink.Bad));
            return;
        }

        Relations(screen, status);
        Facts(screen, status);
        foreach (var wait in status.Waits)
        {
            Fact(screen, "waits", new Span($"{wait.Relation}  {Words.Range(wait.Range)}: {wait.Reason}", wait.NeedsPerson ? Ink.Warn : Ink.Plain));
        }

        foreach (var hold in status.Holds)
        {
            Fact(screen, "hold", $"{hold.Relation ?? "source and tiers"}  {Words.Range(hold.Range)}{(hold.Until is { } until ? $" until {Words.At(until)}" : "")}: {hold.Reason} ({hold.Who})");
        }

        foreach (var note in status.Notes) Fact(screen, note.IsWarning ? "warning" : "note", new Span(note.Text, note.IsWarning ? Ink.Warn : Ink.Plain));
        if (status.LastError is { } error) Fact(screen, "error", new Span(error, Ink.Bad));
    }

    private static void Relations(Screen screen, PolicyStatus status)
    {
        var columns = new Columns("relation", "table", ">rows", ">size", "oldest", "newest", ">behind", ">dirty", ">cut", ">lost");
        foreach (var relation in status.Relations)
        {
            columns.Add(
                new Span(relation.Relation, Ink.Bold),
                relation.Table.Text,
                Words.Number(relation.Rows),
                relation.Bytes == 0 ? Words.None : Words.Bytes(relation.Bytes),
                Words.At(relation.First),
                Words.At(relation.Last),
                Behind(relation),
                Some(relation.Dirty),
                Some(relation.Cut),
                Some(relation.Lost));
        }

        columns.Write(screen);
    }

    private static void Facts(Screen screen, PolicyStatus status)
    {
        Fact(screen, "due", status.StepsDue == 0 ? new Span("nothing: up to date", Ink.Good) : new Span($"{Words.Count(status.StepsDue, "step")}: see varve plan {status.Policy.Name}", Ink.Warn));
        if (status.NextExpiry is { } next)
        {
            var when = next.At <= status.AsOf ? "due now" : $"due {Words.At(next.At)}";
            Fact(screen, "expires", $"{next.Relation}  {Words.Range(next.Range)}  ≈ {Words.Count(next.Rows, "row")}, {when}");
        }

        if (status.FrozenLate.Rows > 0) Fact(screen, "late", new Span($"{Words.Count(status.FrozenLate.Rows, "row")} came for a range that has expired, {Extent(status.FrozenLate)}; they stay in the source", Ink.Warn));
        if (status.Future.Rows > 0) Fact(screen, "future", new Span($"{Words.Count(status.Future.Rows, "row")} later than this instant, {Extent(status.Future)}", Ink.Warn));
        if (status.Timeless > status.OutOfRange) Fact(screen, "timeless", new Span($"{Words.Count(status.Timeless - status.OutOfRange, "row")} without a finite time: in no bucket, never expired", Ink.Warn));
        if (status.OutOfRange > 0) Fact(screen, "timeless", new Span($"{Words.Count(status.OutOfRange, "row")} with a time out of range: in no bucket, never expired", Ink.Warn));
        if (status.LastRun is not { } run)
        {
            Fact(screen, "last run", new Span("none yet", Ink.Dim));
            return;
        }

        var took = run.FinishedAt is { } end ? $" in {Words.Time(end - run.StartedAt)}" : "";
        Fact(screen, "last run", new Span(run.Status, run.Status == "done" ? Ink.Good : Ink.Warn), new Span($"  {Words.Stamp(run.StartedAt)}  {Words.Count(run.StepsDone, "step")}{took}, {Words.Count(run.RowsWritten, "row")} written, {Words.Number(run.RowsRemoved)} removed", Ink.Dim));
    }

    private static Span Behind(RelationStatus relation) =>
        relation.IsRetired ? new("retired", Ink.Dim)
        : relation.Behind > Duration.Zero ? new(Words.Time(relation.Behind), Ink.Warn)
        : relation.CoveredUntil is null && relation.Relation != "source" ? new("not built", Ink.Warn)
        : new(Words.None, Ink.Dim);

    private static Span Some(int count) => count == 0 ? new("") : new(Words.Number(count), Ink.Warn);

    private static string Extent(RowExtent extent) => extent.First == extent.Last ? Words.At(extent.First) : $"{Words.At(extent.First)} … {Words.At(extent.Last)}";

    private static void Fact(Screen screen, string name, params ReadOnlySpan<Span> what) => screen.Line([new Span($"  {name,-9} ", Ink.Dim), .. what]);
}
