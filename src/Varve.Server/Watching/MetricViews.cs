using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace Varve.Server.Watching;

/// <summary>
/// What of each metric is told. Thousands of policies times buckets, kinds and outcomes are more than anybody looks at, so what
/// tells how work goes in general is told by database, and what somebody has to do something about is told by policy.
/// </summary>
internal static class MetricViews
{
    /// <summary>
    /// How many series one metric has at most. What is beyond is told as one, without its labels; the default of OpenTelemetry,
    /// 2,000, would do so with what is overdue.
    /// </summary>
    internal const int MostSeries = 20_000;

    internal static MeterProviderBuilder AddVarve(this MeterProviderBuilder metrics) =>
        metrics.AddMeter(Telemetry.Name).AddMeter(ServerTelemetry.Name).AddView(Of);

    private static MetricStreamConfiguration? Of(Instrument instrument)
    {
        if (instrument.Meter.Name is not (Telemetry.Name or ServerTelemetry.Name))
            return null;
        var view = new MetricStreamConfiguration { CardinalityLimit = MostSeries };
        if (By(instrument.Name) is { } labels)
            view.TagKeys = [ServerTelemetry.Connection, .. labels];
        return view;
    }

    /// <summary>By what besides the database it is told; null: by everything that it has.</summary>
    private static string[]? By(string metric) =>
        metric switch
        {
            "varve.runs" => [Telemetry.Outcome],
            "varve.steps" => [Telemetry.Kind, Telemetry.Outcome],
            "varve.step.duration" => [Telemetry.Kind],
            "varve.rows.read" => [],
            _ => null,
        };
}
