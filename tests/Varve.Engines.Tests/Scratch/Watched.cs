using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Varve.Engines.Tests.Scratch;

/// <summary>Listens to what is told about one policy while other tests run beside it.</summary>
public sealed class Watched : IDisposable, ILoggerFactory, ILogger
{
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters = new();

    public Watched(string policy)
    {
        _activities = new()
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (policy.Equals(activity.GetTagItem("varve.policy")))
                    Spans.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(_activities);
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Telemetry.Name)
                listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(policy, instrument, value, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(policy, instrument, value, tags));
        _meters.Start();
    }

    /// <summary>Spans that ended, in that order.</summary>
    public ConcurrentQueue<Activity> Spans { get; } = new();

    /// <summary>What was measured: instrument, value, tags but the policy's.</summary>
    public ConcurrentQueue<(string Instrument, double Value, Dictionary<string, object?> Tags)> Measured { get; } = new();

    /// <summary>Messages that were logged.</summary>
    public ConcurrentQueue<(LogLevel Level, string Text, Exception? Error)> Messages { get; } = new();

    public double Sum(string instrument, string? tag = null, string? value = null) =>
        Measured.Where(m => m.Instrument == instrument && (tag is null || value!.Equals(m.Tags.GetValueOrDefault(tag)))).Sum(m => m.Value);

    public void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
    }

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName)
    {
        Assert.Equal("Varve", categoryName);
        return this;
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => Messages.Enqueue((logLevel, formatter(state, exception), exception));

    private void Take(string policy, Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var all = tags.ToArray().ToDictionary();
        if (all.Remove("varve.policy", out var named) && policy.Equals(named))
            Measured.Enqueue((instrument.Name, value, all));
    }
}
