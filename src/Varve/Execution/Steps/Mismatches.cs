using Varve.Engines;
using Varve.Planning;
using Varve.Time;

namespace Varve.Execution;

/// <summary>Reads the answer of a comparison.</summary>
internal static class Mismatches
{
    public static IReadOnlyList<Mismatch> Read(TierLayout tier, IReadOnlyList<Row> rows) =>
        [
            .. rows.Select(row => new Mismatch(
                tier.Grid.BucketOf(Micros.ToInstant(row.Long(0))),
                row.Long(1),
                row.Truth(2),
                row.Truth(3),
                row.Long(4),
                row.Long(5)
            )),
        ];
}
