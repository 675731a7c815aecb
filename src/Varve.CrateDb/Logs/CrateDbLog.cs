using System.Diagnostics;
using Varve.CrateDb.Http;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Sql;

namespace Varve.CrateDb.Logs;

/// <summary>
/// A log on a cluster. The primary key of a row decides between writers; a writer whose answer was lost looks whose row it is.
/// </summary>
internal sealed class CrateDbLog(CrateDbEngine engine, string schema, TimeProvider clock) : IEntryLog
{
    // Each attempt but the first follows an answer that was lost.
    private const int MostAttempts = 10;

    // A writer of a base that died leaves its parts; one that lives is done with them long before.
    private static readonly TimeSpan s_dead = TimeSpan.FromDays(1);

    private readonly LogShapes _shapes = new(schema);

    /// <inheritdoc/>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        foreach (var statement in _shapes.Create)
            await DoAsync(s => s.ExecuteAsync(statement, takesValues: false, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LogEntry>> ReadAsync(long number, int most, CancellationToken cancellationToken)
    {
        List<LogEntry> run = [];
        foreach (
            var entry in (await QueryAsync(_shapes.Read(number, most), cancellationToken))
                .Select(r => new LogEntry(r.Long(0), r.Text(1), r.Text(2), r.TextOrNull(3)))
                .OrderBy(e => e.Number)
        )
        {
            // A number behind a gap was written by somebody who saw what is missing here.
            if (run.Count > 0 ? entry.Number == run[^1].Number + 1 : entry.Number <= number + 1)
                run.Add(entry);
        }

        return run;
    }

    /// <inheritdoc/>
    public async Task<bool> AppendAsync(LogEntry entry, CancellationToken cancellationToken) =>
        await IsWrittenAsync(
            _shapes.Append(entry),
            async () => (await ReadAsync(entry.Number, 1, cancellationToken)).FirstOrDefault(e => e.Number == entry.Number)?.Id,
            entry.Id,
            cancellationToken
        );

    /// <inheritdoc/>
    public async Task<LogBase?> BaseAsync(CancellationToken cancellationToken) => (await FindBaseAsync(cancellationToken))?.Base;

    /// <inheritdoc/>
    public async Task<string?> PartAsync(LogBase of, int part, CancellationToken cancellationToken) =>
        await QueryAsync(_shapes.Part(of.Name, part), cancellationToken) is [var row] ? row.Text(0) : null;

    /// <inheritdoc/>
    public async Task<bool> RebaseAsync(LogEntry last, IAsyncEnumerable<string> parts, CancellationToken cancellationToken)
    {
        // Before anything is written, so that who comes in between is seen.
        var known = await FindBaseAsync(cancellationToken);
        if (known is { Base: var older } && older.Number >= last.Number)
            return false;
        LogBase next = new(Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"), last.Number, last.Id, 0);
        await foreach (var body in parts.WithCancellation(cancellationToken))
        {
            await AddPartAsync(next, body, cancellationToken);
            next = next with { Parts = next.Parts + 1 };
        }

        if (!await IsPutAsync(next, known, cancellationToken))
        {
            await RefreshAsync(cancellationToken);
            await RemoveAsync(_shapes.Remove(next.Name), cancellationToken);
            return false;
        }

        await RefreshAsync(cancellationToken);
        await RemoveAsync(_shapes.Trim(last.Number), cancellationToken);
        if (known is not null)
            await RemoveAsync(_shapes.Remove(known.Base.Name), cancellationToken);
        var dead = Guid.CreateVersion7(clock.GetUtcNow() - s_dead).ToString("N");
        await RemoveAsync(_shapes.RemoveOlder(dead, next.Name), cancellationToken);
        return true;
    }

    private async Task AddPartAsync(LogBase of, string body, CancellationToken cancellationToken)
    {
        var insert = _shapes.AddPart(of.Name, of.Parts, body);
        if (!await IsWrittenAsync(insert, () => PartAsync(of, of.Parts, cancellationToken), body, cancellationToken))
            throw new UnreachableException("Nobody else writes under a name that was made for this base.");
    }

    private async Task<bool> IsPutAsync(LogBase next, KnownBase? known, CancellationToken cancellationToken)
    {
        if (known is null)
            return await IsWrittenAsync(
                _shapes.FirstBase(next),
                async () => (await FindBaseAsync(cancellationToken))?.Base.Name,
                next.Name,
                cancellationToken
            );
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return (await DoAsync(s => s.ExecuteAsync(_shapes.NextBase(next, known.Version), cancellationToken))).RowCount > 0;
            }
            catch (EngineException error) when (error.Code == ServerCodes.AnswerLost && attempt < MostAttempts)
            {
                var now = await FindBaseAsync(cancellationToken);
                if (now?.Version != known.Version)
                    return now?.Base.Name == next.Name;
            }
        }
    }

    /// <summary>
    /// Inserts a row whose key decides. Where the answer was lost, or the row is there already, it is looked up: it is this
    /// writer's, another one's, or not there, and then is written again.
    /// </summary>
    private async Task<bool> IsWrittenAsync(SqlText insert, Func<Task<string?>> find, string mine, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await DoAsync(s => s.ExecuteAsync(insert, cancellationToken));
                return true;
            }
            catch (EngineException error)
                when (error.Code == EngineCodes.Constraint || (error.Code == ServerCodes.AnswerLost && attempt < MostAttempts))
            {
                if (await find() is { } found)
                    return found == mine;
                if (error.Code == EngineCodes.Constraint)
                    throw;
            }
        }
    }

    private async Task<KnownBase?> FindBaseAsync(CancellationToken cancellationToken) =>
        await QueryAsync(_shapes.ReadBase, cancellationToken) is [var row]
            ? new(new(row.Text(0), row.Long(1), row.Text(2), (int)row.Long(3)), new(row.Long(4), row.Long(5)))
            : null;

    // What is removed by another condition than a key is what was refreshed last.
    private Task<Answer> RefreshAsync(CancellationToken cancellationToken) =>
        DoAsync(s => s.ExecuteAsync(_shapes.Refresh, cancellationToken));

    private Task<Answer> RemoveAsync(SqlText statement, CancellationToken cancellationToken) =>
        DoAsync(s => s.ExecuteAsync(statement, cancellationToken));

    private async Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken) =>
        (await DoAsync(s => s.QueryAsync(query, cancellationToken))).Rows;

    private async Task<Answer> DoAsync(Func<SqlSession, Task<Answer>> work)
    {
        await using var borrowed = engine.Borrow();
        return await work(borrowed.Session);
    }

    private sealed record KnownBase(LogBase Base, RowVersion Version);
}
