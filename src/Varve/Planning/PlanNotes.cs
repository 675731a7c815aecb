using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>What a person should know about a table, whatever the plan does.</summary>
internal static class PlanNotes
{
    private static readonly double s_oldest = Instant.FromUtc(1990, 1, 1, 0, 0).ToUnixTimeSeconds();
    private static readonly double s_newest = Instant.FromUtc(2100, 1, 1, 0, 0).ToUnixTimeSeconds();
    private static readonly Instant s_february = Instant.FromUtc(1970, 2, 1, 0, 0);

    // Fewer dead rows, or a smaller part of all, are what autovacuum leaves to lie.
    private const int LeastDead = 10_000;
    private const int MostLivePerDead = 4;

    // Coarsest first, with how many make a second.
    private static readonly (TimeUnit Unit, string Text, double Scale)[] s_units =
    [
        (TimeUnit.Seconds, "s", 1),
        (TimeUnit.Milliseconds, "ms", 1e3),
        (TimeUnit.Microseconds, "us", 1e6),
        (TimeUnit.Nanoseconds, "ns", 1e9),
    ];

    public static IReadOnlyList<Problem> Of(ProjectedLedger draft, TableState state)
    {
        var blueprint = draft.Blueprint;
        List<Problem> notes = [.. blueprint.Tiers.SelectMany(t => Thin(draft, t))];
        foreach (var (tier, range) in state.Unknown)
            notes.Add(Note(CatalogSigns.Code, $"{CatalogSigns.Text(blueprint.Tier(tier), range)} A run stops here."));
        if (state.Frozen is { Rows: > 0, First: { } first, Last: { } last } && blueprint.Policy.LateAfterExpiry == LateAfterExpiry.Hold)
        {
            notes.Add(
                Note(
                    WorkCodes.LateAfterExpiry,
                    FormattableString.Invariant(
                        $"{PlanText.Count(state.Frozen.Rows, "row")} between {InstantText.Format(first)} and {InstantText.Format(last)} came for a range that has expired; {They(state.Frozen.Rows, "stay in", "stays in")} {blueprint.Source.Text} and {(state.Frozen.Rows == 1 ? "is" : "are")} in no tier (late_after_expiry: hold)"
                    )
                )
            );
        }

        if (Timeless(blueprint, state) is { } timeless)
            notes.Add(
                Note(
                    WorkCodes.NoTime,
                    $"{timeless}: {(state.Timeless == 1 ? "it is in no tier and never expires" : "they are in no tier and never expire")}"
                )
            );

        if (state.Future is { Rows: > 0, Last: { } newest })
        {
            notes.Add(
                Note(
                    WorkCodes.Future,
                    FormattableString.Invariant(
                        $"{PlanText.Count(state.Future.Rows, "row")} of {blueprint.Source.Text} {(state.Future.Rows == 1 ? "is" : "are")} later than the planning instant, up to {InstantText.Format(newest)}: {(state.Future.Rows == 1 ? "it waits until its" : "they wait until their")} time has come"
                    )
                )
            );
        }

        if (IsMuch(state.Dead, state.Rows))
            notes.Add(
                Note(
                    WorkCodes.DeadRows,
                    FormattableString.Invariant(
                        $"{blueprint.Source.Text} has about {state.Dead:N0} dead rows beside {state.Rows:N0} live ones: vacuum makes their room free to be used again, and the disk does not get it back"
                    )
                )
            );

        if (Deleted(draft, state) is { } deleted)
            notes.Add(deleted);
        if (Unit(blueprint, state.First, state.Last) is { } unit)
            notes.Add(unit);
        notes.AddRange(LoneRows.In(state.Days ?? []).Select(rows => Alone(rows, blueprint)));
        return notes;
    }

    // What goes with a whole part leaves nothing behind.
    private static Problem? Deleted(ProjectedLedger draft, TableState state)
    {
        var blueprint = draft.Blueprint;
        if (!state.LeavesDeadRows)
            return null;
        var rows = draft
            .Steps.Where(s => s is PlanStep.Expire or PlanStep.Discard && s.Relation == RelationId.Source)
            .Where(s => !blueprint.Pieces.Any(p => s.Touches.Covers(p.Range)))
            .Sum(s => s.Rows);
        return IsMuch(rows, state.Rows - rows)
            ? Note(
                WorkCodes.DeadRows,
                FormattableString.Invariant(
                    $"about {rows:N0} rows of {blueprint.Source.Text} are deleted one by one, and {Math.Max(0, state.Rows - rows):N0} stay: vacuum makes their room free to be used again, and the disk does not get it back; of a table that is partitioned by {blueprint.Time.Name} whole partitions go, and their room with them"
                )
            )
            : null;
    }

    private static bool IsMuch(long dead, long live) => dead >= LeastDead && dead * MostLivePerDead >= live;

    /// <summary>
    /// Where a unit that is too fine puts all rows near 1970, or close to it: which unit would make a time of today of them; null
    /// where they are well.
    /// </summary>
    /// <param name="blueprint">The policy bound to its table.</param>
    /// <param name="oldest">The oldest row of the source.</param>
    /// <param name="newest">The newest one.</param>
    public static Problem? Unit(PolicyLayout blueprint, Instant? oldest, Instant? newest)
    {
        var time = blueprint.Time;
        if (
            time.Type is not ColumnType.Integer
            || oldest is not { } first
            || newest is not { } last
            || first < NodaConstants.UnixEpoch
            || last >= s_february
        )
            return null;
        foreach (var (_, text, scale) in s_units.TakeWhile(u => u.Unit != time.Unit))
        {
            var factor = s_units.First(u => u.Unit == time.Unit).Scale / scale;
            var (from, to) = (
                (first - NodaConstants.UnixEpoch).TotalSeconds * factor,
                (last - NodaConstants.UnixEpoch).TotalSeconds * factor
            );
            if (from < s_oldest || to >= s_newest)
                continue;
            var (read, meant) = (InstantText.Format(last), InstantText.Format(Instant.FromUnixTimeSeconds((long)Math.Round(to))));
            return Note(
                WorkCodes.WrongUnit,
                $"all rows of {blueprint.Source.Text} lie in January 1970, up to {read}: is the unit of {time.Name} {text}? The newest would be of {meant} then (time: {{ column: {time.Name}, unit: {text} }})"
            );
        }

        return null;
    }

    /// <summary>The note on rows that lie alone.</summary>
    public static Problem Alone(LoneRows rows, PolicyLayout blueprint) =>
        Note(WorkCodes.Alone, $"{rows.Text(blueprint.Source)}: if a clock was wrong, or a default was stored, delete or mend them");

    /// <summary>Rows of a table that have no time that counts; null for none.</summary>
    internal static string? Timeless(PolicyLayout blueprint, TableState state)
    {
        var (unset, outside) = (state.Timeless - state.OutOfRange, state.OutOfRange);
        var (source, time) = (blueprint.Source.Text, blueprint.Time.Name);
        return (unset, outside) switch
        {
            (0, 0) => null,
            (_, 0) => $"{PlanText.Count(unset, "row")} of {source} {Have(unset)} no finite {time}",
            (0, _) => FormattableString.Invariant(
                $"{PlanText.Count(outside, "row")} of {source} {Have(outside)} a {time} out of range (beyond the years {blueprint.Time.Years})"
            ),
            _ => FormattableString.Invariant(
                $"{PlanText.Count(unset, "row")} of {source} {Have(unset)} no finite {time}, and {outside:N0} one out of range (beyond the years {blueprint.Time.Years})"
            ),
        };
    }

    private static string Have(long rows) => rows == 1 ? "has" : "have";

    private static string They(long rows, string many, string one) => rows == 1 ? $"it {one}" : $"they {many}";

    /// <summary>What a tier will never know of the functions that the policy asks for, and what it does not know yet.</summary>
    private static IEnumerable<Problem> Thin(ProjectedLedger draft, TierLayout tier)
    {
        var sets = draft.Of(tier.Id);
        if (sets.Thin.Count == 0)
            return [];
        var doubtful = tier.BucketsTouching(draft.UnverifiedSource).Except(sets.CutRanges);
        return
        [
            .. Thin(draft, sets, RangeSet.Of(TimeRange.All).Except(doubtful))
                .Select(thin =>
                    Note(
                        WorkCodes.UnknownStates,
                        $"{thin.Names} of {tier.Id} cannot be regained for {thin.Ranges}: the policy did not ask for it when this was built, and what it was built from has expired or was removed; it reads as NULL there"
                    )
                ),
            .. Thin(draft, sets, doubtful)
                .Select(thin =>
                    Note(
                        WorkCodes.ChangedBeforeFunction,
                        $"{thin.Names} of {tier.Id} is not filled for {thin.Ranges}: the rows changed there since this was built, where nothing is watched; it reads as NULL until the proof before expiry has found what changed. invalidate builds it from what is there now"
                    )
                ),
        ];
    }

    private static IEnumerable<(string Names, string Ranges)> Thin(ProjectedLedger draft, ProjectedSets sets, RangeSet within) =>
        from value in draft.Blueprint.Values
        let ranges = sets.ThinIn(value.States).Intersect(within).Except(sets.Frozen).Except(sets.Dirty)
        where !ranges.IsEmpty
        group value.Name by string.Join(", ", ranges.Take(3))
            + (ranges.Count > 3 ? FormattableString.Invariant($" and {ranges.Count - 3} more ranges") : "") into names
        select (Suggestions.Listed(names), names.Key);

    private static Problem Note(string code, string message) => new(code, message) { IsWarning = true };
}
