using NodaTime;
using Varve.Engines;

namespace Varve.Server.Home;

/// <summary>Which request a key of idempotency stood for, so that one that is sent twice is carried out once.</summary>
internal sealed class KeyTable
{
    private static readonly Duration s_kept = Duration.FromDays(2);

    /// <summary>The run that a key stood for, or what an act answered under it; null where it is new.</summary>
    /// <exception cref="PolicyException">It stood for another request.</exception>
    public async Task<string?> FindAsync(
        IStatements statements,
        string tenant,
        string key,
        string requestHash,
        CancellationToken cancellationToken
    )
    {
        var rows = await statements.QueryAsync(
            $"SELECT request_hash, run FROM {HomeTables.IdempotencyKeys} WHERE tenant = {tenant} AND idempotency_key = {key}",
            cancellationToken
        );
        if (rows.Count == 0)
            return null;
        return rows[0].Text(0) == requestHash
            ? rows[0].Text(1)
            : throw new PolicyException(
                ServerCodes.KeyReused,
                "This Idempotency-Key was sent with another request. Use a new one for a new request."
            );
    }

    public async Task AddAsync(
        IStatements statements,
        string tenant,
        string key,
        string requestHash,
        string run,
        Instant now,
        CancellationToken cancellationToken
    )
    {
        await statements.ExecuteAsync(
            $"DELETE FROM {HomeTables.IdempotencyKeys} WHERE created_us < {HomeTime.From(now - s_kept)}",
            cancellationToken
        );
        await statements.ExecuteAsync(
            $"INSERT INTO {HomeTables.IdempotencyKeys} (tenant, idempotency_key, request_hash, run, created_us) VALUES ({tenant}, {key}, {requestHash}, {run}, {HomeTime.From(now)})",
            cancellationToken
        );
    }

    /// <summary>Forgets a key.</summary>
    public Task<long> RemoveAsync(IStatements statements, string tenant, string key, CancellationToken cancellationToken) =>
        statements.ExecuteAsync(
            $"DELETE FROM {HomeTables.IdempotencyKeys} WHERE tenant = {tenant} AND idempotency_key = {key}",
            cancellationToken
        );
}
