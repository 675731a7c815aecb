using NodaTime;
using Varve.Planning;

namespace Varve.Proposing;

/// <summary>How long the source stays and which tiers it gets, by how often a series has a value.</summary>
/// <param name="Keep">Of the source.</param>
/// <param name="Tiers">Width and keep, finest first.</param>
internal sealed record TierPick(string Keep, IReadOnlyList<(string Every, string Keep)> Tiers)
{
    /// <summary>The finest bucket has at least so many values.</summary>
    private const int LeastValues = 5;

    private static readonly (Duration Width, TierPick Pick)[] s_ladder =
    [
        (Duration.FromMinutes(1), new("14d", [("1m", "90d"), ("1h", "2y"), ("1d", "forever")])),
        (Duration.FromMinutes(5), new("30d", [("5m", "180d"), ("1h", "2y"), ("1d", "forever")])),
        (Duration.FromMinutes(15), new("60d", [("15m", "1y"), ("1h", "2y"), ("1d", "forever")])),
        (Duration.FromHours(1), new("90d", [("1h", "2y"), ("1d", "forever")])),
        (Duration.FromDays(1), new("2y", [("1d", "10y"), ("1mo", "forever")])),
    ];

    private static readonly TierPick s_coarse = new("5y", [("1mo", "forever")]);

    /// <summary>The proposal for a source whose series have a value every so often; without a pace, for minutes.</summary>
    public static TierPick For(TimeColumn time, Pace? pace)
    {
        var step = pace?.Median ?? Duration.FromMinutes(1);
        foreach (var (width, pick) in s_ladder)
            if (width >= step * LeastValues && (time.Type is not ColumnType.Date || width >= Duration.FromDays(1)))
                return pick;
        return s_coarse;
    }
}
