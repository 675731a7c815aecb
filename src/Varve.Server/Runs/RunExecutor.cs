using NodaTime;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Quotas;
using Varve.Time;

namespace Varve.Server.Runs;

/// <summary>How a run ended.</summary>
/// <param name="State">As it is kept.</param>
/// <param name="Outcome">What it did, as JSON; null for nothing.</param>
/// <param name="Reason">Why it ended early; null where it did not.</param>
/// <param name="Error">What ended it; null for nothing.</param>
internal sealed record RunResult(RunState State, string? Outcome, string? Reason, ErrorBody? Error)
{
    /// <summary>Rows that it removed; null where none went.</summary>
    public RemovedRows? Removed { get; init; }
}

/// <summary>Carries a run out; the scheduler knows no other way.</summary>
internal delegate Task<RunResult> RunAction(ServerRun run, RunFeed feed, CancellationToken stop, CancellationToken cancel);

/// <summary>Carries a run out through the library, and tells what happens.</summary>
internal sealed class RunExecutor(ConnectionSet connections, QueryRunner queries, PolicyWatch watch, TenantQuotas quotas, HomeDatabase home)
{
    // Whoever has an embedded database has it for seconds; a run can wait for that.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public async Task<RunResult> RunAsync(ServerRun run, RunFeed feed, CancellationToken stop, CancellationToken cancel)
    {
        var outcome = new RunOutcome();
        RowAllowance? rows = null;
        var result = await ResultAsync();
        return result with { Removed = rows?.Removed(outcome.Policies.Sum(p => p.Summary?.RowsRemoved ?? 0)) };

        async Task<RunResult> ResultAsync()
        {
            try
            {
                if (connections.Find(Caller.Scheduler, run.Connection) is not { } connection)
                    throw new PolicyException(ServerCodes.Missing, $"There is no connection {run.Connection} any more.");
                if (run.IsQuery)
                    return await queries.RunAsync(connection, run, feed, stop, cancel);
                return await connection.OwnAsync(
                    run.Subject,
                    s_patience,
                    async (lifecycle, database) =>
                    {
                        rows = new(quotas, home, run, connection.Setting.Tenant, database.Engine.Capabilities.Transactions);
                        var result = await RunAsync(lifecycle, run, outcome, rows, feed, stop, cancel);
                        await watch.TakeAsync(connection.Name, lifecycle, outcome, cancel);
                        return result;
                    },
                    cancel
                );
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return new(RunState.Cancelled, Json(outcome), "it was cancelled; what the statement in flight did was rolled back", null);
            }
            catch (VarveException broken)
            {
                feed.Tell("broken", ServerJson.Write(new { error = ErrorBody.Of(broken) }));
                return new(RunState.Failed, Json(outcome), null, ErrorBody.Of(broken));
            }
        }
    }

    private static string Json(RunOutcome outcome) => ServerJson.Write(outcome.Shape);

    private static async Task<RunResult> RunAsync(
        Lifecycle lifecycle,
        ServerRun run,
        RunOutcome outcome,
        RowAllowance rows,
        RunFeed feed,
        CancellationToken stop,
        CancellationToken cancel
    )
    {
        var asked = run.Asked;
        var options = new RunOptions
        {
            AsOf = asked.AsOf is { } at ? InstantText.Parse(at) : null,
            Confirm = asked.Confirm,
            MaxRemove = asked.MaxRemove,
            For = asked.For is { } length ? Keep.Parse(length).Shortest : null,
            Yes = asked.Yes,
            Plans = asked.Plan is { } plan ? PlanFile.Read(plan) : null,
            AuditHead = asked.AuditHead,
            Allowance = rows.Asking,
            Stop = stop,
        };
        await foreach (
            var happened in lifecycle.RunAsync(
                new Selection(run.Policy.Length > 0 ? [run.Policy] : asked.Policies, asked.Tags),
                options,
                cancel
            )
        )
        {
            outcome.Take(happened);
            RunTelling.Tell(feed, happened);
        }

        var error = outcome.Policies.SelectMany(p => p.Errors).FirstOrDefault();
        var state =
            error is not null ? RunState.Failed
            : outcome.Braked.Count > 0 ? RunState.Braked
            : rows.Refusal is not null || outcome.Policies.Any(p => p.Waits.Any(w => w.NeedsPerson)) ? RunState.Waits
            : outcome.Policies.Any(p => p.Postponed || p.Summary is { Stopped: true }) ? RunState.Stopped
            : RunState.Done;
        return new(
            state,
            Json(outcome),
            rows.Refusal ?? (state == RunState.Stopped ? "it was asked to stop; the next run goes on" : null),
            error is null ? null : ErrorBody.Of(error)
        );
    }
}
