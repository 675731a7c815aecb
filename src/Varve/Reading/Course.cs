using NodaTime;
using Varve.Time;

namespace Varve.Reading;

/// <summary>A range and who answers it; null for a range that nobody has.</summary>
internal sealed record Leg(Answerer? Answerer, TimeRange Range);

/// <summary>
/// The way through a range, seam by seam, on which the least time is missing; among those the one with the least time in
/// what is least wanted, then in the next, and so on. A tier is read in whole buckets, which may reach beyond the range.
/// </summary>
internal sealed class Course
{
    private readonly IReadOnlyList<Answerer> _answerers;
    private readonly TimeRange _asked;
    private readonly List<Instant> _seams;
    private readonly Place?[] _places;

    private Course(IReadOnlyList<Answerer> answerers, TimeRange asked)
    {
        (_answerers, _asked) = (answerers, asked);
        _seams = Seams.Of(answerers, asked);
        _places = new Place?[_seams.Count];
    }

    /// <summary>The legs in the order of time: disjoint, without a gap, and all of the range together.</summary>
    /// <param name="answerers">The most wanted first.</param>
    /// <param name="asked">The range.</param>
    public static IReadOnlyList<Leg> Through(IReadOnlyList<Answerer> answerers, TimeRange asked) => new Course(answerers, asked).Legs();

    private List<Leg> Legs()
    {
        _places[0] = new(new Duration[_answerers.Count + 1], null, new(null, new(_asked.From, _asked.From)));
        foreach (var answerer in _answerers)
            if (answerer.Before(_asked.From) is var start && start < _asked.From)
                Go(0, start, answerer);
        for (var i = 0; i < _seams.Count && _seams[i] < _asked.To; i++)
        {
            if (_places[i] is null)
                continue;
            foreach (var answerer in _answerers.Where(a => a.CanBeCut(_seams[i])))
                Go(i, _seams[i], answerer);
            Reach(i, i + 1, null, new(_seams[i], _seams[i + 1]));
        }

        var last = Enumerable
            .Range(0, _seams.Count)
            .Where(i => _seams[i] >= _asked.To && _places[i] is not null)
            .Select(i => _places[i]!)
            .Aggregate((best, place) => Compare(place.Cost, best.Cost) < 0 ? place : best);
        List<Leg> legs = [];
        for (var place = last; place.Before is not null; place = place.Before)
            legs.Add(place.Leg);
        legs.Reverse();
        return Joined(legs);
    }

    /// <summary>On with one answerer from a place to the next where it can be cut.</summary>
    private void Go(int from, Instant start, Answerer answerer)
    {
        var range = answerer.Has.FirstOrDefault(r => r.Contains(start));
        for (var to = from + 1; range is not null && to < _seams.Count && _seams[to] <= range.To; to++)
        {
            if (!answerer.CanBeCut(_seams[to]))
                continue;
            Reach(from, to, answerer, new(start, _seams[to]));
            return;
        }
    }

    private void Reach(int from, int to, Answerer? answerer, TimeRange range)
    {
        if (range.IsEmpty)
            return;
        var cost = (Duration[])_places[from]!.Cost.Clone();
        cost[Weight(answerer)] += range.To - range.From;
        if (_places[to] is not { } there || Compare(cost, there.Cost) < 0)
            _places[to] = new(cost, _places[from], new(answerer, range));
    }

    /// <summary>The place in the cost of a way: what is missing first, then the least wanted.</summary>
    private int Weight(Answerer? answerer)
    {
        for (var i = 0; i < _answerers.Count; i++)
            if (ReferenceEquals(_answerers[i], answerer))
                return _answerers.Count - i;
        return 0;
    }

    private static int Compare(Duration[] one, Duration[] other)
    {
        for (var i = 0; i < one.Length; i++)
            if (one[i].CompareTo(other[i]) is var order && order != 0)
                return order;
        return 0;
    }

    private static List<Leg> Joined(List<Leg> legs)
    {
        List<Leg> joined = [];
        foreach (var leg in legs)
        {
            if (joined is [.., var last] && ReferenceEquals(last.Answerer, leg.Answerer))
                joined[^1] = leg with { Range = new(last.Range.From, leg.Range.To) };
            else
                joined.Add(leg);
        }

        return joined;
    }

    /// <summary>The cheapest way to a seam.</summary>
    private sealed record Place(Duration[] Cost, Place? Before, Leg Leg);
}
