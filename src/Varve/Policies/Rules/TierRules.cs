using NodaTime;
using Varve.Time;

namespace Varve.Policies;

/// <summary>How the tiers of a policy must look before inputs can be chosen for them.</summary>
internal static class TierRules
{
    internal static void Check(Policy policy, List<Problem> problems)
    {
        Zone(policy.Zone, "zone", problems);
        for (var i = 0; i < policy.Tiers.Count; i++)
        {
            Fits(policy.Tiers[i], i, problems);
            if (i > 0)
                Coarser(policy, i, problems);
            Stays(policy, i, problems);
        }

        Names(policy, problems);
    }

    internal static void Zone(string zone, string path, List<Problem> problems)
    {
        var ids = DateTimeZoneProviders.Tzdb.Ids;
        if (ids.Contains(zone))
            return;
        string[] same = [.. ids.Where(id => id.Equals(zone, StringComparison.OrdinalIgnoreCase))];
        string[] near =
            same.Length > 0
                ? same
                : [.. ids.Where(id => id.EndsWith($"/{zone}", StringComparison.OrdinalIgnoreCase)), .. Suggestions.To(zone, ids)];
        var hint =
            near.Length > 0
                ? $"Did you mean {Suggestions.Listed(near.Distinct().Take(3))}?"
                : "Write a name of the IANA data, such as Europe/Berlin or UTC.";
        problems.Add(new(PolicyCodes.UnknownZone, $"There is no time zone `{zone}`. {hint}") { Path = path });
    }

    private static void Fits(Tier tier, int index, List<Problem> problems)
    {
        if (tier.Zone is { } zone)
        {
            Zone(zone, TierNames.Path(index, "zone"), problems);
            if (tier.Every is Width.Fixed)
            {
                problems.Add(
                    new(
                        PolicyCodes.WidthMismatch,
                        $"Tier `{TierNames.Of(tier)}` has a fixed width, whose buckets are ranges of UTC, and the zone {zone}. Take the zone out, or use a calendar width such as 1d."
                    )
                    {
                        Path = TierNames.Path(index, "zone"),
                    }
                );
            }
        }

        if (tier.Origin == NodaConstants.UnixEpoch)
            return;
        var path = TierNames.Path(index, "origin");
        if (tier.Every is Width.Calendar)
        {
            problems.Add(
                new(
                    PolicyCodes.WidthMismatch,
                    $"Tier `{TierNames.Of(tier)}` follows the calendar and has the origin {InstantText.Format(tier.Origin)}. Origins are for fixed widths: take it out, or write a width such as 24h."
                )
                {
                    Path = path,
                }
            );
        }
        else if (
            tier.Origin == Instant.MinValue
            || tier.Origin == Instant.MaxValue
            || Micros.FloorToMilliseconds(tier.Origin) != tier.Origin
        )
        {
            problems.Add(
                new(
                    PolicyCodes.WidthMismatch,
                    $"The origin {InstantText.Format(tier.Origin)} of tier `{TierNames.Of(tier)}` is not in whole milliseconds. Cut what is finer."
                )
                {
                    Path = path,
                }
            );
        }
    }

    private static void Coarser(Policy policy, int index, List<Problem> problems)
    {
        var (finer, tier) = (policy.Tiers[index - 1], policy.Tiers[index]);
        if (Nominal(tier.Every) > Nominal(finer.Every) || IsOfAnotherZone(policy, index))
            return;
        problems.Add(
            new(
                PolicyCodes.NotCoarser,
                $"Tier `{TierNames.Of(tier)}` ({tier.Every.Name}) is not coarser than the one before it, `{TierNames.Of(finer)}` ({finer.Every.Name}). List the tiers from the finest to the coarsest, each width once in each zone."
            )
            {
                Path = TierNames.Path(index, "every"),
            }
        );
    }

    /// <summary>The same calendar width as the tier before it, in a zone that no tier of that width has yet.</summary>
    private static bool IsOfAnotherZone(Policy policy, int index)
    {
        var tier = policy.Tiers[index];
        if (tier.Every is not Width.Calendar || policy.Tiers[index - 1].Every != tier.Every)
            return false;
        var alike = policy.Tiers.Take(index + 1).Where(t => t.Every == tier.Every).ToList();
        return alike.All(t => DateTimeZoneProviders.Tzdb.GetZoneOrNull(t.Zone ?? policy.Zone) is not null)
            && alike.Select(t => Cascade.GridOf(t, policy).Id).Distinct().Count() == alike.Count;
    }

    private static void Stays(Policy policy, int index, List<Problem> problems)
    {
        var (finer, before) =
            index == 0 ? ("the source", policy.Keep) : ($"tier `{TierNames.Of(policy.Tiers[index - 1])}`", policy.Tiers[index - 1].Keep);
        var tier = policy.Tiers[index];
        if (tier.Keep.IsAtLeast(before))
            return;
        var longest =
            before.IsForever || before.Shortest == before.Longest
                ? before.Text
                : $"{before.Text} (as long as {DurationText.Text(before.Longest)})";
        var wayOut =
            index > 0 && before.IsForever ? $"Keep the tier forever, or {finer} no longer than {tier.Keep.Text}."
            : index == 0 && before.IsForever ? $"Give the source a `keep` of at most {tier.Keep.Text}, or keep the tier forever."
            : $"Keep the tier for at least {before.Text}, or {finer} shorter.";
        problems.Add(
            new(
                PolicyCodes.KeepShrinks,
                $"Tier `{TierNames.Of(tier)}` keeps {DurationText.Text(tier.Keep)} and is coarser than {finer}, which keeps {longest}. {wayOut}"
            )
            {
                Path = TierNames.Path(index, "keep"),
            }
        );
    }

    private static void Names(Policy policy, List<Problem> problems)
    {
        var names = policy.Tiers.Select(TierNames.Of).ToList();
        for (var i = 0; i < names.Count; i++)
        {
            if (names.IndexOf(names[i]) < i)
            {
                problems.Add(
                    new(PolicyCodes.NotUnique, $"Two tiers have the name `{names[i]}`. Give one of them another `name`.")
                    {
                        Path = TierNames.Path(i, "name"),
                    }
                );
                return;
            }
        }

        var relations = TierNames.All(policy, policy.Table);
        foreach (var (relation, path) in relations.Where((r, i) => relations.Take(i).Any(b => b.Relation == r.Relation)))
        {
            problems.Add(
                new(PolicyCodes.NamesCollide, $"Two relations would be called {relation.Text}. Give one of the tiers another `name`.")
                {
                    Path = path,
                }
            );
        }
    }

    // Fixed and calendar widths in one order; a month is 30 days here.
    private static Duration Nominal(Width width) =>
        width switch
        {
            Width.Fixed exact => exact.Longest,
            Width.Calendar { Unit: CalendarUnit.Day } => Duration.FromDays(1),
            Width.Calendar { Unit: CalendarUnit.Week } => Duration.FromDays(7),
            Width.Calendar { Months: { } months } => Duration.FromDays(30 * months),
            _ => throw new InvalidOperationException("The family of widths is closed."),
        };
}
