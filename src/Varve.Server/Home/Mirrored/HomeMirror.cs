using System.Runtime.CompilerServices;
using Varve.Engines;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Server.Home.Mirrored;

/// <summary>The tables of a home in memory, as the log says that they are. One caller at a time moves it on.</summary>
internal sealed class HomeMirror(IEngine engine, IEntryLog log)
{
    private const int MostEntries = 50;
    private const int MostAttempts = 10;

    private static readonly LogEntry s_start = new(0, "", "", null);

    // As the tables of this version have them: a look at a table costs more than a change of it.
    private readonly Dictionary<TableName, IReadOnlyList<string>> _columns = [];

    private LogEntry? _last;
    private int _version;

    /// <summary>The newest entry that is in it.</summary>
    public LogEntry Last => _last ?? s_start;

    /// <summary>How much of the log is read by who begins now.</summary>
    public Grown Since { get; private set; } = new(0, 0, 0);

    /// <summary>Takes in what others wrote.</summary>
    /// <exception cref="EngineException">The log cannot be read, or a newer Varve writes it.</exception>
    public async Task ReadOnAsync(CancellationToken cancellationToken)
    {
        for (var most = 1; _last is { } last; most = MostEntries)
        {
            var read = await log.ReadAsync(last.Number, most, cancellationToken);
            if (!await StandsAsync(last, read, cancellationToken))
                break;
            List<LogEntry> next = [.. read.Where(e => e.Number > last.Number)];
            if (next.Count > 0)
            {
                var state = await engine.TransactAsync(
                    (s, token) => ApplyAsync(s, new(last, _version, Since), next, token),
                    Scope.Writing,
                    cancellationToken
                );
                Set(state);
            }

            if (next.Count < most)
                return;
        }

        await RebuildAsync(cancellationToken);
    }

    /// <summary>Writes down what is done in a transaction on it.</summary>
    public ChangeRecorder Record(IStatements statements) => new(statements, engine.Dialect, _columns);

    /// <summary>The next entry, which follows what is in it.</summary>
    public LogEntry Next(HomeEntry entry) => new(Last.Number + 1, Guid.CreateVersion7().ToString("N"), Last.Id, entry.Write());

    /// <summary>
    /// Writes an entry; false where another writer had the number, or where what it follows is no longer what others follow: then
    /// it says nothing to anybody.
    /// </summary>
    public async Task<bool> AppendAsync(LogEntry entry, CancellationToken cancellationToken) =>
        await log.AppendAsync(entry, cancellationToken)
        && await StandsAsync(Last, await log.ReadAsync(Last.Number, 1, cancellationToken), cancellationToken);

    /// <summary>An entry that was written is in it now.</summary>
    public void Wrote(LogEntry entry, HomeEntry said) => Set(new(entry, said.Version ?? _version, Since.With(entry)));

    /// <summary>
    /// Puts all rows in the place of the entries up to one. What is changed meanwhile is in some of the parts, and in the log
    /// behind them as well, where it says the rows as they are.
    /// </summary>
    public async Task RebaseAsync(LogEntry last, CancellationToken cancellationToken)
    {
        var letters = 0L;
        if (await log.RebaseAsync(last, PartsAsync(l => letters += l, cancellationToken), cancellationToken))
            Since = new(0, 0, letters);
    }

    private async IAsyncEnumerable<string> PartsAsync(Action<long> told, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Told(new(_version, []));
        foreach (var (table, key) in HomeTables.Keys)
        {
            IReadOnlyList<string>? columns = null;
            for (HomeChange? page = null; page is null || page.Rows.Count == HomeTables.MostRows;)
            {
                page = await engine.TransactAsync(
                    async (s, token) =>
                    {
                        columns ??= [.. (await s.DescribeAsync(table, token))!.Columns.Select(c => c.Name)];
                        return HomeChange.Of(table, columns, await s.QueryAsync(Page(table, key, columns, page), token), isGone: false);
                    },
                    Scope.Reading,
                    cancellationToken
                );
                if (page.Rows.Count > 0)
                    yield return Told(new(null, [page]));
            }
        }

        string Told(HomeEntry entry)
        {
            var body = entry.Write();
            told(body.Length);
            return body;
        }
    }

    // By the key, which never changes: a row that is there all the time is in exactly one page.
    private static SqlText Page(TableName table, string[] key, IReadOnlyList<string> columns, HomeChange? before)
    {
        if (key.Length == 0)
            return $"SELECT {HomeChange.Names(columns)} FROM {table}";
        var behind = SqlText.Empty;
        if (before is not null)
            behind = $" WHERE ({HomeChange.Names(key)}) > {before.KeyOf(before.Rows[^1], key)}";

        return $"SELECT {HomeChange.Names(columns)} FROM {table}{behind} ORDER BY {HomeChange.Names(key)} LIMIT {(long)HomeTables.MostRows}";
    }

    /// <summary>Whether the log goes on from an entry: it is there still, as it was.</summary>
    private async Task<bool> StandsAsync(LogEntry last, IReadOnlyList<LogEntry> read, CancellationToken cancellationToken) =>
        last.Number > 0
            ? read is [var same, ..] && same.Number == last.Number && same.Id == last.Id
            : await log.BaseAsync(cancellationToken) is null;

    /// <summary>Begins with the base, in one transaction: who reads sees it whole, or as it was before.</summary>
    private async Task RebuildAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Set(await engine.TransactAsync(BuildAsync, Scope.Writing, cancellationToken));
                return;
            }
            catch (EngineException rebased) when (rebased.Code == EngineCodes.Conflict && attempt < MostAttempts)
            {
                // Another base came into force while this one was read.
            }
        }
    }

    private async Task<State> BuildAsync(IStatements statements, CancellationToken cancellationToken)
    {
        await statements.ExecuteAsync($"DROP SCHEMA IF EXISTS {engine.Dialect.Schema(HomeTables.Schema)} CASCADE", cancellationToken);
        State state = new(s_start, 0, new(0, 0, 0));
        if (await log.BaseAsync(cancellationToken) is { } begin)
        {
            for (var part = 0; part < begin.Parts; part++)
            {
                var body = await log.PartAsync(begin, part, cancellationToken) ?? throw Rebased();
                var version = await ApplyAsync(statements, state.Version, HomeEntry.Read(body), cancellationToken);
                state = state with { Version = version, Since = state.Since with { OfBase = state.Since.OfBase + body.Length } };
            }

            state = state with { Last = new(begin.Number, begin.EntryId, "", null) };
        }

        while (true)
        {
            var read = await log.ReadAsync(state.Last.Number, MostEntries, cancellationToken);
            if (!await StandsAsync(state.Last, read, cancellationToken))
                throw Rebased();
            List<LogEntry> next = [.. read.Where(e => e.Number > state.Last.Number)];
            state = await ApplyAsync(statements, state, next, cancellationToken);
            if (next.Count < MostEntries)
                return state;
        }
    }

    private async Task<State> ApplyAsync(
        IStatements statements,
        State state,
        IReadOnlyList<LogEntry> entries,
        CancellationToken cancellationToken
    )
    {
        foreach (var entry in entries)
        {
            var version = state.Version;
            if (entry.Follows == state.Last.Id)
                version = await ApplyAsync(statements, version, HomeEntry.Read(entry.Body!), cancellationToken);
            state = new(entry, version, state.Since.With(entry));
        }

        return state;
    }

    private async Task<int> ApplyAsync(IStatements statements, int version, HomeEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Version is { } newer)
        {
            HomeSchema.RequireKnown(newer);
            foreach (var statement in HomeSchema.Upgrade(engine.Dialect, version, newer))
                await statements.ExecuteAsync(statement, cancellationToken);
            version = newer;
        }

        foreach (var change in entry.Changes)
            await change.ApplyAsync(statements, cancellationToken);
        return version;
    }

    private void Set(State state)
    {
        if (state.Version != _version)
            _columns.Clear();
        (_last, _version, Since) = (state.Last with { Body = null }, state.Version, state.Since);
    }

    private static EngineException Rebased() =>
        new(
            EngineCodes.Conflict,
            "The log of the home does not go on where its base ends. Try again; where it stays so, its tables are not of one moment: bring log_entries, log_bases and log_parts back from one backup.",
            isTransient: true
        );

    private sealed record State(LogEntry Last, int Version, Grown Since);
}

/// <summary>How much of a home's log is read by who begins with it.</summary>
/// <param name="Entries">Entries behind the base.</param>
/// <param name="Letters">Letters of them.</param>
/// <param name="OfBase">Letters of the base.</param>
internal sealed record Grown(long Entries, long Letters, long OfBase)
{
    private const long MostEntries = 5_000;
    private const long FewLetters = 4 << 20;

    /// <summary>
    /// True where another base saves more than it costs: over time no more is written of bases than of entries, and a server
    /// begins within seconds.
    /// </summary>
    public bool IsMuch => Entries >= MostEntries || Letters >= Math.Max(FewLetters, OfBase);

    public Grown With(LogEntry entry) => this with { Entries = Entries + 1, Letters = Letters + entry.Body!.Length };
}
