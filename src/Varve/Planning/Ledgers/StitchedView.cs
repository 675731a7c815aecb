using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>A range of the stitched view and who answers it.</summary>
/// <param name="Relation"><see cref="RelationId.Source"/> or a tier id.</param>
/// <param name="Range">Disjoint from every other part's.</param>
public sealed record StitchPart(RelationId Relation, TimeRange Range);

/// <summary>
/// Which relation answers which range: the chain from the coarsest tier down, each read only where it has the whole
/// bucket of the next coarser one, then the source for what is not covered yet. The parts are disjoint, ascending, and
/// together all of time, so no row is counted twice or lost.
/// </summary>
public static class StitchedView
{
    /// <summary>The parts of a policy's stitched view; one for the source alone where there are no tiers.</summary>
    public static IReadOnlyList<StitchPart> Of(PolicyLayout blueprint, Func<RelationId, RelationLedger> ledgers)
    {
        List<StitchPart> parts = [];
        var from = Instant.MinValue;
        var chain = Chain(blueprint, ledgers);
        for (var i = 0; i < chain.Count; i++)
        {
            var to =
                i + 1 < chain.Count
                    ? Edge(chain[i], ledgers(chain[i].Id), chain[i + 1], ledgers(chain[i + 1].Id))!.Value
                    : Settled(ledgers(chain[i].Id));
            if (to <= from)
                continue;
            parts.Add(new(chain[i].Id, new(from, to)));
            from = to;
        }

        // A bucket of which the source has only a part is no more to be had from that part.
        if ((chain.Count > 0 ? chain[^1] : blueprint.Tiers.FirstOrDefault(t => t.InChain)) is { } finest)
        {
            var whole = Instant.Max(
                finest.Grid.Ceiling(ledgers(RelationId.Source).Frozen.End ?? Instant.MinValue),
                chain.Count == 0 ? Settled(ledgers(finest.Id)) : from
            );
            if (whole > from)
            {
                if (parts.Count > 0 && parts[^1].Relation == finest.Id)
                    parts[^1] = parts[^1] with { Range = new(parts[^1].Range.From, whole) };
                else
                    parts.Add(new(finest.Id, new(from, whole)));
                from = whole;
            }
        }

        parts.Add(new(RelationId.Source, TimeRange.Since(from)));
        return parts;
    }

    /// <summary>Up to where the buckets of a tier are built, or known never to be.</summary>
    private static Instant Settled(RelationLedger ledger) =>
        Instant.Max(ledger.Covered.End ?? Instant.MinValue, ledger.Lost.End ?? Instant.MinValue);

    /// <summary>
    /// The tiers that can answer, coarsest first; one that is still being filled behind a coarser one is left out, and so is
    /// one that has no boundary in common with it where it should take over.
    /// </summary>
    private static List<TierLayout> Chain(PolicyLayout blueprint, Func<RelationId, RelationLedger> ledgers)
    {
        List<TierLayout> chain = [];
        var until = Instant.MinValue;
        foreach (var tier in blueprint.Tiers.Where(t => t.InChain).Reverse())
        {
            if (ledgers(tier.Id).Covered.End is not { } end || end < until)
                continue;
            if (chain.Count > 0 && Edge(chain[^1], ledgers(chain[^1].Id), tier, ledgers(tier.Id)) is null)
                continue;
            chain.Add(tier);
            until = end;
        }

        return chain;
    }

    /// <summary>
    /// From which boundary of the coarser tier on the finer one has everything; where the coarser one has lost its buckets
    /// before that, from where on the finer one has anything. Of a time when the zone had another offset, the finer one may
    /// not have the boundaries of the coarser one: it begins with the first that it has. Null where there is none.
    /// </summary>
    private static Instant? Edge(TierLayout tier, RelationLedger coarse, TierLayout finer, RelationLedger fine)
    {
        var gone = Instant.Max(fine.Frozen.End ?? Instant.MinValue, fine.Lost.End ?? Instant.MinValue);
        var start = fine.Covered.Start!.Value;
        if (coarse.Covered.Start is { } first && tier.Grid.Floor(start) > first)
            gone = Instant.Max(gone, start);
        var whole = tier.Grid.Ceiling(gone);
        if (coarse.Lost.FirstOrDefault(lost => lost.From < whole && whole <= lost.To) is { } lost)
            return Instant.Max(lost.From, finer.Grid.Ceiling(gone));
        if (whole == Instant.MinValue || finer.Grid.IsBoundary(whole))
            return whole;
        var end = Settled(coarse);
        return finer.Grid.NestedBuckets(tier.Grid, new(whole, Instant.Max(whole, end))).Start ?? (finer.Grid.IsBoundary(end) ? end : null);
    }
}
