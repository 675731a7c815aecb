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

    /// <param name="metrics">What is built.</param>
    /// <param name="server">What this server's gauges belong to; those of another server in the process are not told.</param>
    internal static MeterProviderBuilder AddVarve(this MeterProviderBuilder metrics, object server) =>
        metrics.AddMeter(Telemetry.Name).AddMeter(ServerTelemetry.Name).AddView(instrument => Of(instrument, server));

    private static MetricStreamConfiguration? Of(Instrument instrument, object server)
    {
        if (instrument.Meter.Name is not (Telemetry.Name or ServerTelemetry.Name))
            return null;
        if (instrument.Meter.Scope is { } scope && scope != server)
            return MetricStreamConfiguration.Drop;
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
