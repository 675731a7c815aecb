using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Server.Api;

/// <summary>The grid of windows: a span cut into as many as a screen shows, each with the one state that matters most.</summary>
internal static class Coverage
{
    internal const int Most = 2_000;

    internal static CoverageShape Of(string policy, Ledger ledger, IEnumerable<RelationId> relations, TimeRange range, int windows) =>
        new(policy, range, [.. relations.Select(r => new RelationCoverage(r.Text, Windows(ledger.Of(r), range, windows)))], ledger.Holds);

    private static List<CoverageWindow> Windows(RelationLedger ledger, TimeRange range, int windows)
    {
        (WindowState State, RangeSet Ranges)[] states =
        [
            (WindowState.Halted, ledger.Halted),
            (WindowState.Lost, ledger.Lost),
            (WindowState.Cut, ledger.CutRanges),
            (WindowState.Dirty, ledger.Dirty),
            (WindowState.Covered, ledger.Covered),
            (WindowState.Expired, ledger.Frozen),
        ];
        List<CoverageWindow> all = [];
        var width = (range.To - range.From) / windows;
        for (var i = 0; i < windows; i++)
        {
            var (from, to) = (range.From + (width * i), i + 1 == windows ? range.To : range.From + (width * (i + 1)));
            var window = RangeSet.Of(new TimeRange(from, to));
            var state = WindowState.Open;
            foreach (var (named, ranges) in states)
            {
                if (ranges.Intersect(window).IsEmpty)
                    continue;
                state = named;
                break;
            }

            if (all.Count > 0 && all[^1].State == state)
                all[^1] = all[^1] with { To = to };
            else
                all.Add(new(from, to, state));
        }

        return all;
    }
}
