using NodaTime;
using Varve.Queries;
using Varve.Server.Connections;
using Varve.Server.Home;

namespace Varve.Server.Runs;

/// <summary>Does one window of a query, and tries again as often as the query says.</summary>
internal sealed class QueryRunner(QueryTable queries, HomeDatabase home)
{
    private static readonly Duration s_longestRest = Duration.FromMinutes(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly string s_schema = new LifecycleOptions().CatalogSchema;

    /// <summary>What does the work in one database.</summary>
    internal static QueryWork Work(Database database, TimeProvider clock) => new(database.Engine, s_schema, clock);

    /// <exception cref="PolicyException">Queries are not allowed there.</exception>
    internal static void Allow(ServerConnection connection)
    {
        if (!connection.Setting.Queries)
            throw new PolicyException(
                ServerCodes.NoQueries,
                $"The connection {connection.Name} is not declared with `queries: true`: statements of people are not run there. Whoever runs the server can allow it in its configuration."
            );
    }

    public async Task<RunResult> RunAsync(
        ServerConnection connection,
        ServerRun run,
        RunFeed feed,
        CancellationToken stop,
        CancellationToken cancel
    )
    {
        Allow(connection);
        var stored =
            await queries.FindAsync(run.Connection, run.Policy, cancel)
            ?? throw new PolicyException(ServerCodes.Missing, $"There is no query {run.Policy} any more.");
        for (var attempt = 1; ; attempt++)
        {
            feed.Reach(0, 1, run.Window!.ToString());
            feed.Tell(
                "window-started",
                ServerJson.Write(
                    new
                    {
                        query = run.Policy,
                        window = run.Window,
                        attempt,
                        revision = stored.Revision,
                    }
                )
            );
            VarveException error;
            try
            {
                var result = await TryAsync(connection, stored, run, cancel);
                feed.Reach(1, 1, null);
                var shape = new WindowShape(run.Window!, result.Rows, result.Replaced, result.WasDone, stored.Revision, attempt);
                feed.Tell("window-done", ServerJson.Write(shape));
                return new(RunState.Done, ServerJson.Write(shape), result.WasDone ? "it had been done before" : null, null);
            }
            catch (VarveException refused)
            {
                error = refused;
            }

            feed.Tell(
                "window-failed",
                ServerJson.Write(
                    new
                    {
                        query = run.Policy,
                        attempt,
                        error = ErrorBody.Of(error),
                    }
                )
            );

            // What does not fit what is there does not fit in a minute either.
            if (attempt > stored.Query.Retries || error is PolicyException || !await RestAsync(attempt, stop, cancel))
                return new(RunState.Failed, null, null, ErrorBody.Of(error));
        }
    }

    private async Task<WindowResult> TryAsync(ServerConnection connection, StoredQuery stored, ServerRun run, CancellationToken cancel)
    {
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timed.CancelAfter(stored.Query.Timeout.Longest.ToTimeSpan());
        try
        {
            return await connection.OwnAsync(
                run.Subject,
                s_patience,
                (_, database) =>
                    Work(database, home.Clock)
                        .RunAsync(stored.Query, stored.Revision, run.Window!, run.Again, run.Id, run.Subject, timed.Token),
                timed.Token
            );
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new EngineException(
                ServerCodes.TimedOut,
                $"{run.Policy}: the window took longer than `timeout: {stored.Query.Timeout.Text}`, and was rolled back.",
                isTransient: true
            );
        }
    }

    /// <summary>Waits before another try; false where the server ends meanwhile.</summary>
    private async Task<bool> RestAsync(int attempt, CancellationToken stop, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, cancel);
        try
        {
            await Task.Delay(
                Duration.Min(s_longestRest, Duration.FromSeconds(1L << Math.Min(attempt - 1, 20))).ToTimeSpan(),
                home.Clock,
                either.Token
            );
            return true;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }
}
