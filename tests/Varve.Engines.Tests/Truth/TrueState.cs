using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;

namespace Varve.Engines.Tests.Truth;

/// <summary>Everything that can be known of one measure in one bucket and series, from the rows themselves.</summary>
public sealed record TrueState
{
    public required ValueKind Kind { get; init; }

    public required long Count { get; init; }

    public required Exact? Sum { get; init; }

    /// <summary>The sum of magnitudes: what a tolerance is measured by.</summary>
    public required double Weight { get; init; }

    public object? Min { get; init; }

    public object? Max { get; init; }

    public object? First { get; init; }

    public Instant? FirstAt { get; init; }

    public object? Last { get; init; }

    public Instant? LastAt { get; init; }

    public double? Mean { get; init; }

    public double? M2 { get; init; }

    /// <summary>The sum of squares.</summary>
    public double Squares { get; init; }

    /// <summary>
    /// What a tolerance of moments is measured by: M2, a little of what lies between it and the sum of squares, which
    /// cancels, and what is left where it cancels whole.
    /// </summary>
    public double Spread => M2 is { } m2 ? m2 + (1e-2 * Math.Sqrt(m2 * Squares)) + (1e-12 * Squares) : 0;

    public long Nan { get; init; }

    public long PositiveInfinity { get; init; }

    public long NegativeInfinity { get; init; }

    public object? Read(Function function) =>
        function switch
        {
            Function.Count => Count,
            Function.Sum => Count == 0 ? null : Sum!,
            Function.Avg => Count == 0 ? null : (Sum! / Exact.Of(Count)).ToDouble(),
            Function.Min => Min,
            Function.Max => Max,
            Function.First => First,
            Function.Last => Last,
            Function.Variance => Count < 2 ? null : M2 / (Count - 1),
            Function.Stddev => Count < 2 ? null : Math.Sqrt(M2!.Value / (Count - 1)),
            _ => throw new NotSupportedException(),
        };

    public static TrueState Of(IReadOnlyList<(Instant At, object? Value)> samples, ValueKind kind)
    {
        var present = samples.Where(s => s.Value is not null).ToList();
        var finite = present.Where(s => IsFinite(s.Value!)).ToList();
        var isNumber = kind is not (ValueKind.Text or ValueKind.Moment);
        var order = Comparer<object>.Create(Compare);
        var sum = isNumber ? finite.Aggregate(Exact.Zero, (all, s) => all + Exact.Of(s.Value!)) : null;
        var state = new TrueState
        {
            Kind = kind,
            Count = finite.Count,
            Sum = sum,
            Weight = isNumber ? finite.Sum(s => Math.Abs(Exact.Of(s.Value!).ToDouble())) : 0,
            Nan = present.Count(s => IsSpecial(s.Value!, double.IsNaN)),
            PositiveInfinity = present.Count(s => IsSpecial(s.Value!, double.IsPositiveInfinity)),
            NegativeInfinity = present.Count(s => IsSpecial(s.Value!, double.IsNegativeInfinity)),
        };
        if (finite.Count == 0)
            return state;
        var firstAt = finite.Min(s => s.At);
        var lastAt = finite.Max(s => s.At);
        state = state with
        {
            Min = finite.Select(s => s.Value!).Min(order),
            Max = finite.Select(s => s.Value!).Max(order),
            FirstAt = firstAt,
            LastAt = lastAt,
            First = finite.Where(s => s.At == firstAt).Select(s => s.Value!).Min(order),
            Last = finite.Where(s => s.At == lastAt).Select(s => s.Value!).Min(order),
        };
        if (!isNumber)
            return state;
        var mean = sum! / Exact.Of((long)finite.Count);
        var squares = finite.Aggregate(Exact.Zero, (all, s) => all + (Exact.Of(s.Value!) * Exact.Of(s.Value!)));
        return state with { Mean = mean.ToDouble(), M2 = (squares - (sum! * mean)).ToDouble(), Squares = squares.ToDouble() };
    }

    /// <summary>The order of values as databases have it: numbers by size, text by its bytes.</summary>
    public static int Compare(object? a, object? b) =>
        (a, b) switch
        {
            (string x, string y) => System.Text.Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(y)),
            (IComparable x, _) when b is not null && a.GetType() == b.GetType() => x.CompareTo(b),
            _ => Exact.Of(a!).ToDouble().CompareTo(Exact.Of(b!).ToDouble()),
        };

    private static bool IsFinite(object value) =>
        value switch
        {
            double d => double.IsFinite(d),
            float f => float.IsFinite(f),
            _ => true,
        };

    private static bool IsSpecial(object value, Func<double, bool> test) =>
        value switch
        {
            double d => test(d),
            float f => test(f),
            _ => false,
        };
}
