using NodaTime;
using Varve.Time;

namespace Varve.Reading;

/// <summary>
/// Where one answerer may follow another: the ends of what they have, and the nearest places on both sides of those where
/// neither of two leaves a part of a bucket to the other.
/// </summary>
internal static class Seams
{
    /// <summary>The places, in the order of time.</summary>
    public static List<Instant> Of(IReadOnlyList<Answerer> answerers, TimeRange asked)
    {
        SortedSet<Instant> seams = [asked.From, asked.To];
        foreach (var answerer in answerers)
        {
            seams.Add(answerer.After(asked.To));
            foreach (var range in answerer.Has)
                Add(seams, asked, range.From, range.To);
        }

        List<Instant> ends = [.. seams];
        foreach (var (one, other) in Pairs(answerers))
            Add(seams, asked, Common(one, other, ends));

        // A row can be told from its neighbours anywhere: rows lead from any seam to the next bucket of a tier.
        if (answerers.Any(a => a.Grid is null))
        {
            foreach (var at in seams.ToList())
                foreach (var tier in answerers.Where(a => a.Grid is not null))
                    Add(seams, asked, tier.Before(at), tier.After(at));
        }

        return [.. seams];
    }

    private static IEnumerable<(Answerer One, Answerer Other)> Pairs(IReadOnlyList<Answerer> answerers) =>
        from i in Enumerable.Range(0, answerers.Count)
        from j in Enumerable.Range(i + 1, answerers.Count - i - 1)
        where answerers[i].Grid is not null && answerers[j].Grid is not null
        select answerers[i].Grid!.Width.Longest >= answerers[j].Grid!.Width.Longest
            ? (answerers[i], answerers[j])
            : (answerers[j], answerers[i]);

    /// <summary>The nearest common boundaries before and after each end, where both have something.</summary>
    private static IEnumerable<Instant> Common(Answerer coarse, Answerer fine, List<Instant> ends)
    {
        if (coarse.Has.IsEmpty || fine.Has.IsEmpty)
            yield break;
        var from = Instant.Max(coarse.Has.Start!.Value, fine.Has.Start!.Value);
        var to = Instant.Min(coarse.Has.End!.Value, fine.Has.End!.Value);
        if (from > to)
            yield break;
        Instant? seen = null;
        foreach (var end in ends.Select(e => Instant.Min(Instant.Max(e, from), to)).Distinct())
        {
            // What lies behind the last one that was found needs no second look.
            if (seen is null || seen < end)
            {
                var back = Back(coarse, fine, end, Instant.Max(from, seen ?? from));
                if (back is { } before)
                    yield return before;
                seen = Forth(coarse, fine, end, to);
                if (seen is { } after)
                    yield return after;
                seen ??= Instant.MaxValue;
            }
        }
    }

    private static Instant? Back(Answerer coarse, Answerer fine, Instant end, Instant least)
    {
        for (var at = coarse.Before(end); at >= least; at = coarse.Before(at - Duration.Epsilon))
        {
            if (fine.CanBeCut(at))
                return at;
            if (at <= coarse.EmptyBefore)
                return fine.Before(at) is var before && before >= least ? before : null;
        }

        return null;
    }

    private static Instant? Forth(Answerer coarse, Answerer fine, Instant end, Instant most)
    {
        if (end < coarse.EmptyBefore && fine.After(end) is var after && after <= coarse.EmptyBefore)
            return after;
        for (
            var at = coarse.After(Instant.Max(end, coarse.EmptyBefore));
            at <= most && at < Instant.MaxValue;
            at = coarse.After(at + Duration.Epsilon)
        )
            if (fine.CanBeCut(at))
                return at;
        return null;
    }

    private static void Add(SortedSet<Instant> seams, TimeRange asked, params IEnumerable<Instant> places) =>
        seams.UnionWith(places.Where(at => asked.From < at && at < asked.To));
}
