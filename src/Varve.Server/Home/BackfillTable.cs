using NodaTime;
using Varve.Engines;
using Varve.Sql;

namespace Varve.Server.Home;

/// <summary>The backfills of a home. What their windows did stands in their runs.</summary>
internal sealed class BackfillTable(HomeDatabase home)
{
    public Task<long> AddAsync(IStatements statements, Backfill b, CancellationToken cancellationToken) =>
        statements.ExecuteAsync(
            $"""
            INSERT INTO {HomeTables.Backfills} (id, connection, query, from_us, to_us, newest_first, at_once, again, state, subject, created_us)
            VALUES ({b.Id}, {b.Connection}, {b.Query}, {HomeTime.From(b.Range.From)}, {HomeTime.From(b.Range.To)}, {b.NewestFirst}, {(long)
                b.AtOnce}, {b.Windows.ToString()}, {b.State.ToString()}, {b.Subject}, {HomeTime.From(b.Created)})
            """,
            cancellationToken
        );

    /// <summary>Changes how it stands; false where it has ended.</summary>
    public async Task<bool> SetAsync(
        IStatements statements,
        string id,
        BackfillState state,
        string? reason,
        Instant? finished,
        CancellationToken cancellationToken
    ) =>
        await statements.ExecuteAsync(
            $"""
            UPDATE {HomeTables.Backfills} SET state = {state.ToString()}, reason = {reason}, finished_us = {HomeTime.Sql(finished)}
            WHERE id = {id} AND state IN ({nameof(BackfillState.Running)}, {nameof(BackfillState.Paused)})
            """,
            cancellationToken
        ) > 0;

    public async Task<Backfill?> FindAsync(string id, CancellationToken cancellationToken) =>
        Read(await home.QueryAsync($"{Columns} WHERE id = {id}", cancellationToken)).SingleOrDefault();

    /// <summary>Those that have not ended.</summary>
    public async Task<IReadOnlyList<Backfill>> OpenAsync(CancellationToken cancellationToken) =>
        Read(
            await home.QueryAsync(
                $"{Columns} WHERE state IN ({nameof(BackfillState.Running)}, {nameof(BackfillState.Paused)}) ORDER BY created_us, id",
                cancellationToken
            )
        );

    /// <summary>The newest of some databases.</summary>
    public async Task<IReadOnlyList<Backfill>> ListAsync(IReadOnlyList<string> connections, int limit, CancellationToken cancellationToken)
    {
        if (connections.Count == 0)
            return [];
        var names = SqlText.Join(", ", connections.Select(c => (SqlText)$"{c}"));
        return Read(
            await home.QueryAsync(
                $"{Columns} WHERE connection IN ({names}) ORDER BY created_us DESC, id DESC LIMIT {(long)limit}",
                cancellationToken
            )
        );
    }

    /// <summary>How many of its windows stand how.</summary>
    public async Task<IReadOnlyDictionary<RunState, int>> CountsAsync(string id, CancellationToken cancellationToken) =>
        (
            await home.QueryAsync($"SELECT state, count(*) FROM {HomeTables.Runs} WHERE backfill = {id} GROUP BY state", cancellationToken)
        ).ToDictionary(r => Enum.Parse<RunState>(r.Text(0)), r => (int)r.Long(1));

    /// <summary>The beginnings of the windows that it has a run for.</summary>
    public async Task<IReadOnlySet<Instant>> BegunAsync(string id, CancellationToken cancellationToken) =>
        (await home.QueryAsync($"SELECT window_from_us FROM {HomeTables.Runs} WHERE backfill = {id}", cancellationToken))
            .Select(r => HomeTime.At(r.Long(0)))
            .ToHashSet();

    /// <summary>The beginnings of the windows of a query whose newest run failed.</summary>
    public async Task<IReadOnlySet<Instant>> FailedAsync(string connection, string query, CancellationToken cancellationToken) => (
            await home.QueryAsync(
                $"""
                SELECT window_from_us, state FROM {HomeTables.Runs} WHERE connection = {connection} AND policy = {query} AND window_from_us IS NOT NULL AND finished_us IS NOT NULL ORDER BY queued_us, id
                """,
                cancellationToken
            )
        ).GroupBy(r => r.Long(0)).Where(g => g.Last().Text(1) == nameof(RunState.Failed)).Select(g => HomeTime.At(g.Key)).ToHashSet();

    private static SqlText Columns =>
        $"SELECT id, connection, query, from_us, to_us, newest_first, at_once, again, state, subject, created_us, reason, finished_us FROM {HomeTables.Backfills}";

    private static IReadOnlyList<Backfill> Read(IReadOnlyList<Row> rows) =>
        [
            .. rows.Select(r => new Backfill(
                r.Text(0),
                r.Text(1),
                r.Text(2),
                new(HomeTime.At(r.Long(3)), HomeTime.At(r.Long(4))),
                r.Truth(5),
                (int)r.Long(6),
                Enum.Parse<BackfillWindows>(r.Text(7)),
                r.Text(9),
                HomeTime.At(r.Long(10))
            )
            {
                State = Enum.Parse<BackfillState>(r.Text(8)),
                Reason = r.TextOrNull(11),
                Finished = HomeTime.At(r.LongOrNull(12)),
            }),
        ];
}
