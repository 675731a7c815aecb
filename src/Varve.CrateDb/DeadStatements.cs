using Varve.CrateDb.Http;
using Varve.CrateDb.Statements;
using Varve.Engines;

namespace Varve.CrateDb;

/// <summary>
/// Statements of a client that is gone: CrateDB works on. They are ended and waited for before somebody else writes to the
/// same tables.
/// </summary>
internal static class DeadStatements
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(30);

    /// <exception cref="EngineException">Some of them go on.</exception>
    public static async Task EndAsync(SqlSession session, string holder, TimeProvider clock, CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        while (true)
        {
            var jobs = (await session.QueryAsync(CatalogShapes.JobsOf(holder), cancellationToken)).Rows;
            if (jobs.Count == 0)
                return;
            if (clock.GetElapsedTime(begun) > s_most)
                throw new EngineException(
                    ServerCodes.NotReady,
                    $"{jobs.Count} statements of a run that died are still being worked on, and do not end though they were told to. Wait, and run again.",
                    isTransient: true
                );
            foreach (var job in jobs)
                await session.ExecuteAsync(CatalogShapes.Kill(job.Text(0)), cancellationToken);
            await Task.Delay(s_pause, clock, cancellationToken);
        }
    }
}
