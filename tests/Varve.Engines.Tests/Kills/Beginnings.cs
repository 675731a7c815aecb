using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.Kills;

/// <summary>
/// What the kills of an engine begin with and should end with, made once for each case: every kill has a copy of its own, so
/// that nothing of what a test does is seen by another.
/// </summary>
public sealed class Beginnings : IAsyncDisposable
{
    private readonly Dictionary<string, FileScratch> _prepared = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string?), Whole> _wholes = [];

    /// <summary>The database before what is killed; nobody writes to it.</summary>
    /// <param name="more">The case.</param>
    /// <param name="prepare">Makes it.</param>
    internal async Task<FileScratch> OfAsync(string more, Func<string, Task<FileScratch>> prepare)
    {
        if (!_prepared.TryGetValue(more, out var prepared))
            _prepared[more] = prepared = await prepare(more);
        return prepared;
    }

    /// <summary>What comes of a case when nothing is killed.</summary>
    /// <param name="more">The case.</param>
    /// <param name="command">The command that is given; null: a run.</param>
    /// <param name="end">Brings it to its end.</param>
    internal async Task<Whole> WholeAsync(string more, string? command, Func<Task<Whole>> end)
    {
        if (!_wholes.TryGetValue((more, command), out var whole))
            _wholes[(more, command)] = whole = await end();
        return whole;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var prepared in _prepared.Values)
            await prepared.DisposeAsync();
    }

    /// <summary>What comes of a run or a command that ends.</summary>
    /// <param name="Expected">What it leaves.</param>
    /// <param name="Statements">How many statements it takes.</param>
    /// <param name="Commits">How many commits.</param>
    internal sealed record Whole(Snapshot Expected, int Statements, int Commits)
    {
        /// <summary>How many there are of what a moment is counted by.</summary>
        internal int Last(string moment) => moment == nameof(Moment.AfterCommit) ? Commits : Statements;
    }
}
