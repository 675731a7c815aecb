using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using NodaTime;
using Varve.Archiving;
using Varve.Engines;

namespace Varve;

/// <summary>How a lifecycle behaves.</summary>
public sealed record LifecycleOptions
{
    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The schema of the catalog. Default: varve.</summary>
    public string CatalogSchema { get; init; } = "varve";

    /// <summary>The key of the audit log's HMAC; null: a plain SHA-256 chain.</summary>
    public string? AuditKey { get; init; }

    /// <summary>Where runs are logged, as category <c>Varve</c>; null: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>
    /// What spans and metrics carry besides, such as which database it is where an application keeps several. Default: nothing.
    /// </summary>
    public IReadOnlyDictionary<string, string> TelemetryTags { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Where archives are kept, by the names that policies use: a folder, <c>file:///folder</c>, or what one of
    /// <see cref="ArchiveKinds"/> opens. Letters compare without case, and <c>- . _</c> are one. Default: none.
    /// </summary>
    public IReadOnlyDictionary<string, string> Archives { get; init; } = new Dictionary<string, string>();

    /// <summary>Kinds of places that archives can be kept in, besides folders.</summary>
    public IReadOnlyList<ArchiveKind> ArchiveKinds { get; init; } = [];

    /// <summary>
    /// How long runs and their steps are kept, by their start; the run that ends takes older ones away. The audit log is always
    /// kept. Default: 400 days.
    /// </summary>
    public Duration KeepRuns { get; init; } = Duration.FromDays(400);

    /// <summary>Who acts, as reported: user and machine.</summary>
    public string SystemUser { get; init; } = Environment.UserName;

    /// <summary>On which machine, as reported.</summary>
    public string Host { get; init; } = Environment.MachineName;
}

/// <summary>A database that Varve can keep tables in; opened by an engine's package, closed by disposing it.</summary>
[method: Experimental("VARVE001")]
public sealed class Database(IEngine engine, string name) : IAsyncDisposable
{
    /// <summary>The engine behind it.</summary>
    [Experimental("VARVE001")]
    public IEngine Engine { get; } = engine;

    /// <summary>What it is called in messages; never holds a secret.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Engine.DisposeAsync();
}
