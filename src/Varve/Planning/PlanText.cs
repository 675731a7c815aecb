using System.Globalization;
using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>The one rendering of plans for people: equal steps are folded, numbers and ranges stand in columns. Pure.</summary>
public static class PlanText
{
    private const int ReasonsShown = 3;

    /// <summary>The lines of one plan.</summary>
    public static IReadOnlyList<PlanLine> Render(Plan plan)
    {
        List<PlanLine> lines = [new(PlanTone.Title, $"{plan.Policy}  {Revision(plan.Revision)}  as of {InstantText.Format(plan.AsOf)}")];
        var folds = Fold(plan.Steps);
        if (plan.Failure is { } failure)
            lines.Add(new(PlanTone.Warning, $"  failed    {failure.Text}"));
        else if (folds.Count == 0)
            lines.Add(new(PlanTone.Detail, "  nothing to do"));
        lines.AddRange(Aligned(folds));
        if (plan.Steps.Count > 0)
            lines.Add(new(PlanTone.Detail, Total(plan.Steps)));
        if (Sliced(plan.Steps))
            lines.Add(
                new(
                    PlanTone.Detail,
                    $"  slice by slice, oldest first: rolled up through all tiers, {(plan.Steps.Any(s => s is PlanStep.Archive) ? "archived, " : "")}proven, then expired"
                )
            );
        lines.AddRange(
            plan.Waits.Select(w => new PlanLine(
                w.NeedsPerson ? PlanTone.Warning : PlanTone.Wait,
                $"  waits     {w.Relation}  {Range(w.Range)}: {w.Reason}"
            ))
        );
        lines.AddRange(plan.Notes.Select(n => new PlanLine(n.IsWarning ? PlanTone.Warning : PlanTone.Detail, $"  note      {n.Text}")));
        if (plan.Brake is { } brake)
        {
            lines.Add(new(PlanTone.Warning, $"  brake     {brake.Reason}: until it is confirmed, a run does only what removes nothing"));
            lines.Add(new(PlanTone.Warning, $"            to let {Going(brake)} go: varve run {plan.Policy} --confirm {brake.Hash}"));
        }

        return lines;
    }

    /// <summary>What waits at a brake, for people: rows of the source as they were counted, with their share of it.</summary>
    public static string Going(Brake brake)
    {
        ArgumentNullException.ThrowIfNull(brake);
        var tiers = brake.Rows - brake.SourceRows;
        if (brake.SourceRows == 0)
            return $"≈ {Count(tiers, "row")} of tiers";
        var share = brake.Share switch
        {
            >= 1 => "all of them",
            < 0.001 => "less than 0.1 %",
            _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Min(99.9, brake.Share * 100):0.#} %"),
        };
        return $"{Count(brake.SourceRows, "row")} of the source ({share}){(tiers > 0 ? $" and ≈ {Count(tiers, "row")} of tiers" : "")}";
    }

    /// <summary>Several plans as plain text, a blank line between them.</summary>
    public static string Text(IEnumerable<Plan> plans) =>
        string.Join("\n\n", plans.Select(plan => string.Join('\n', Render(plan).Select(line => line.Text))));

    /// <summary>One step in a few words: <c>roll up 1h from source 2013-01-01 … 2013-01-02</c>.</summary>
    public static string Describe(PlanStep step) => $"{Verb(step)} {What(step)} {Span(step.Touches)}".TrimEnd();

    private static IReadOnlyList<IReadOnlyList<PlanStep>> Fold(IReadOnlyList<PlanStep> steps)
    {
        var tooMany = steps
            .GroupBy(Shape)
            .Where(g => g.Select(s => s.Reason).Distinct().Count() > ReasonsShown)
            .Select(g => g.Key)
            .ToHashSet();
        return
        [
            .. steps.GroupBy(s => Shape(s) is var shape && tooMany.Contains(shape) ? shape : $"{shape} {s.Reason}").Select(g => g.ToList()),
        ];
    }

    // Tiers are created together; everything else is told apart by what it changes.
    private static string Shape(PlanStep step) => step is PlanStep.CreateTier ? Verb(step) : $"{Verb(step)} {What(step)}";

    private static IEnumerable<PlanLine> Aligned(IReadOnlyList<IReadOnlyList<PlanStep>> folds)
    {
        var cells = folds.Select(Cells).ToList();
        var widths = Enumerable
            .Range(0, 5)
            .Select(i => cells.Where(c => c[2].Length > 0).Select(c => c[i].Length).DefaultIfEmpty(0).Max())
            .ToArray();
        foreach (var (fold, cell) in folds.Zip(cells))
        {
            var text =
                $"  {Sign(fold[0])} {Verb(fold[0]),-8} {cell[0].PadRight(widths[0])}  {cell[1].PadLeft(widths[1])}  {cell[2].PadRight(widths[2])}  {cell[3].PadLeft(widths[3])}  {cell[4].PadLeft(widths[4])}";
            yield return new(Tone(fold[0]), text.TrimEnd());
            foreach (var detail in Details(fold))
                yield return new(PlanTone.Detail, $"             {detail}");
        }
    }

    private static string[] Cells(IReadOnlyList<PlanStep> fold)
    {
        var touched = fold.Aggregate(RangeSet.Empty, (all, step) => all.Union(step.Touches));
        var (rows, bytes) = (fold.Sum(s => s.Rows), fold.Sum(s => s.Bytes));
        return
        [
            fold[0] is PlanStep.CreateTier ? string.Join(", ", fold.Select(What)) : What(fold[0]),
            touched.IsEmpty ? "" : Count(fold.Count, "step"),
            Span(touched),
            rows == 0 ? "" : $"≈ {Count(rows, "row")}",
            bytes == 0 ? "" : $"≈ {Bytes(bytes)}",
        ];
    }

    private static IEnumerable<string> Details(IReadOnlyList<PlanStep> fold)
    {
        var reasons = fold.Select(s => s.Reason).Where(r => r.Length > 0).Distinct().ToList();
        foreach (var reason in reasons.Take(ReasonsShown))
            yield return reason;
        if (reasons.Count > ReasonsShown)
            yield return $"and {Count(reasons.Count - ReasonsShown, "other reason")}";
        if (fold[0] is PlanStep.Expire expire)
        {
            yield return (expire.Proofs.Count, expire.Location) switch
            {
                (0, null) => "no tier is built from it: these rows cannot be regained, not even coarser",
                (0, var archive) => $"the archive {archive} is read back and compared first; then only a restore regains these rows",
                (_, null) =>
                    $"proven first against {string.Join(", ", expire.Proofs)}; then only these can answer, and the rows cannot be regained",
                (_, var archive) =>
                    $"proven first against {string.Join(", ", expire.Proofs)} and the archive {archive}, which is read back; then a restore regains the rows",
            };
        }
        else if (fold.OfType<PlanStep.Merge>().SelectMany(m => m.Into).Select(p => p.Tier).Distinct().ToList() is { Count: > 0 } tiers)
        {
            yield return $"added to {string.Join(", ", tiers)} and removed from the source, in one step";
        }
        else if (fold.OfType<PlanStep.Mark>().Any(m => !m.Lost.IsEmpty))
        {
            yield return $"lost: {Span(fold.OfType<PlanStep.Mark>().Aggregate(RangeSet.Empty, (all, m) => all.Union(m.Lost)))} can no longer be built; the coarser tiers answer";
        }
    }

    private static bool Sliced(IReadOnlyList<PlanStep> steps) =>
        steps.OfType<PlanStep.Expire>().FirstOrDefault() is { Relation: var relation }
        && steps
            .SkipWhile(s => s is not PlanStep.Expire)
            .SkipWhile(s => s is not PlanStep.RollUp)
            .Any(s => s is PlanStep.Expire && s.Relation == relation);

    private static string Total(IReadOnlyList<PlanStep> steps)
    {
        var removed = steps.Where(s => s is PlanStep.Expire or PlanStep.Discard or PlanStep.Merge).Sum(s => s.Rows);
        var written = steps.OfType<PlanStep.RollUp>().Sum(s => s.Rows);
        var archived = steps.OfType<PlanStep.Archive>().Sum(s => s.Rows);
        var moved = steps.OfType<PlanStep.Relocate>().Sum(s => s.Bytes);
        string[] parts =
        [
            .. written == 0 ? Array.Empty<string>() : [$"≈ {Count(written, "row")} written"],
            .. archived == 0 ? Array.Empty<string>() : [$"≈ {Count(archived, "row")} archived"],
            .. removed == 0 ? Array.Empty<string>() : [$"≈ {Count(removed, "row")} removed"],
            .. moved == 0 ? Array.Empty<string>() : [$"≈ {Bytes(moved)} moved"],
        ];
        return parts.Length == 0 ? $"  {Count(steps.Count, "step")}" : $"  {Count(steps.Count, "step")}: {string.Join(", ", parts)}";
    }

    private static string Revision(int revision) => revision == 0 ? "not stored" : $"revision {Number(revision)}";

    private static string Verb(PlanStep step) =>
        step switch
        {
            PlanStep.CreateTier => "create",
            PlanStep.Publish => "publish",
            PlanStep.Reshape => "add",
            PlanStep.Mark => "mark",
            PlanStep.RollUp { Again: true } => "rebuild",
            PlanStep.RollUp => "roll up",
            PlanStep.Archive => "archive",
            PlanStep.Expire => "expire",
            PlanStep.Discard => "discard",
            PlanStep.Merge => "merge",
            PlanStep.Relocate => "relocate",
            _ => step.Kind,
        };

    private static string What(PlanStep step) =>
        step switch
        {
            PlanStep.RollUp rollUp => $"{step.Relation} from {Input(rollUp)}",
            PlanStep.Publish => "views",
            PlanStep.Reshape reshape => $"{string.Join(", ", reshape.Columns)} to {step.Relation}",
            PlanStep.Archive archive => $"{step.Relation} to {archive.Location}",
            PlanStep.Relocate relocate => $"{step.Relation} to {relocate.To.Text}",
            _ => step.Relation.Text,
        };

    // 1mo@Europe/Berlin from 1d@Europe/Berlin: the zone is said once.
    private static string Input(PlanStep.RollUp step) =>
        step.Relation.Zone is { } zone && step.Input.Zone == zone ? step.Input.WithoutZone : step.Input.Text;

    private static char Sign(PlanStep step) =>
        Tone(step) switch
        {
            PlanTone.Create => '+',
            PlanTone.Build => '~',
            PlanTone.Remove => '-',
            _ => '·',
        };

    private static PlanTone Tone(PlanStep step) =>
        step switch
        {
            PlanStep.CreateTier or PlanStep.Reshape or PlanStep.Publish => PlanTone.Create,
            PlanStep.RollUp or PlanStep.Archive or PlanStep.Relocate => PlanTone.Build,
            PlanStep.Expire or PlanStep.Discard or PlanStep.Merge => PlanTone.Remove,
            _ => PlanTone.Mark,
        };

    private static string Span(RangeSet ranges) =>
        ranges.IsEmpty ? ""
        : ranges.Count == 1 ? Range(ranges[0])
        : $"{Range(new(ranges[0].From, ranges[^1].To))} ({Count(ranges.Count, "range")})";

    internal static string Range(TimeRange range) =>
        range switch
        {
            { FromStart: true } => $"before {At(range.To)}",
            { ToEnd: true } => $"from {At(range.From)}",
            _ => $"{At(range.From)} … {At(range.To)}",
        };

    // A whole day is a date; seconds only where there are some.
    internal static string At(Instant at) =>
        InstantText.Format(at) is var text && text.EndsWith("T00:00:00Z", StringComparison.Ordinal) ? text[..^10]
        : text.EndsWith(":00Z", StringComparison.Ordinal) ? $"{text[..^4]}Z"
        : text;

    internal static string Count(long count, string noun) => $"{Number(count)} {noun}{(count == 1 ? "" : "s")}";

    internal static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Bytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB", "PB"];
        double amount = bytes;
        var unit = 0;
        for (; amount >= 999.5 && unit < units.Length - 1; unit++)
            amount /= 1000;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(unit == 0 || amount >= 99.5 ? Math.Round(amount) : Math.Round(amount, 1)):0.#} {units[unit]}"
        );
    }
}
