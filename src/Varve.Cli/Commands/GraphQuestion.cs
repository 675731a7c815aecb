using NodaTime;
using Varve.Cli.Backends;
using Varve.Cli.Charts;
using Varve.Policies;
using Varve.Time;

namespace Varve.Cli.Commands;

/// <summary>What a chart of one measure is made from.</summary>
internal sealed record GraphQuestion
{
    private const int FewLines = 3;

    internal required string Policy { get; init; }

    internal required string Measure { get; init; }

    internal IReadOnlyList<KeyValuePair<string, string?>> Conditions { get; init; } = [];

    /// <summary>Whether all series are one line.</summary>
    internal bool Together { get; init; }

    internal string Scale { get; init; } = Charts.Scale.Kinds[0];

    /// <summary>Null: the measure's.</summary>
    internal string? Unit { get; init; }

    /// <summary>Null: the policy's.</summary>
    internal DateTimeZone? Zone { get; init; }

    /// <summary>Null: policy, measure and conditions.</summary>
    internal string? Title { get; init; }

    internal IReadOnlyList<(double Value, string Name)> Thresholds { get; init; } = [];

    /// <summary>Asks for what a chart needs of a measure: its extremes, and mean, last or whatever the policy has.</summary>
    internal async Task<Series> AskAsync(IBackend lifecycle, TimeRange range, int points, CancellationToken cancellation)
    {
        var series = await OnceAsync(lifecycle, range, points, cancellation);

        // Many lines of many points are one blot.
        return series.Curves.Count > FewLines ? await OnceAsync(lifecycle, range, points / 4, cancellation) : series;
    }

    private async Task<Series> OnceAsync(IBackend lifecycle, TimeRange range, int points, CancellationToken cancellation)
    {
        var stored = (await lifecycle.PolicyAsync(Policy, cancellation)).Policy;
        var measures = stored.Measures ?? await AutoAsync(lifecycle, range, cancellation);
        var found =
            measures.FirstOrDefault(m => m.Name == Measure)
            ?? throw CommonOptions.Usage(
                $"{Policy} has no measure '{Measure}'. {(measures.Count > 0 ? $"It has: {string.Join(", ", measures.Select(m => m.Name))}." : "It has none: it counts rows.")}"
            );
        var middle = Middle(found.Functions);
        Function[] wanted = IsValue(middle) ? [middle, Function.Min, Function.Max, Function.Count] : [middle];
        var answer = await lifecycle.QueryAsync(
            new()
            {
                Policy = Policy,
                From = range.From,
                To = range.To,
                Points = points,
                Where = Conditions,
                Columns = [.. found.Functions.Intersect(wanted).Select(f => $"{Measure}_{Name(f)}")],
            },
            cancellation
        );
        var zone = Zone ?? DateTimeZoneProviders.Tzdb[stored.Zone];
        return Series.Of(
            new(
                Title ?? Heading(),
                Measure,
                Name(middle),
                Charts.Unit.Of(Unit ?? found.Unit),
                zone,
                range,
                stored.Series.Count,
                Together,
                Scale,
                Thresholds
            ),
            answer
        );
    }

    /// <summary>
    /// What <c>measures: auto</c> took, read from the columns of an answer: avg, min, max of numbers, last of everything else.
    /// </summary>
    private async Task<IReadOnlyList<Measure>> AutoAsync(IBackend lifecycle, TimeRange range, CancellationToken cancellation)
    {
        var answer = await lifecycle.QueryAsync(
            new()
            {
                Policy = Policy,
                From = range.To - Duration.FromSeconds(1),
                To = range.To,
                Points = 1,
            },
            cancellation
        );
        Function[] taken = [Function.Avg, Function.Min, Function.Max, Function.Last];
        return
        [
            .. from column in answer.Columns
            from function in taken
            where column.EndsWith($"_{Name(function)}", StringComparison.Ordinal) && !column.StartsWith("varve_", StringComparison.Ordinal)
            group function by column[..^(Name(function).Length + 1)] into measure
            select new Measure
            {
                Name = measure.Key,
                Column = measure.Key,
                Functions = [.. measure],
            },
        ];
    }

    private string Heading()
    {
        var named = Conditions
            .GroupBy(c => c.Key, StringComparer.OrdinalIgnoreCase)
            .Select(c => $"{c.Key} {string.Join(" or ", c.Select(v => v.Value ?? "NULL"))}");
        return $"{Policy} {Measure}{(Conditions.Count == 0 ? "" : $"  {string.Join(", ", named)}")}";
    }

    private static Function Middle(IReadOnlyList<Function> functions) =>
        new[] { Function.Avg, Function.Last, Function.First, Function.Max, Function.Min, Function.Sum, Function.Count }
            .Where(functions.Contains)
            .FirstOrDefault(functions[0]);

    // Sums, numbers and deviations are no values of the column: its extremes do not lie around them.
    private static bool IsValue(Function function) =>
        function is Function.Avg or Function.Last or Function.First or Function.Max or Function.Min;

    private static string Name(Function function) => function.ToString().ToLowerInvariant();
}
