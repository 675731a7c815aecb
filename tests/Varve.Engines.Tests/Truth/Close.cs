using System.Globalization;
using System.Numerics;
using NodaTime;

namespace Varve.Engines.Tests.Truth;

/// <summary>Whether what the engine gave is what the oracle says: exactly, but for sums and moments of doubles.</summary>
public static class Close
{
    /// <summary>Relative to the sum of magnitudes.</summary>
    public const double Sums = 1e-12;

    /// <summary>Relative to <see cref="TrueState.Spread"/>.</summary>
    public const double Moments = 1e-11;

    public static bool Same(object? expected, object? actual, double tolerance = 0) =>
        (expected, actual) switch
        {
            (null, null) => true,
            (null, _) or (_, null) => false,
            (string a, string b) => a == b,
            (bool a, bool b) => a == b,
            (Instant a, Instant b) => a == b,
            (string or bool or Instant, _) or (_, string or bool or Instant) => false,
            (Exact a, _) => Near(a, Number(actual), tolerance),
            _ => Near(Number(expected), Number(actual), tolerance),
        };

    public static string Show(object? value) =>
        value switch
        {
            null => "NULL",
            Exact e => e.ToDouble().ToString("R", CultureInfo.InvariantCulture),
            double d => d.ToString("R", CultureInfo.InvariantCulture),
            Instant at => Varve.Time.InstantText.Format(at),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    private static bool Near(Exact a, Exact b, double tolerance) =>
        a.Equals(b) || (a - b).Abs().ToDouble() <= tolerance || (tolerance == 0 && a.ToDouble().Equals(b.ToDouble()));

    private static Exact Number(object value) =>
        value switch
        {
            double d when !double.IsFinite(d) => throw new InvalidOperationException($"{d} where a finite number was expected."),
            _ => Exact.Of(value),
        };
}
