using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Reading;

/// <summary>
/// Which relation answers what: first of all each range once, then the coarsest tier that is fine enough; where none is fine
/// enough, the finest that survives, and that is said. What nothing has is named. Pure.
/// </summary>
internal sealed class TierSelection(PolicyLayout blueprint, Ledger ledger)
{
    /// <summary>Widths in which rows are shown where no tier is asked for, in milliseconds.</summary>
    private static readonly long[] s_round =
    [
        1_000,
        5_000,
        10_000,
        15_000,
        30_000,
        60_000,
        300_000,
        600_000,
        900_000,
        1_800_000,
        3_600_000,
        10_800_000,
        21_600_000,
        43_200_000,
        86_400_000,
    ];

    private static readonly (CalendarUnit Unit, int Count)[] s_calendar =
    [
        (CalendarUnit.Day, 1),
        (CalendarUnit.Week, 1),
        (CalendarUnit.Month, 1),
        (CalendarUnit.Month, 2),
        (CalendarUnit.Quarter, 1),
        (CalendarUnit.Month, 6),
        (CalendarUnit.Year, 1),
    ];

    /// <param name="request">The question.</param>
    /// <param name="step">How often rows come, as far as that is known: where the width is left open, it is no finer than this or the
    /// interval.</param>
    public AnswerPlan For(QueryRequest request, Duration step = default)
    {
        if (request.From >= request.To)
            throw new PolicyException(
                WorkCodes.BadQuestion,
                $"--from {InstantText.Format(request.From)} must be before --to {InstantText.Format(request.To)}."
            );
        var question = new TimeRange(request.From, request.To).Intersect(blueprint.Time.Starts.Known);
        var asked = question;
        if (asked.IsEmpty)
            return new(asked, [], RangeSet.Empty, []);
        var least = Duration.Max(step, blueprint.Policy.Interval?.Shortest ?? Duration.Zero);
        var exact = request switch
        {
            { Every: { } every } => Wanted(every, Zone(request.Zone)),
            { AtMost: { } most } => Few(asked, most, least, Zone(request.Zone) ?? DateTimeZoneProviders.Tzdb[blueprint.Policy.LocalZone]),
            _ => null,
        };
        var wanted = exact is null
            ? Duration.Max(least, (asked.To - asked.From) / Math.Max(1, request.Points ?? 400))
            : Nominal(exact.Width);
        if (exact is not null)
            asked = exact.Cover(asked);
        var answerers = Answerers(exact, wanted, least, asked);
        var legs = Course.Through(answerers, asked);
        if (request is { Every: not null, WholeAsOf: null } && !blueprint.Tiers.Any(t => t.Grid.Width == exact!.Width))
            Refuse(legs, answerers, question, exact!.Width.Name);
        List<string> width = request is { Every: null, AtMost: { } few }
            ? [$"buckets of {exact!.Width.Name}, so that a series has {few} at most"]
            : [];
        List<string> notes = [.. width, .. Missing(legs, answerers), .. Coarse(legs, answerers, exact?.Width.Name ?? Span(wanted))];
        List<AnswerPiece> pieces = [.. from leg in legs where leg.Answerer is not null select Piece(leg, asked)];
        return new(
            asked,
            AnswerPlan.Composed(Known(pieces, request, notes)),
            RangeSet.Of(legs.Where(l => l.Answerer is null).Select(l => l.Range)),
            notes
        );
    }

    /// <summary>
    /// The finest width that cuts a range into so many buckets at most, first of all one into which every relation fits that is
    /// needed; the widest where all are more.
    /// </summary>
    private Grid Few(TimeRange asked, int most, Duration least, DateTimeZone zone)
    {
        List<Grid> few = [.. Usual(zone).Where(g => Nominal(g.Width) >= least && Count(g, asked) <= most)];
        return few.FirstOrDefault(g =>
                Course
                    .Through(Answerers(g, Nominal(g.Width), least, g.Cover(asked)), g.Cover(asked))
                    .All(l => l.Answerer is not { IsCoarse: true })
            )
            ?? few.FirstOrDefault()
            ?? Usual(zone).Last();
    }

    private static double Count(Grid grid, TimeRange asked)
    {
        var cover = grid.Cover(asked);
        return Math.Ceiling((cover.To - cover.From) / Nominal(grid.Width));
    }

    /// <summary>Widths that people read, finest first: local days and more are those of a zone.</summary>
    private static IEnumerable<Grid> Usual(DateTimeZone zone)
    {
        foreach (var width in s_round.SkipLast(1))
            yield return Grid.Fixed(new Width.Fixed(width), NodaConstants.UnixEpoch);
        foreach (var (unit, count) in s_calendar)
            yield return Grid.Calendar(new Width.Calendar(unit, count), zone);
    }

    /// <summary>
    /// Who can answer, the most wanted first: tiers that fit from the coarsest on, rows, then coarser tiers from the finest on.
    /// </summary>
    private List<Answerer> Answerers(Grid? exact, Duration wanted, Duration least, TimeRange asked)
    {
        var fitting = blueprint.Tiers.Where(t => Fits(t, exact, wanted, asked)).ToList();
        var open = exact is null
            ? Open(fitting, wanted, least)
            : blueprint.Tiers.FirstOrDefault(t => t.Grid.Id == exact.Id) ?? MadeFor(exact);
        var rows = ledger.Of(RelationId.Source).Frozen.Complement().Intersect(open.Grid.Cover(asked));
        return
        [
            .. Enumerable.Reverse(fitting).Select(t => Of(t, exact is null ? t : open, asked)),
            new(RelationId.Source, open, rows),
            .. blueprint.Tiers.Except(fitting).Select(t => Of(t, t, asked) with { IsCoarse = true }),
        ];
    }

    private Answerer Of(TierLayout tier, TierLayout shown, TimeRange asked) =>
        new(tier.Id, shown, tier.WholeBuckets(Has(tier)).Intersect(tier.Grid.Cover(asked)))
        {
            Grid = tier.Grid,
            EmptyBefore = ledger.Of(tier.Id).Covered.Start ?? Instant.MinValue,
        };

    /// <summary>Rows at an end of the answer are shown in whole buckets, as far as they are there.</summary>
    private static AnswerPiece Piece(Leg leg, TimeRange asked)
    {
        var (answerer, range) = (leg.Answerer!, leg.Range);
        if (answerer.Grid is not null)
            return new(answerer.Relation, range, answerer.Shown);
        var from = range.From == asked.From ? answerer.Shown.Grid.Floor(range.From) : range.From;
        var to = range.To == asked.To ? answerer.Shown.Grid.Ceiling(range.To) : range.To;
        return new(
            answerer.Relation,
            new(
                answerer.Has.Covers(new TimeRange(from, range.From)) ? from : range.From,
                answerer.Has.Covers(new TimeRange(range.To, to)) ? to : range.To
            ),
            answerer.Shown
        );
    }

    private static IEnumerable<string> Missing(IReadOnlyList<Leg> legs, List<Answerer> answerers) =>
        from leg in legs
        where leg.Answerer is null
        let held = answerers.Exists(a => a.Has.Overlaps(leg.Range))
        select $"{leg.Range} is not in this answer: {(held ? "what has it has it in buckets that reach into the ranges beside it" : "nothing that is left has it")}";

    /// <summary>
    /// A width that no part of the range has is refused: an answer in another one would be none. One of a tier is not asked
    /// here, as the range may be one of any age: there a coarser tier answers what that one let go.
    /// </summary>
    private void Refuse(IReadOnlyList<Leg> legs, List<Answerer> answerers, TimeRange question, string wanted)
    {
        List<Answerer> read = [.. answerers.Where(a => legs.Any(l => l.Answerer == a))];
        if (read.Count == 0 || answerers.Exists(a => !a.IsCoarse && legs.Any(l => a.Has.Overlaps(l.Range))))
            return;

        // The finest may only be read where it meets a coarser one: then its own width has nothing either.
        var instead = read.Select(a => a.Shown).First(t => t.Id == read[^1].Relation || CanGive(t, question));
        throw new PolicyException(
            WorkCodes.WidthGone,
            $"Nothing that is left there can be merged into buckets of {wanted}: only {string.Join(" and ", read.Select(a => a.Shown.Name))} {(read.Count == 1 ? "has" : "have")} that range. Ask for --every {instead.Name}, or leave the width to Varve."
        );
    }

    private bool CanGive(TierLayout tier, TimeRange question)
    {
        var asked = tier.Grid.Cover(question);
        return Course
            .Through(Answerers(tier.Grid, Nominal(tier.Grid.Width), Duration.Zero, asked), asked)
            .Any(l => l.Answerer is { IsCoarse: false });
    }

    private IEnumerable<string> Coarse(IReadOnlyList<Leg> legs, List<Answerer> answerers, string wanted)
    {
        foreach (var tier in answerers.Where(a => a.IsCoarse))
        {
            var ranges = RangeSet.Of(legs.Where(l => l.Answerer == tier).Select(l => l.Range));
            if (ranges.IsEmpty)
                continue;
            var finer = answerers
                .TakeWhile(a => a != tier)
                .Select(a => (Answerer: a, Has: RangeSet.Of(a.Has.Intersect(ranges).Where(r => r.To - r.From > tier.Grid!.Width.Longest))))
                .Where(f => !f.Has.IsEmpty)
                .ToList();
            var why = $"nothing as fine as {wanted} survives there";
            if (finer.Count > 0)
                why =
                    $"{string.Join(", ", finer.Select(f => $"{Name(f.Answerer)}, which has {f.Has[0]},"))} does not begin where a bucket of {tier.Shown.Name} ends; ask from there on to read it";
            yield return $"{Hull(ranges)} is answered by {tier.Shown.Name}: {why}";
        }
    }

    private string Name(Answerer answerer) => answerer.Grid is null ? RelationId.Source.Text : blueprint.Tier(answerer.Relation).Name;

    /// <summary>
    /// Pieces split where a relation does not know a state: a shown bucket of which it knows one only in part is not known.
    /// </summary>
    private List<AnswerPiece> Known(List<AnswerPiece> pieces, QueryRequest request, List<string> notes)
    {
        List<AnswerPiece> known = [];
        foreach (var piece in pieces)
        {
            List<(string Column, RangeSet Thin)> unknown = [.. piece.Relation == RelationId.Source ? [] : Unknown(piece)];
            notes.AddRange(
                from value in blueprint.Values
                where request.Columns.Count == 0 || request.Columns.Contains(value.Name, StringComparer.Ordinal)
                let thin = RangeSet.Of(unknown.Where(u => value.States.Contains(u.Column)).SelectMany(u => u.Thin))
                where !thin.IsEmpty
                select $"{value.Name} is not known to {piece.Relation} for {string.Join(", ", thin)}: it was asked for after what it is made from had gone"
            );
            known.AddRange(
                MissingStates
                    .Split(RangeSet.Of(piece.Range), unknown)
                    .SelectMany(p => p.Ranges.Select(r => piece with { Range = r, Unknown = p.Unknown }))
            );
        }

        return [.. known.OrderBy(p => p.Range.From)];
    }

    private IEnumerable<(string Column, RangeSet Thin)> Unknown(AnswerPiece piece) =>
        from column in blueprint.StateNames
        let sets = ledger.Of(piece.Relation)
        let thin = sets.Columns.Contains(column)
            ? piece.Shown.BucketsTouching(sets.Thin.GetValueOrDefault(column, RangeSet.Empty).Intersect(piece.Range))
            : RangeSet.Of(piece.Range)
        where !thin.IsEmpty
        select (column, thin);

    /// <summary>How wide a bucket is, clock changes left aside.</summary>
    private static Duration Nominal(Width width) =>
        width switch
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
        return known.Covered.Start is not { } start
            ? RangeSet.Empty
            : known.Covered.Add(TimeRange.Before(start)).Except(known.Frozen).Except(known.Lost);
    }

    /// <summary>Whether nesting holds is decided over what was asked for: old offsets of a zone are no matter for modern days.</summary>
    private static bool Fits(TierLayout tier, Grid? exact, Duration wanted, TimeRange asked) =>
        Nominal(tier.Grid.Width) <= wanted && (exact is null || tier.Grid.BoundariesContain(exact, asked, out _));

    private TierLayout Open(List<TierLayout> fitting, Duration wanted, Duration least)
    {
        if (fitting.Count > 0)
            return fitting[^1];
        var width = s_round.LastOrDefault(w => w <= wanted.TotalMilliseconds, s_round[0]);
        if (width < least.TotalMilliseconds)
            width = s_round.FirstOrDefault(w => w >= least.TotalMilliseconds, s_round[^1] * (long)Math.Ceiling(least.TotalDays));
        return MadeFor(Grid.Fixed(new Width.Fixed(width), NodaConstants.UnixEpoch));
    }

    private TierLayout MadeFor(Grid grid) =>
        new()
        {
            Id = new($"?{grid.Id}"),
            Name = grid.Width.Name,
            Grid = grid,
            Keep = Keep.Zero,
            States = blueprint.Source,
            View = null,
            Input = RelationId.Source,
            InChain = false,
        };

    private Grid Wanted(string every, DateTimeZone? zone)
    {
        var tier = blueprint.Tiers.FirstOrDefault(t => t.Name == every || t.Id.Text == every);
        if (tier is not null && (zone is null || tier.Grid.Width is not Width.Calendar || tier.Grid.Zone.Id == zone.Id))
            return tier.Grid;
        var width = tier?.Grid.Width;
        if (width is null && !Width.TryParse(every, out width, out var error))
            throw new PolicyException(WorkCodes.BadQuestion, $"--every {every}: {error}");
        return width is Width.Calendar calendar
            ? Grid.Calendar(calendar, zone ?? DateTimeZoneProviders.Tzdb[blueprint.Policy.LocalZone])
            : Grid.Fixed((Width.Fixed)width, NodaConstants.UnixEpoch);
    }

    private static DateTimeZone? Zone(string? id) =>
        id is null
            ? null
            : DateTimeZoneProviders.Tzdb.GetZoneOrNull(id)
                ?? throw new PolicyException(
                    WorkCodes.BadQuestion,
                    $"There is no time zone {id}. Write an IANA name such as Europe/Berlin, or UTC."
                );

    private static string Hull(RangeSet ranges) => new TimeRange(ranges.Start!.Value, ranges.End!.Value).ToString();

    private static string Span(Duration width) =>
        width switch
        {
            { TotalDays: >= 1 } => FormattableString.Invariant($"{width.TotalDays:0.#} days"),
            { TotalHours: >= 1 } => FormattableString.Invariant($"{width.TotalHours:0.#} h"),
            { TotalMinutes: >= 1 } => FormattableString.Invariant($"{width.TotalMinutes:0.#} min"),
            _ => FormattableString.Invariant($"{width.TotalSeconds:0.#} s"),
        };
}
