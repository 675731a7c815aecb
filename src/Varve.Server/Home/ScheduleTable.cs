using NodaTime;
using Varve.Engines;
using Varve.Sql;

namespace Varve.Server.Home;

/// <summary>The schedules of a home.</summary>
internal sealed class ScheduleTable(HomeDatabase home)
{
    /// <summary>Every schedule that is still asked for.</summary>
    public async Task<IReadOnlyList<ScheduleState>> ListAsync(CancellationToken cancellationToken) =>
        Read(await home.QueryAsync($"{Columns} WHERE gone_us IS NULL ORDER BY connection, policy", cancellationToken));

    /// <summary>One schedule; null where there is none.</summary>
    public async Task<ScheduleState?> FindAsync(IStatements statements, ScheduleKey key, CancellationToken cancellationToken) =>
        Read(
                await statements.QueryAsync(
                    $"{Columns} WHERE connection = {key.Connection} AND policy = {key.Policy} AND is_query = {key.IsQuery} AND gone_us IS NULL",
                    cancellationToken
                )
            )
            .SingleOrDefault();

    /// <summary>The same, as of a unit of work.</summary>
    public async Task<IReadOnlyList<ScheduleState>> ListAsync(IStatements statements, CancellationToken cancellationToken) =>
        Read(await statements.QueryAsync($"{Columns} WHERE gone_us IS NULL", cancellationToken));

    /// <summary>Replaces what is kept of one schedule.</summary>
    public Task SaveAsync(IStatements statements, ScheduleState state, CancellationToken cancellationToken) =>
        SaveAsync(statements, [state], cancellationToken);

    /// <summary>Replaces what is kept of schedules, each of them once, with few statements, however many they are.</summary>
    public async Task SaveAsync(IStatements statements, IReadOnlyCollection<ScheduleState> states, CancellationToken cancellationToken)
    {
        foreach (var kind in states.GroupBy(s => (s.Key.Connection, s.Key.IsQuery)))
            foreach (var some in kind.Chunk(HomeTables.MostRows))
            {
                var (connection, isQuery) = kind.Key;
                var policies = SqlText.Join(", ", some.Select(s => (SqlText)$"{s.Key.Policy}"));
                await statements.ExecuteAsync(
                    $"DELETE FROM {HomeTables.Schedules} WHERE connection = {connection} AND is_query = {isQuery} AND policy IN ({policies})",
                    cancellationToken
                );
                await statements.ExecuteAsync(
                    $"""
                INSERT INTO {HomeTables.Schedules} (connection, policy, rule, armed_us, failures, circuit_us, success_us, overdue_us, paused_us, paused_by, pause_reason, paused_until_us, skip_by, is_query)
                VALUES {SqlText.Join(", ", some.Select(Values))}
                """,
                    cancellationToken
                );
            }
    }

    private static SqlText Values(ScheduleState state) =>
        $"""
            ({state.Key.Connection}, {state.Key.Policy}, {state.Rule}, {HomeTime.From(state.Armed)}, {(long)
                state.Failures}, {HomeTime.Sql(state.CircuitUntil)}, {HomeTime.Sql(state.Succeeded)},
            {HomeTime.Sql(state.Overdue)}, {HomeTime.Sql(state.Pause?.Since)}, {state.Pause?.By}, {state.Pause?.Reason}, {HomeTime.Sql(
                state.Pause?.Until
            )}, {state.SkipBy}, {state.Key.IsQuery})
            """;

    /// <summary>Changes one schedule; null where there is none.</summary>
    public Task<ScheduleState?> ChangeAsync(
        ScheduleKey key,
        Func<ScheduleState, ScheduleState> change,
        CancellationToken cancellationToken
    ) =>
        home.WriteAsync(
            async (statements, token) =>
            {
                if (await FindAsync(statements, key, token) is not { } state)
                    return null;
                var changed = change(state);
                await SaveAsync(statements, changed, token);
                return changed;
            },
            cancellationToken
        );

    /// <summary>A policy that has no schedule any more; what is kept of it is kept, so that a later one counts from its own edit.</summary>
    public Task<long> RetireAsync(ScheduleKey key, CancellationToken cancellationToken) =>
        home.ExecuteAsync(
            $"DELETE FROM {HomeTables.Schedules} WHERE connection = {key.Connection} AND policy = {key.Policy} AND is_query = {key.IsQuery}",
            cancellationToken
        );

    private static SqlText Columns =>
        $"SELECT connection, policy, rule, armed_us, failures, circuit_us, success_us, overdue_us, paused_us, paused_by, pause_reason, paused_until_us, skip_by, is_query FROM {HomeTables.Schedules}";

    private static IReadOnlyList<ScheduleState> Read(IReadOnlyList<Row> rows) =>
        [
            .. rows.Select(r => new ScheduleState(new(r.Text(0), r.Text(1), r.Truth(13)), r.Text(2), HomeTime.At(r.Long(3)))
            {
                Failures = (int)r.Long(4),
                CircuitUntil = HomeTime.At(r.LongOrNull(5)),
                Succeeded = HomeTime.At(r.LongOrNull(6)),
                Overdue = HomeTime.At(r.LongOrNull(7)),
                Pause = HomeTime.At(r.LongOrNull(8)) is { } since ? new(since, r.Text(9), r.Text(10), HomeTime.At(r.LongOrNull(11))) : null,
                SkipBy = r.TextOrNull(12),
            }),
        ];
}
