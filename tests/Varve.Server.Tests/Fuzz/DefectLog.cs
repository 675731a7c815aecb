using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Varve.Server.Tests.Fuzz;

/// <summary>What a server logs of exceptions, so that a defect is told with what was inside.</summary>
internal sealed class DefectLog : ILoggerProvider, ILogger
{
    internal ConcurrentQueue<string> Told { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (logLevel >= LogLevel.Error && exception is not null)
            Told.Enqueue($"{formatter(state, exception)}: {exception}");
    }

    public void Dispose() { }
}
