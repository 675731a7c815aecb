using NodaTime;
using Varve.Engines;
using Varve.Sql;

namespace Varve.Server.Home;

/// <summary>How a delivery stands.</summary>
internal enum DeliveryState
{
    /// <summary>It is tried, now or later.</summary>
    Waiting,

    /// <summary>It arrived.</summary>
    Delivered,

    /// <summary>It was tried often enough; a person may have it tried again.</summary>
    Dead,
}

/// <summary>One notice on its way to one target.</summary>
/// <param name="Id">The same for every try.</param>
/// <param name="Target">The target by its name in the configuration.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Kind">What is told.</param>
/// <param name="Body">The notice as JSON.</param>
/// <param name="Created">When.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Next">When it is tried next; null where it is not.</param>
/// <param name="State">How it stands.</param>
/// <param name="Answer">What was answered last; null for nothing.</param>
internal sealed record Delivery(
    string Id,
    string Target,
    string Tenant,
    string Kind,
    string Body,
    Instant Created,
    int Attempts,
    Instant? Next,
    DeliveryState State,
    string? Answer
);

/// <summary>What is told to others, and what did not arrive.</summary>
internal sealed class DeliveryTable(HomeDatabase home)
{
    public Task<long> AddAsync(IStatements statements, Delivery d, CancellationToken cancellationToken) =>
        statements.ExecuteAsync(
            $"""
            INSERT INTO {HomeTables.Deliveries} (id, target, tenant, kind, body, created_us, attempts, next_us, state)
            VALUES ({d.Id}, {d.Target}, {d.Tenant}, {d.Kind}, {d.Body}, {HomeTime.From(d.Created)}, 0, {HomeTime.Sql(
                d.Next
            )}, {d.State.ToString()})
            """,
            cancellationToken
        );

    /// <summary>Those that are to be tried by an instant, oldest first.</summary>
    public async Task<IReadOnlyList<Delivery>> DueAsync(Instant now, CancellationToken cancellationToken) =>
        Read(
            await home.QueryAsync(
                $"{Columns} WHERE state = {nameof(DeliveryState.Waiting)} AND next_us <= {HomeTime.From(now)} ORDER BY created_us, id LIMIT 200",
                cancellationToken
            )
        );

    /// <summary>Writes down what became of a try.</summary>
    public Task<long> TriedAsync(
        string id,
        int attempts,
        DeliveryState state,
        Instant? next,
        string? answer,
        Instant now,
        CancellationToken cancellationToken
    ) =>
        home.ExecuteAsync(
            $"UPDATE {HomeTables.Deliveries} SET attempts = {(long)attempts}, state = {state.ToString()}, next_us = {HomeTime.Sql(next)}, answer = {answer}, done_us = {HomeTime.Sql(state == DeliveryState.Waiting ? null : now)} WHERE id = {id}",
            cancellationToken
        );

    /// <summary>Lets a dead one be tried again; false where it is not dead.</summary>
    public async Task<bool> ReviveAsync(IStatements statements, string id, Instant now, CancellationToken cancellationToken) =>
        await statements.ExecuteAsync(
            $"UPDATE {HomeTables.Deliveries} SET attempts = 0, state = {nameof(DeliveryState.Waiting)}, next_us = {HomeTime.From(now)}, done_us = NULL WHERE id = {id} AND state = {nameof(DeliveryState.Dead)}",
            cancellationToken
        ) > 0;

    public async Task<Delivery?> FindAsync(string id, CancellationToken cancellationToken) =>
        Read(await home.QueryAsync($"{Columns} WHERE id = {id}", cancellationToken)).SingleOrDefault();

    /// <summary>The newest of a tenant, or of all; only those that stand so, where that is said.</summary>
    public async Task<IReadOnlyList<Delivery>> ListAsync(
        string tenant,
        DeliveryState? state,
        int limit,
        CancellationToken cancellationToken
    )
    {
        SqlText where = $"({tenant} = {Access.Caller.AllTenants} OR tenant = {tenant})";
        if (state is { } wanted)
            where = $"{where} AND state = {wanted.ToString()}";
        return Read(
            await home.QueryAsync($"{Columns} WHERE {where} ORDER BY created_us DESC, id DESC LIMIT {(long)limit}", cancellationToken)
        );
    }

    /// <summary>How many are dead.</summary>
    public async Task<long> DeadAsync(CancellationToken cancellationToken) =>
        (
            await home.QueryAsync(
                $"SELECT count(*) FROM {HomeTables.Deliveries} WHERE state = {nameof(DeliveryState.Dead)}",
                cancellationToken
            )
        )[0]
            .Long(0);

    /// <summary>Forgets those that arrived before an instant, so that a home does not grow.</summary>
    public Task<long> SweepAsync(Instant before, CancellationToken cancellationToken) =>
        home.ExecuteAsync(
            $"DELETE FROM {HomeTables.Deliveries} WHERE state = {nameof(DeliveryState.Delivered)} AND done_us < {HomeTime.From(before)}",
            cancellationToken
        );

    private static SqlText Columns =>
        $"SELECT id, target, tenant, kind, body, created_us, attempts, next_us, state, answer FROM {HomeTables.Deliveries}";

    private static IReadOnlyList<Delivery> Read(IReadOnlyList<Row> rows) =>
        [
            .. rows.Select(r => new Delivery(
                r.Text(0),
                r.Text(1),
                r.Text(2),
                r.Text(3),
                r.Text(4),
                HomeTime.At(r.Long(5)),
                (int)r.Long(6),
                HomeTime.At(r.LongOrNull(7)),
                Enum.Parse<DeliveryState>(r.Text(8)),
                r.TextOrNull(9)
            )),
        ];
}
