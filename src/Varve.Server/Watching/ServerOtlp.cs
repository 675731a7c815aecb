using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Varve.Server.Configuration;

namespace Varve.Server.Watching;

/// <summary>Traces, logs and metrics to a collector, where the configuration or OpenTelemetry's own variables name one.</summary>
internal static class ServerOtlp
{
    internal static void AddOtlp(this WebApplicationBuilder builder, ServeSettings settings)
    {
        if (settings.Otlp is null && !IsNamed() || Environment.GetEnvironmentVariable("OTEL_SDK_DISABLED") == "true")
            return;
        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeScopes = true;
            logs.AddOtlpExporter(o => Set(o, settings, "logs"));
        });
        builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("varve-server").AddEnvironmentVariableDetector())
            .WithTracing(traces =>
                traces.AddSource(Telemetry.Name).AddSource(ServerTelemetry.Name).AddOtlpExporter(o => Set(o, settings, "traces"))
            )
            .WithMetrics(metrics => metrics.AddOtlpExporter(o => Set(o, settings, "metrics")));
    }

    private static void Set(OtlpExporterOptions options, ServeSettings settings, string signal)
    {
        if (settings.Otlp is not { } collector)
            return;
        (options.Protocol, options.Endpoint) = (OtlpExportProtocol.HttpProtobuf, new($"{collector.AbsoluteUri.TrimEnd('/')}/v1/{signal}"));
    }

    private static bool IsNamed() =>
        new[] { "ENDPOINT", "TRACES_ENDPOINT", "METRICS_ENDPOINT", "LOGS_ENDPOINT" }.Any(what =>
            !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable($"OTEL_EXPORTER_OTLP_{what}"))
        );
}
