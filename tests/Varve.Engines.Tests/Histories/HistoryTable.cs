using NodaTime;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.Histories;

/// <summary>The table of the histories, and rows for it: values are multiples of 1/1024, small enough that no sum hides one.</summary>
public static class HistoryTable
{
    public const int Id = 1;

    public const int Value = 2;

    public static IReadOnlyList<string?> Hosts { get; } = ["a", "b", null];

    public static SourceTable Table { get; } =
        new(
            new("m", "cpu"),
            "ts",
            TimeKind.Timestamp,
            [new("host", ValueKind.Text), new("id", ValueKind.Integer), new("v", ValueKind.Double), new("n", ValueKind.Integer)]
        );

    public static ModelRow Row(long id, Instant at, Random random) =>
        new(
            id,
            SourceRow.Of(
                at,
                random.Next(12) == 0 ? null : Hosts[random.Next(3) == 0 ? 1 : 0],
                id,
                random.Next(20) switch
                {
                    0 => null,
                    1 => double.NaN,
                    2 => double.PositiveInfinity,
                    _ => (random.Next(1 << 20) - (1 << 19)) / 1024.0,
                },
                random.Next(10) == 0 ? null : random.NextInt64(-1000, 1000)
            )
        );

    /// <summary>An instant within a span; often a whole hour, so that edges and ties occur.</summary>
    public static Instant Within(Instant from, Duration span, Random random)
    {
        var at = from + Duration.FromMilliseconds((long)(span.TotalMilliseconds * random.NextDouble()));
        return random.Next(4) == 0 ? Instant.FromUnixTimeSeconds((long)Math.Floor(at.ToUnixTimeMilliseconds() / 3_600_000.0) * 3600) : at;
    }
}
