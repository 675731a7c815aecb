using Varve.Archiving;
using Varve.Catalog;
using Varve.Execution;
using Varve.Maintenance;

namespace Varve.Cli.Render;

/// <summary>Archives as people read them.</summary>
internal static class ArchiveScreen
{
    internal const string Empty = "Nothing is archived. A policy says where its rows go before they expire: source.archive.";

    internal static void List(Screen screen, IReadOnlyList<ArchivedPart> parts)
    {
        if (parts.Count == 0)
            screen.Line(new Span(Empty, Palette.Dim));
        var columns = new Columns("policy", "location", "range", ">part", ">rows", ">size", "written", "proven")
        {
            LeastImportant = ["part", "size", "written"],
        };
        foreach (var part in parts)
            columns.Add([
                .. Cells(part),
                HumanText.Stamp(part.WrittenAt),
                part.ProvenAt is null ? new Span("not yet", Palette.Dim) : new Span(HumanText.Stamp(part.ProvenAt), Palette.Good),
            ]);
        columns.Write(screen, "");
        if (parts.Count > 1)
            screen.Line(
                new Span(
                    $"{HumanText.Count(parts.Count, "part")}, {HumanText.Count(parts.Sum(p => p.Rows), "row")}, {HumanText.Bytes(parts.Sum(p => p.Bytes))}",
                    Palette.Dim
                )
            );
    }

    internal static void Report(Screen screen, ArchiveReport report)
    {
        if (report.Parts.Count + report.BeingPruned.Count == 0)
            screen.Line(new Span(Empty, Palette.Dim));
        var columns = new Columns("policy", "location", "range", ">part", ">rows", ">size", "as written")
        {
            LeastImportant = ["part", "size", "location"],
        };
        foreach (var check in report.Parts)
            columns.Add([.. Cells(check.Part), check.Problem is null ? new Span("yes", Palette.Good) : new Span("no", Palette.Bad)]);
        columns.Write(screen, "");
        foreach (var check in report.Parts.Where(c => c.Problem is not null))
            screen.Line(new("  broken   ", Palette.Bad), check.Problem!);
        foreach (var part in report.BeingPruned)
            screen.Line(
                new("  pruning  ", Palette.Warn),
                $"{part.File} is being pruned; the next run of {part.Policy}, or archive prune, finishes"
            );
        foreach (var (location, file) in report.Unknown)
            screen.Line(new("  unknown  ", Palette.Warn), $"{location}: {file}");
        if (!report.Agrees)
            screen.Line(
                new Span(
                    "A part whose rows are still in the source can be archived again: varve archive verify POLICY --again",
                    Palette.Dim
                )
            );
    }

    internal static void Again(Screen screen, string policy, ArchiveAgain again)
    {
        screen.Line(
            again.Parts.Count == 0
                ? $"No part of {policy} is to be archived again."
                : $"{HumanText.Count(again.Parts.Count, "part")} of {policy} taken out of the catalog. The next run archives these rows again: varve run {policy}"
        );
        foreach (var check in again.Left)
            screen.Line(new("  broken   ", Palette.Bad), check.Problem!);
        if (again.Left.Count > 0)
            screen.Line(new Span("The source has not, or not all of, the rows of these any more.", Palette.Dim));
    }

    internal static void Pruning(Screen screen, ArchivePruning pruning)
    {
        var columns = new Columns("policy", "location", "range", ">part", ">rows", ">size", "")
        {
            LeastImportant = ["part", "size", "location"],
        };
        foreach (var part in pruning.Parts)
            columns.Add([.. Cells(part), new Span("goes", Palette.Bad)]);
        foreach (var part in pruning.Held)
            columns.Add([.. Cells(part), new Span("held", Palette.Warn)]);
        foreach (var part in pruning.Begun)
            columns.Add([.. Cells(part), new Span("begun", Palette.Warn)]);
        if (columns.Count == 0)
            screen.Line(new Span("No part is as old as that.", Palette.Dim));
        columns.Write(screen, "");
    }

    internal static void Restored(Screen screen, RestoreResult result)
    {
        screen.Line(
            new("restored  ", Palette.Good),
            new(result.Table.Text, Palette.Bold),
            $"  {HumanText.Count(result.Rows, "row")} of {HumanText.Count(result.Parts, "part")}"
        );
        foreach (var range in result.Ranges)
            screen.Line(new Span($"  {HumanText.Range(range)}", Palette.Dim));
        if (result.Unknown > 0)
            screen.Line(new("  note  ", Palette.Warn), $"{HumanText.Count(result.Unknown, "part")} of them the catalog does not know");
    }

    private static IReadOnlyList<Span> Cells(ArchivedPart part) =>
        [
            new Span(part.Policy, Palette.Bold),
            part.Location,
            HumanText.Range(part.Range),
            HumanText.Number(part.Part),
            HumanText.Number(part.Rows),
            HumanText.Bytes(part.Bytes),
        ];
}
