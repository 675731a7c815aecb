using System.Diagnostics.CodeAnalysis;

namespace Varve.Engines;

/// <summary>
/// A log that several writers share on a server without transactions. Its entries are numbered from 1 without a gap, and each
/// number is given once. What is read here is what is stored at that moment, whatever was refreshed. From time to time the
/// entries so far are replaced by a base, on which the later ones stand; who holds none goes on from there.
/// </summary>
[Experimental("VARVE001")]
public interface IEntryLog
{
    /// <summary>Makes what is missing of its tables.</summary>
    Task EnsureAsync(CancellationToken cancellationToken);

    /// <summary>
    /// An entry without its body, and up to <paramref name="most"/> of those behind it, in order, up to the first number that
    /// nobody has. The entry itself is missing where it is part of a base now, or was lost with the node that had it.
    /// </summary>
    /// <param name="number">The number of the entry; 0 stands before the first one.</param>
    /// <param name="most">How many behind it, at least 1.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task<IReadOnlyList<LogEntry>> ReadAsync(long number, int most, CancellationToken cancellationToken);

    /// <summary>Writes an entry, for certain; false where another one has its number.</summary>
    /// <exception cref="EngineException">The server does not answer. It may have been written, and whoever reads on sees it.</exception>
    Task<bool> AppendAsync(LogEntry entry, CancellationToken cancellationToken);

    /// <summary>The base in force; null where there is none yet.</summary>
    Task<LogBase?> BaseAsync(CancellationToken cancellationToken);

    /// <summary>One part of a base; null where another base took its place.</summary>
    /// <param name="of">The base.</param>
    /// <param name="part">From 0.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task<string?> PartAsync(LogBase of, int part, CancellationToken cancellationToken);

    /// <summary>
    /// Puts a base in the place of the entries up to one, which is kept itself, and removes those before it; false where another
    /// writer has put one there meanwhile.
    /// </summary>
    /// <param name="last">The newest entry that the parts hold. They may hold some of what came later.</param>
    /// <param name="parts">The parts, in order.</param>
    /// <param name="cancellationToken">Ends it; nothing has changed then.</param>
    Task<bool> RebaseAsync(LogEntry last, IAsyncEnumerable<string> parts, CancellationToken cancellationToken);
}

/// <summary>One entry of a log.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Id">Which attempt to write that number it is: it tells a writer's own entry from another's.</param>
/// <param name="Follows">
/// The id of the entry that its writer saw before it; empty for the first one. Where another one stands there, the entry says
/// nothing.
/// </param>
/// <param name="Body">What it says; null where only its place was asked for.</param>
[Experimental("VARVE001")]
public sealed record LogEntry(long Number, string Id, string Follows, string? Body);

/// <summary>Where a log begins.</summary>
/// <param name="Name">What its parts are kept under.</param>
/// <param name="Number">The number of the newest entry that it holds.</param>
/// <param name="EntryId">The id of that entry.</param>
/// <param name="Parts">How many parts it has.</param>
[Experimental("VARVE001")]
public sealed record LogBase(string Name, long Number, string EntryId, int Parts);
