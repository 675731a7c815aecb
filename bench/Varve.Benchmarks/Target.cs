using System.Globalization;

namespace Varve.Benchmarks;

/// <summary>What a figure may be at most.</summary>
/// <param name="Ratio">To the baseline, by wall clock or by processor time, whichever is less: the other one swings with the machine.</param>
/// <param name="Seconds">Seconds.</param>
/// <param name="PeakMiB">The greatest resident size.</param>
internal sealed record Target(double? Ratio = null, double? Seconds = null, double? PeakMiB = null)
{
    private static readonly Dictionary<string, Target> s_all = new(StringComparer.Ordinal)
    {
        ["cascade, ties any"] = new(1.10, PeakMiB: 1024),
        ["cascade, ties smallest"] = new(1.10, PeakMiB: 1024),
        ["cascade, smallest to any"] = new(1.3),
        ["expire, full proof"] = new(1.2),
        ["archive, prove, expire"] = new(1.3),
        ["restore"] = new(1.3),
        ["noop, warm"] = new(Seconds: 0.3),
        ["plan, 10,000 policies"] = new(Seconds: 1),
        ["start, --version"] = new(Seconds: 0.15),
        ["start, --help"] = new(Seconds: 0.15),
        ["idle run, 120 tables"] = new(Seconds: 2),
        ["late, 1 scattered rows"] = new(1),
        ["late, 100 scattered rows"] = new(1),
        ["late, 10,000 scattered rows"] = new(1),
        ["postgresql, cascade, ties any"] = new(1.10, PeakMiB: 143),
        ["postgresql, cascade, ties smallest"] = new(1.10, PeakMiB: 143),
        ["postgresql, nothing to do"] = new(Seconds: 0.3, PeakMiB: 143),
        ["postgresql, archive and expire all"] = new(PeakMiB: 143),
        ["server, start to ready"] = new(Seconds: 1),
        ["server, 1,000 schedules at rest, CPU"] = new(Seconds: 0.01, PeakMiB: 191),
        ["server, 1,000 schedules, delay p99 at most"] = new(Seconds: 1),
        ["server, 5,000 policies, all"] = new(Seconds: 0.3),
    };

    /// <summary>That of a figure; null for none.</summary>
    public static Target? Of(string figure) => s_all.GetValueOrDefault(figure);

    public override string ToString() =>
        string.Join(
            ", ",
            new[]
            {
                Ratio is { } ratio ? string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00}") : null,
                Seconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds} s") : null,
                PeakMiB is { } peak ? string.Create(CultureInfo.InvariantCulture, $"{peak:N0} MiB") : null,
            }.OfType<string>()
        );

    /// <param name="line">The figure.</param>
    /// <param name="cpu">The same by processor time; null where it was not taken.</param>
    public bool IsMet(HistoryLine line, HistoryLine? cpu) =>
        (Ratio is not { } ratio || Math.Min(line.Ratio ?? double.MaxValue, cpu?.Ratio ?? double.MaxValue) <= ratio)
        && (Seconds is not { } seconds || line.Seconds <= seconds)
        && (PeakMiB is not { } peak || line.PeakMiB <= peak);
}
