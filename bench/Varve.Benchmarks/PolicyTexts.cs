namespace Varve.Benchmarks;

/// <summary>The policies that are measured, as a user would write them.</summary>
internal static class PolicyTexts
{
    /// <summary>Every function that the hand-written statements compute, and nothing expires.</summary>
    public static string Cascade(string ties) => Expire(ties, "forever", "full");

    /// <summary>The same with one tier more, in front of the one that is the next coarser.</summary>
    public static string Added(string every, string coarser) =>
        Cascade("smallest")
            .Replace(
                $"  - {{ every: {coarser},",
                $"  - {{ every: {every}, keep: forever }}\n  - {{ every: {coarser},",
                StringComparison.Ordinal
            );

    /// <summary>The same with an end for the source.</summary>
    public static string Expire(string ties, string keep, string proof) => Of("raw", ties, keep, proof);

    /// <summary>The same of another table of the same columns.</summary>
    public static string Of(string table, string ties, string keep, string proof) =>
        $$"""
            policy: {{table}}
            table: {{table}}
            time: ts
            series: [sensor_id]
            measures: { value: [min, max, sum, count, first, last] }
            keep: {{keep}}
            ties: {{ties}}
            proof: {{proof}}
            tiers:
              - { every: 1m, keep: forever }
              - { every: 10m, keep: forever }
              - { every: 1h, keep: forever }
              - { every: 1d, keep: forever }
            """;
}
