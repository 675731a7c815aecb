using System.Text.Json;
using NodaTime;
using Varve.Engines;
using Varve.Sql;

namespace Varve.Server.Home;

/// <summary>The server's runs.</summary>
internal sealed class RunTable(HomeDatabase home)
{
    private const string EndNow = "now";
    private const string EndSoon = "soon";

    private readonly RemovedTable _removed = new();

    /// <summary>Stores a new run; false where there is one of that id already.</summary>
    public async Task<bool> AddAsync(IStatements statements, ServerRun run, CancellationToken cancellationToken) =>
        (await AddAsync(statements, [run], cancellationToken)).Count > 0;

    /// <summary>Stores new runs with few statements, however many they are; the ids of those that were not there already.</summary>
    public async Task<IReadOnlySet<string>> AddAsync(
        IStatements statements,
        IReadOnlyCollection<ServerRun> all,
        CancellationToken cancellationToken
    )
    {
        var added = new HashSet<string>(StringComparer.Ordinal);
        foreach (var some in all.DistinctBy(r => r.Id).Chunk(HomeTables.MostRows))
        {
            var ids = SqlText.Join(", ", some.Select(r => (SqlText)$"{r.Id}"));
            var known = (await statements.QueryAsync($"SELECT id FROM {HomeTables.Runs} WHERE id IN ({ids})", cancellationToken))
                .Select(r => r.Text(0))
                .ToHashSet(StringComparer.Ordinal);
            var rows = some.Where(r => !known.Contains(r.Id)).ToList();
            if (rows.Count == 0)
                continue;
            await statements.ExecuteAsync(
                $"""
                INSERT INTO {HomeTables.Runs} (id, connection, policy, trigger_kind, scheduled_us, missed, request, subject, queued_us, started_us, finished_us, state, reason, window_from_us, window_to_us, backfill)
                VALUES {SqlText.Join(", ", rows.Select(Values))}
                """,
                cancellationToken
            );
            added.UnionWith(rows.Select(r => r.Id));
        }

        return added;
    }

    private static SqlText Values(ServerRun run) =>
        $"""
            ({run.Id}, {run.Connection}, {run.Policy}, {run.Trigger.ToString()}, {HomeTime.Sql(run.Scheduled)}, {(long)
                run.Missed}, {JsonSerializer.Serialize(run.Asked)}, {run.Subject},
            {HomeTime.From(run.Queued)}, {HomeTime.Sql(run.Started)}, {HomeTime.Sql(run.Finished)}, {run.State.ToString()}, {run.Reason},
            {HomeTime.Sql(run.Window?.From)}, {HomeTime.Sql(run.Window?.To)}, {run.Backfill})
            """;

    public Task<bool> AddAsync(ServerRun run, CancellationToken cancellationToken) =>
        home.WriteAsync((statements, token) => AddAsync(statements, run, token), cancellationToken);

    /// <summary>
    /// Writes down that a run begins; false where it was ended before its turn came. Whoever did not hear the answer asks
    /// again with the same instant and gets the same one.
    /// </summary>
    /// <exception cref="EngineException">Another server leads, or the home does not answer.</exception>
    public async Task<bool> BeginAsync(string id, Instant at, CancellationToken cancellationToken) =>
        await home.LeadAsync(
            (s, token) =>
                s.ExecuteAsync(
                    $"UPDATE {HomeTables.Runs} SET state = {nameof(RunState.Running)}, started_us = {HomeTime.From(at)} WHERE id = {id} AND (state = {nameof(RunState.Queued)} OR (state = {nameof(RunState.Running)} AND started_us = {HomeTime.From(at)}))",
                    token
                ),
            cancellationToken
        ) > 0;

    /// <summary>Asks the server that leads to end a run; false where it has ended.</summary>
    public async Task<bool> AskEndAsync(IStatements statements, string id, bool now, string by, CancellationToken cancellationToken) =>
        await statements.ExecuteAsync(
            $"UPDATE {HomeTables.Runs} SET end_asked = {(now ? EndNow : EndSoon)}, end_by = {by} WHERE id = {id} AND state IN ({nameof(RunState.Queued)}, {nameof(RunState.Running)})",
            cancellationToken
        ) > 0;

    /// <summary>How many of some databases wait.</summary>
    public async Task<long> WaitingAsync(IStatements statements, IReadOnlyList<string> connections, CancellationToken cancellationToken)
    {
        SqlText names = SqlText.Join(", ", connections.Select(c => (SqlText)$"{c}"));
        var rows = await statements.QueryAsync(
            $"SELECT count(*) FROM {HomeTables.Runs} WHERE state = {nameof(RunState.Queued)} AND connection IN ({names})",
            cancellationToken
        );
        return rows[0].Long(0);
    }

    /// <summary>Writes down how a run ended, and what it removed; false where that was written before.</summary>
    public async Task<bool> EndAsync(IStatements statements, ServerRun run, CancellationToken cancellationToken)
    {
        var ended = await statements.ExecuteAsync(
            $"""
            UPDATE {HomeTables.Runs} SET state = {run.State.ToString()}, finished_us = {HomeTime.Sql(
                run.Finished
            )}, reason = {run.Reason}, error_code = {run.ErrorCode}, error = {run.Error}, result = {run.Result}
            WHERE id = {run.Id} AND state IN ({nameof(RunState.Queued)}, {nameof(RunState.Running)})
            """,
            cancellationToken
        );
        if (ended > 0 && run.Removed is { } removed)
            await _removed.SaveAsync(statements, run.Id, removed, cancellationToken);
        return ended > 0;
    }

    /// <summary>Writes down that runs of policies which schedules decided, and which wait for their turn, are left out.</summary>
    /// <param name="statements">The unit of work.</param>
    /// <param name="schedules">Whose.</param>
    /// <param name="reason">Why.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>As they are stored now.</returns>
    public async Task<IReadOnlyList<ServerRun>> LeaveOutAsync(
        IStatements statements,
        IEnumerable<ScheduleKey> schedules,
        string reason,
        Instant at,
        CancellationToken cancellationToken
    )
    {
        var policies = schedules.Where(k => !k.IsQuery).ToHashSet();
        if (policies.Count == 0)
            return [];
        var waiting = await statements.QueryAsync(
            $"{Columns} WHERE state = {nameof(RunState.Queued)} AND trigger_kind = {nameof(RunTrigger.Schedule)} ORDER BY queued_us, id",
            cancellationToken
        );
        var left = Read(waiting)
            .Where(r => policies.Contains(r.Key))
            .Select(r => r with { State = RunState.Skipped, Finished = at, Reason = reason })
            .ToList();
        foreach (var some in left.Chunk(HomeTables.MostRows))
        {
            var ids = SqlText.Join(", ", some.Select(r => (SqlText)$"{r.Id}"));
            await statements.ExecuteAsync(
                $"UPDATE {HomeTables.Runs} SET state = {nameof(RunState.Skipped)}, finished_us = {HomeTime.From(at)}, reason = {reason} WHERE state = {nameof(RunState.Queued)} AND id IN ({ids})",
                cancellationToken
            );
        }

        return left;
    }

    /// <summary>
    /// Whether others are to hear how a scheduled run ended: when what is wrong begins, and once a day while it lasts. A policy
    /// that runs each minute would tell a thousand times a day that the same removal waits. Each window of a query is news.
    /// </summary>
    public async Task<bool> IsNewsAsync(IStatements statements, ServerRun run, CancellationToken cancellationToken)
    {
        if (run is not { Trigger: RunTrigger.Schedule, IsQuery: false, Finished: { } finished })
            return true;
        SqlText ended =
            $"{HomeTables.Runs} WHERE connection = {run.Connection} AND policy = {run.Policy} AND window_from_us IS NULL AND id <> {run.Id} AND state IN ({nameof(RunState.Done)}, {nameof(RunState.Braked)}, {nameof(RunState.Waits)}, {nameof(RunState.Failed)})";
        SqlText same = $"(state = {run.State.ToString()} AND COALESCE(error_code, {""}) = {run.ErrorCode ?? ""})";
        var other = await statements.QueryAsync($"SELECT max(finished_us) FROM {ended} AND NOT {same}", cancellationToken);
        var lasts = await statements.QueryAsync(
            $"SELECT min(finished_us), max(finished_us) FROM {ended} AND {same} AND finished_us > {other[0].LongOrNull(0) ?? 0}",
            cancellationToken
        );
        return HomeTime.At(lasts[0].LongOrNull(0)) is not { } first
            || HomeTime.At(lasts[0].LongOrNull(1)) is not { } last
            || (finished - first).Days > (last - first).Days;
    }

    /// <summary>Those that wait or are under way, in the order in which they came.</summary>
    public async Task<IReadOnlyList<ServerRun>> OpenAsync(CancellationToken cancellationToken) =>
        Read(
            await home.QueryAsync(
                $"{Columns} WHERE state IN ({nameof(RunState.Queued)}, {nameof(RunState.Running)}) ORDER BY queued_us, id",
                cancellationToken
            )
        );

    public async Task<ServerRun?> FindAsync(string id, CancellationToken cancellationToken) =>
        Read(await home.QueryAsync($"{Columns} WHERE id = {id}", cancellationToken)).SingleOrDefault();

    /// <summary>Runs of some databases, newest first.</summary>
    /// <param name="connections">Of which.</param>
    /// <param name="policy">Of which policy or query; null for all.</param>
    /// <param name="before">Only older ones: the place of the last one that was seen; null from the newest on.</param>
    /// <param name="limit">How many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<ServerRun>> ListAsync(
        IReadOnlyList<string> connections,
        string? policy,
        RunPlace? before,
        int limit,
        CancellationToken cancellationToken
    )
    {
        if (connections.Count == 0)
            return [];
        SqlText names = SqlText.Join(", ", connections.Select(c => (SqlText)$"{c}"));
        SqlText where = $"connection IN ({names})";
        if (policy is not null)
            where = $"{where} AND policy = {policy}";
        if (before is not null)
            where =
                $"{where} AND (queued_us < {HomeTime.From(before.Queued)} OR (queued_us = {HomeTime.From(before.Queued)} AND id < {before.Id}))";
        return Read(
            await home.QueryAsync($"{Columns} WHERE {where} ORDER BY queued_us DESC, id DESC LIMIT {(long)limit}", cancellationToken)
        );
    }

    private static SqlText Columns =>
        $"SELECT id, connection, policy, trigger_kind, queued_us, subject, scheduled_us, missed, request, started_us, finished_us, state, reason, error_code, error, result, window_from_us, window_to_us, backfill, end_asked, end_by FROM {HomeTables.Runs}";

    private static IReadOnlyList<ServerRun> Read(IReadOnlyList<Row> rows) =>
        [
            .. rows.Select(r => new ServerRun(
                r.Text(0),
                r.Text(1),
                r.Text(2),
                Enum.Parse<RunTrigger>(r.Text(3)),
                HomeTime.At(r.Long(4)),
                r.Text(5)
            )
            {
                Scheduled = HomeTime.At(r.LongOrNull(6)),
                Missed = (int)r.Long(7),
                Asked = JsonSerializer.Deserialize<RunAsked>(r.Text(8))!,
                Started = HomeTime.At(r.LongOrNull(9)),
                Finished = HomeTime.At(r.LongOrNull(10)),
                State = Enum.Parse<RunState>(r.Text(11)),
                Reason = r.TextOrNull(12),
                ErrorCode = r.TextOrNull(13),
                Error = r.TextOrNull(14),
                Result = r.TextOrNull(15),
                Window = HomeTime.At(r.LongOrNull(16)) is { } from ? new(from, HomeTime.At(r.Long(17))) : null,
                Backfill = r.TextOrNull(18),
                EndAsked = r.TextOrNull(19) is { } asked ? new(asked == EndNow, r.TextOrNull(20) ?? "") : null,
            }),
        ];
}

/// <summary>Where a run stands in a list that is ordered by when it came.</summary>
internal sealed record RunPlace(Instant Queued, string Id);
