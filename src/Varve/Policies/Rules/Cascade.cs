using NodaTime;
using Varve.Time;

namespace Varve.Policies;

/// <summary>What each tier of a policy is built from, and which tiers the stitched view reads.</summary>
internal sealed record Cascade(IReadOnlyList<CascadeTier> Tiers)
{
    private static readonly string[] Finer = ["1h", "30m", "15m", "5m", "1m", "1s"];

    /// <summary>The years that are looked at where the extent of the data is not known.</summary>
    internal static TimeRange Years { get; } = new(Instant.FromUtc(1970, 1, 1, 0, 0), Instant.FromUtc(2100, 1, 1, 0, 0));

    /// <summary>
    /// The years in which the boundaries of an input must contain those of what is built from it. What did not nest earlier,
    /// when a zone had another offset, is built from the source: an odd offset of long ago decides nothing for today's rows.
    /// </summary>
    internal static TimeRange Recent { get; } = new(Instant.FromUtc(2025, 1, 1, 0, 0), Years.To);

    /// <summary>
    /// Chooses the inputs; null where a tier has none, which is reported. The zones exist and the tiers get coarser.
    /// </summary>
    internal static Cascade? Choose(Policy policy, TimeRange span, List<Problem> problems)
    {
        var known = problems.Count;
        var years = Reach(span);
        var grids = policy.Tiers.Select(tier => GridOf(tier, policy)).ToList();
        int?[] inputs = [.. grids.Select((_, i) => Input(policy, grids, i, years, problems))];
        if (problems.Count > known)
            return null;
        var chain = Chain(grids);
        return new([.. grids.Select((grid, i) => new CascadeTier(policy.Tiers[i], grid, inputs[i], chain.Contains(i)))]);
    }

    /// <summary>The extent of the data, at least until 2100, because it grows.</summary>
    internal static TimeRange Reach(TimeRange span)
    {
        var from = span.IsEmpty || span.FromStart ? Years.From : span.From;
        var to = span.IsEmpty || span.ToEnd ? Years.To : Instant.Max(span.To, Years.To);
        return new(Instant.Min(from, to), to);
    }

    internal static Grid GridOf(Tier tier, Policy policy) =>
        tier.Every switch
        {
            Width.Fixed width => Grid.Fixed(width, tier.Origin),
            Width.Calendar width => Grid.Calendar(width, DateTimeZoneProviders.Tzdb[tier.Zone ?? policy.Zone]),
            _ => throw new InvalidOperationException("The family of widths is closed."),
        };

    private static int? Input(Policy policy, List<Grid> grids, int index, TimeRange years, List<Problem> problems)
    {
        var need = new Need(grids[index].LongestBucket(years), policy);
        Instant? missing = null;
        int? nearest = null;
        for (var finer = index - 1; finer >= 0; finer--)
        {
            if (!grids[finer].BoundariesContain(grids[index], Recent, out var first))
            {
                missing ??= first;
                continue;
            }

            if (policy.Tiers[finer].Keep.Shortest >= need.Length)
                return finer;
            nearest ??= finer;
        }

        if (policy.Keep.Shortest < need.Length)
            problems.Add(Refuse(policy, grids, index, nearest, missing, need));
        return null;
    }

    private static Problem Refuse(Policy policy, List<Grid> grids, int index, int? nearest, Instant? missing, Need need)
    {
        var tier = $"Tier `{TierNames.Of(policy.Tiers[index])}`";
        var path = TierNames.Path(index, "every");
        if (missing is not { } at || nearest is not null)
        {
            var (input, keep) = nearest is { } finer
                ? ($"tier `{TierNames.Of(policy.Tiers[finer])}`", policy.Tiers[finer].Keep)
                : ("the source", policy.Keep);
            return new(
                PolicyCodes.KeepTooShort,
                $"{tier} needs {need.Text} of {input}, which keeps only {DurationText.Text(keep)}: its buckets could not close. Keep {input} longer, or make the tier finer."
            )
            {
                Path = path,
            };
        }

        var before = TierNames.Of(policy.Tiers[index - 1]);
        var instead = Suggest(policy, grids, index) is { } found
            ? $" A tier of {found} would do; or keep the source longer."
            : " Keep the source longer.";
        return new(
            PolicyCodes.NoInput,
            $"{tier} cannot be built from tier `{before}`, which has no boundary at {InstantText.Format(at)}, and it needs {need.Text} of the source, which keeps only {DurationText.Text(policy.Keep)}.{instead}"
        )
        {
            Path = path,
        };
    }

    private static string? Suggest(Policy policy, List<Grid> grids, int index)
    {
        var wanted = grids[index];
        var zone = policy.Tiers[index].Zone ?? policy.Zone;
        if (wanted.Width is Width.Calendar and not { Name: "1d" })
            return zone == "UTC" ? "1d" : $"1d in {zone}";
        return Finer.FirstOrDefault(name =>
            Width.Parse(name) is Width.Fixed width
            && width.Longest < wanted.Width.Longest
            && Grid.Fixed(width, policy.Tiers[index].Origin).BoundariesContain(wanted, Recent, out _)
        );
    }

    private static HashSet<int> Chain(List<Grid> grids)
    {
        HashSet<int> chain = [];
        Grid? coarser = null;
        foreach (var i in Enumerable.Range(0, grids.Count).OrderByDescending(i => grids[i].Width.Longest))
        {
            if (coarser is not null && !grids[i].BoundariesContain(coarser, Recent, out _))
                continue;
            chain.Add(i);
            coarser = grids[i];
        }

        return chain;
    }

    // What an input must hold back: the bucket itself, the stragglers, and what is looked at again.
    private sealed record Need(Duration Bucket, Policy Policy)
    {
        internal Duration Length { get; } = Bucket + Policy.Late.Longest + (Policy.Recheck?.Longest ?? Duration.Zero);

        internal string Text =>
            Length == Bucket
                ? DurationText.Text(Length)
                : $"{DurationText.Text(Length)} (bucket {DurationText.Text(Bucket)}, late {Policy.Late.Text}{(Policy.Recheck is { } recheck ? $", recheck {recheck.Text}" : "")})";
    }
}

/// <summary>
/// One tier: its boundaries, the index of the tier it is built from (null: the source), and whether the stitched view reads
/// it.
/// </summary>
internal sealed record CascadeTier(Tier Tier, Grid Grid, int? Input, bool InChain);
