using NodaTime;
using Varve.Engines;

namespace Varve.Server.Home;

/// <summary>
/// Rows that runs removed, by run and day. While a step is under way it has what that step may remove: a server that is
/// killed in it leaves too much there, and never too little.
/// </summary>
internal sealed class RemovedTable
{
    private static readonly Duration s_kept = Duration.FromDays(32);

    /// <summary>Writes down what a run removed on a day, in place of what stood there.</summary>
    public async Task SaveAsync(IStatements statements, string run, RemovedRows removed, CancellationToken cancellationToken)
    {
        var day = HomeTime.From(removed.Day);
        await statements.ExecuteAsync(
            $"DELETE FROM {HomeTables.Removed} WHERE (run = {run} AND day_us = {day}) OR day_us < {HomeTime.From(removed.Day - s_kept)}",
            cancellationToken
        );
        await statements.ExecuteAsync(
            $"INSERT INTO {HomeTables.Removed} (run, tenant, day_us, removed) VALUES ({run}, {removed.Tenant}, {day}, {removed.Rows})",
            cancellationToken
        );
    }

    /// <summary>What each run removed on a day.</summary>
    public async Task<IReadOnlyList<(string Run, string Tenant, long Rows)>> OfDayAsync(
        IStatements statements,
        Instant day,
        CancellationToken cancellationToken
    ) =>
        [
            .. (
                await statements.QueryAsync(
                    $"SELECT run, tenant, removed FROM {HomeTables.Removed} WHERE day_us = {HomeTime.From(day)}",
                    cancellationToken
                )
            ).Select(r => (r.Text(0), r.Text(1), r.Long(2))),
        ];
}
