using NodaTime;
using Varve.Planning;

namespace Varve.Cli.Charts;

/// <summary>
/// The bytes of a forecast as a chart draws them: the coarsest tier lowest, the source on top, and one line for what it is
/// compared with.
/// </summary>
/// <param name="Title">What stands above it.</param>
/// <param name="At">The instants.</param>
/// <param name="Stack">From below: a relation and its bytes at each instant.</param>
/// <param name="Line">All bytes of what it is compared with, at the same instants; null for nothing.</param>
/// <param name="LineName">What the line is called.</param>
internal sealed record Layers(
    string Title,
    IReadOnlyList<Instant> At,
    IReadOnlyList<(string Relation, IReadOnlyList<double> Bytes)> Stack,
    IReadOnlyList<double>? Line,
    string LineName
)
{
    internal static Layers Of(PolicyForecast pair)
    {
        var drawn = pair.Changed ?? pair.Stored!;
        var beside = pair.Changed is null ? null : pair.Stored;
        return new(
            $"{pair.Policy}  size by relation{(beside is null ? "" : ", changed")}",
            [.. drawn.Total.Select(p => p.At)],
            [
                .. drawn
                    .Relations.Reverse()
                    .Select(r => (Name(drawn, r.Relation), (IReadOnlyList<double>)[.. r.Points.Select(p => (double)p.Bytes)])),
            ],
            beside is null ? null : [.. beside.Total.Select(p => (double)p.Bytes)],
            "all, as stored"
        );
    }

    /// <summary>The highest that is drawn, never 0.</summary>
    internal double High => Math.Max(1, Math.Max(At.Select((_, i) => Below(Stack.Count, i)).Max(), Line?.Max() ?? 0));

    /// <summary>Without its zone, unless another tier differs by nothing else.</summary>
    private static string Name(Forecast forecast, RelationId relation) =>
        forecast.Relations.Count(r => r.Relation.WithoutZone == relation.WithoutZone) > 1 ? relation.Text : relation.WithoutZone;

    /// <summary>The bytes of the lowest layers at an instant.</summary>
    internal double Below(int layers, int index) => Stack.Take(layers).Sum(l => l.Bytes[index]);

    /// <summary>The same at any instant between the first and the last.</summary>
    internal double Below(int layers, Instant at)
    {
        var next = At.Count - 1;
        while (next > 1 && At[next - 1] > at)
            next--;
        if (next == 0)
            return Below(layers, 0);
        var share = Math.Clamp((at - At[next - 1]) / (At[next] - At[next - 1]), 0, 1);
        return ((1 - share) * Below(layers, next - 1)) + (share * Below(layers, next));
    }
}
