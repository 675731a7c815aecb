using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Reading;

/// <summary>
/// Which relation answers what: the coarsest tier that is fine enough and covers a range; where none is fine enough, the
/// finest that survives, and that is said. Pure.
/// </summary>
internal sealed class Answering(Blueprint blueprint, Ledger ledger)
{
    /// <summary>Widths in which source rows are shown where no tier is fine enough, in milliseconds.</summary>
    private static readonly long[] s_round = [1_000, 5_000, 10_000, 15_000, 30_000, 60_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000];

    public (IReadOnlyList<AnswerPart> Parts, IReadOnlyList<string> Notes) For(QueryRequest request)
    {
        if (request.From >= request.To) throw new PolicyException("VRV320", $"--from {InstantText.Format(request.From)} must be before --to {InstantText.Format(request.To)}.");
        var exact = request.Every is { } every ? Wanted(every) : null;
        var wanted = exact is null ? default : Nominal(exact.Width);
        if (exact is null) wanted = (request.To - request.From) / Math.Max(1, request.Points ?? 400);
        if (new TimeRange(request.From, request.To).Intersect(blueprint.Time.Starts.Known) is not { IsEmpty: false } asked) return ([], []);
        var left = RangeSet.Of(asked);
        if (exact is not null) left = RangeSet.Of(exact.Cover(left[0]));
        List<AnswerPart> parts = [];
        foreach (var tier in blueprint.Tiers.Reverse().Where(t => Fits(t, exact, wanted))) left = Take(parts, left, tier.Id, Has(tier), Shown(tier, exact));
        left = Take(parts, left, Relations.Source, ledger.Of(Relations.Source).Frozen.Complement(), Open(exact, wanted));
        var open = left;
        if (exact is not null) left = Finer(parts, left, [.. blueprint.Tiers.Where(t => Fits(t, exact, wanted))]);
        List<TierLayout> coarse = [.. blueprint.Tiers.Where(t => !Fits(t, exact, wanted))];
        List<string> notes = [.. open.Except(left).Select(range => $"{range} is answered in finer buckets: nothing has a whole one of {exact!.Width.Name} there")];
        foreach (var tier in coarse) left = Take(parts, left, tier.Id, Has(tier), tier);
        notes.AddRange(
            from tier in coarse
            where parts.Exists(p => p.Relation == tier.Id)
            select $"{Hull(parts.Where(p => p.Relation == tier.Id))} is answered by {tier.Name}: nothing as fine as {exact?.Width.Name ?? Span(wanted)} survives there");
        return (Known(Merge(parts), request, notes), notes);
    }

    /// <summary>A bucket that no relation has as a whole is shown in those of the tiers that have something of it.</summary>
    private RangeSet Finer(List<AnswerPart> parts, RangeSet left, List<TierLayout> tiers)
    {
        foreach (var tier in Enumerable.Reverse(tiers)) left = Take(parts, left, tier.Id, Has(tier), tier);
        return tiers.Count == 0 ? left : Take(parts, left, Relations.Source, ledger.Of(Relations.Source).Frozen.Complement(), tiers[0]);
    }

    /// <summary>Parts split where a relation does not know a state: a shown bucket of which it knows one only in part is not known.</summary>
    private List<AnswerPart> Known(List<AnswerPart> parts, QueryRequest request, List<string> notes)
    {
        List<AnswerPart> known = [];
        foreach (var part in parts)
        {
            List<(string Column, RangeSet Thin)> unknown = [.. part.Relation == Relations.Source ? [] : Unknown(part)];
            notes.AddRange(
                from value in blueprint.Values
                where request.Columns.Count == 0 || request.Columns.Contains(value.Name, StringComparer.Ordinal)
                let thin = RangeSet.Of(unknown.Where(u => value.States.Contains(u.Column)).SelectMany(u => u.Thin))
                where !thin.IsEmpty
                select $"{value.Name} is not known to {part.Relation} for {string.Join(", ", thin)}: it was asked for after what it is made from had gone");
            known.AddRange(Thinness.Split(RangeSet.Of(part.Range), unknown).SelectMany(p => p.Ranges.Select(r => part with { Range = r, Unknown = p.Unknown })));
        }

        return [.. known.OrderBy(p => p.Range.From)];
    }

    private IEnumerable<(string Column, RangeSet Thin)> Unknown(AnswerPart part) =>
        from column in blueprint.StateNames
        let sets = ledger.Of(part.Relation)
        let thin = sets.Columns.Contains(column)
            ? part.Shown.Covers(sets.Thin.GetValueOrDefault(column, RangeSet.Empty).Intersect(part.Range))
            : RangeSet.Of(part.Range)
        where !thin.IsEmpty
        select (column, thin);

    private RangeSet Take(List<AnswerPart> parts, RangeSet left, string relation, RangeSet has, TierLayout shown)
    {
        if (left.IsEmpty) return left;
        var taken = shown.Covers(left).Intersect(shown.Whole(has));

        // A bucket is read as a whole: what a finer relation has of it is left to it, but for a part of one of its own buckets.
        taken = RangeSet.Of(taken.SelectMany(range => Uncut(parts, range, shown.Whole(left).Intersect(range))));
        if (taken.IsEmpty) return left;
        List<AnswerPart> kept = [.. parts.SelectMany(p => RangeSet.Of(p.Range).Except(taken).Select(r => p with { Range = r }))];
        parts.Clear();
        parts.AddRange(kept);
        parts.AddRange(taken.Select(range => new AnswerPart(relation, range, shown)));
        return left.Except(taken);
    }

    // Without the bucket at an end that would leave another relation a part of one of its own.
    private IEnumerable<TimeRange> Uncut(List<AnswerPart> parts, TimeRange range, RangeSet inside)
    {
        var from = parts.Exists(p => Cuts(p, range.From)) ? inside.Start : range.From;
        var to = parts.Exists(p => Cuts(p, range.To)) ? inside.End : range.To;
        if (from < to) yield return new(from.Value, to.Value);
    }

    // Rows of the source can be told apart anywhere, and before its first bucket a tier has none.
    private bool Cuts(AnswerPart part, Instant at) => part.Range.From < at && at < part.Range.To && part.Relation != Relations.Source
        && !(at < ledger.Of(part.Relation).Covered.Start) && !blueprint.Tier(part.Relation).Grid.IsBoundary(at);

    /// <summary>How wide a bucket is, clock changes left aside.</summary>
    private static Duration Nominal(Width width) => width switch
    {
        Width.Fixed @fixed => Duration.FromMilliseconds(@fixed.Milliseconds),
        Width.Calendar { Unit: CalendarUnit.Day } day => Duration.FromDays(day.Count),
        Width.Calendar { Unit: CalendarUnit.Week } week => Duration.FromDays(7 * week.Count),
        Width.Calendar { Unit: CalendarUnit.Month } month => Duration.FromDays(28 * month.Count),
        Width.Calendar { Unit: CalendarUnit.Quarter } => Duration.FromDays(90),
        _ => Duration.FromDays(365),
    };

    /// <summary>What a tier can answer: what it covers, and the time before its first bucket, where there is nothing.</summary>
    private RangeSet Has(TierLayout tier)
    {
        var known = ledger.Of(tier.Id);
        return known.Covered.Start is not { } start ? RangeSet.Empty : known.Covered.Add(TimeRange.Before(start)).Except(known.Frozen).Except(known.Lost);
    }

    private static bool Fits(TierLayout tier, Grid? exact, Duration wanted) => exact is null
        ? Nominal(tier.Grid.Width) <= wanted
        : Nominal(tier.Grid.Width) <= wanted && tier.Grid.BoundariesContain(exact, TimeRange.Since(NodaConstants.UnixEpoch), out _);

    private TierLayout Shown(TierLayout tier, Grid? exact) => exact is null || exact.Id == tier.Grid.Id ? tier : MadeFor(exact);

    private TierLayout Open(Grid? exact, Duration wanted)
    {
        if (exact is not null) return blueprint.Tiers.FirstOrDefault(t => t.Grid.Id == exact.Id) ?? MadeFor(exact);
        if (blueprint.Tiers.LastOrDefault(t => Fits(t, null, wanted)) is { } fitting) return fitting;
        var width = s_round.LastOrDefault(w => w <= wanted.TotalMilliseconds, s_round[0]);
        return MadeFor(Grid.Fixed(new Width.Fixed(width), NodaConstants.UnixEpoch));
    }

    private TierLayout MadeFor(Grid grid) => new()
    {
        Id = $"?{grid.Id}",
        Name = grid.Width.Name,
        Grid = grid,
        Keep = Keep.Zero,
        States = blueprint.Source,
        View = null,
        Input = Relations.Source,
        InChain = false,
    };

    private Grid Wanted(string every)
    {
        if (blueprint.Tiers.FirstOrDefault(t => t.Name == every || t.Id == every) is { } tier) return tier.Grid;
        if (!Width.TryParse(every, out var width, out var error)) throw new PolicyException("VRV320", $"--every {every}: {error}");
        return width is Width.Calendar calendar
            ? Grid.Calendar(calendar, DateTimeZoneProviders.Tzdb[blueprint.Policy.Zone])
            : Grid.Fixed((Width.Fixed)width, NodaConstants.UnixEpoch);
    }

    /// <summary>Neighbours of one relation become one part; in the order of time.</summary>
    private static List<AnswerPart> Merge(IEnumerable<AnswerPart> parts)
    {
        List<AnswerPart> merged = [];
        foreach (var part in parts.OrderBy(p => p.Range.From))
        {
            if (merged.Count > 0 && merged[^1] is var last && last.Relation == part.Relation && last.Shown.Id == part.Shown.Id && last.Range.To == part.Range.From)
                merged[^1] = last with { Range = new(last.Range.From, part.Range.To) };
            else merged.Add(part);
        }

        return merged;
    }

    private static string Hull(IEnumerable<AnswerPart> parts) => Hull(RangeSet.Of(parts.Select(p => p.Range)));

    private static string Hull(RangeSet ranges) => new TimeRange(ranges.Start!.Value, ranges.End!.Value).ToString();

    private static string Span(Duration width) => width switch
    {
        { TotalDays: >= 1 } => FormattableString.Invariant($"{width.TotalDays:0.#} days"),
        { TotalHours: >= 1 } => FormattableString.Invariant($"{width.TotalHours:0.#} h"),
        { TotalMinutes: >= 1 } => FormattableString.Invariant($"{width.TotalMinutes:0.#} min"),
        _ => FormattableString.Invariant($"{width.TotalSeconds:0.#} s"),
    };
}
