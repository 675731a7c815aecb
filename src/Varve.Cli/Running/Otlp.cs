using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Varve.Cli.Running;

/// <summary>
/// Spans and metrics of a run to a collector, where the environment names one in OpenTelemetry's own variables. They are
/// sent when the run has ended. A collector that is away stops and fails nothing.
/// </summary>
internal sealed class Otlp : IDisposable
{
    private const int Patience = 5000;

    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private Otlp(TracerProvider traces, MeterProvider metrics) => (_traces, _metrics) = (traces, metrics);

    /// <summary>Null where no collector is named, or OTEL_SDK_DISABLED says so: then nothing is collected.</summary>
    internal static Otlp? Open()
    {
        if (!IsNamed("ENDPOINT") && !IsNamed("TRACES_ENDPOINT") && !IsNamed("METRICS_ENDPOINT"))
            return null;
        if (Environment.GetEnvironmentVariable("OTEL_SDK_DISABLED") == "true")
            return null;
        // What the environment says of the service is stronger.
        var resource = ResourceBuilder.CreateEmpty().AddService("varve").AddTelemetrySdk().AddEnvironmentVariableDetector();
        return new(
            Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Telemetry.Name).AddOtlpExporter().Build(),
            Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Telemetry.Name).AddOtlpExporter().Build()
        );
    }

    public void Dispose()
    {
        _traces.Shutdown(Patience);
        _metrics.Shutdown(Patience);
        _traces.Dispose();
        _metrics.Dispose();
    }

    private static bool IsNamed(string what) =>
        !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable($"OTEL_EXPORTER_OTLP_{what}"));
}
