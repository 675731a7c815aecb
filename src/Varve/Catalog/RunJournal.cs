using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>Runs and their steps: intent before the act, outcome with it.</summary>
internal sealed partial class RunJournal(CatalogTables tables, Duration keep)
{
    private const int MostRows = 500;

    private Instant? _forgotten;

    /// <summary>Closes what a killed process left open: its steps are undone or done; the run has what they say.</summary>
    /// <param name="statements">The unit of work.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="last">The last step that the ledger says was done: the journal may not have it yet.</param>
    /// <param name="at">When it is closed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="there">The runs that there are, where that is known; of any policy.</param>
    public async Task CloseInterruptedAsync(
        IStatements statements,
        string policy,
        LastStep? last,
        Instant at,
        CancellationToken cancellationToken,
        RunsThere? there = null
    )
    {
        var found = there is { AreOpen: false } none
            ? none
            : There((await statements.QueryAsync(Open(policy, at).Query, cancellationToken))[0], 0);

        // Where nothing is too old when a run begins, nobody looks at its end.
        if (found.AreOld == false)
            _forgotten = at;
        if (!found.AreOpen)
            return;
        if (last is not null)
            await CloseAsync(
                statements,
                last.Run,
                last.Ordinal,
                StepStatus.Done,
                last.RowsIn,
                last.RowsWritten,
                last.RowsRemoved,
                last.Note,
                at,
                cancellationToken
            );
        await statements.ExecuteAsync(
            $"UPDATE {tables.Steps} SET status = {StepStatus.Failed.Word()}, finished_us = {Micros.From(at)}, note = {"the process ended before it was done"} WHERE policy = {policy} AND status = {StepStatus.Running.Word()}",
            cancellationToken
        );
        await statements.ExecuteAsync(
            $"UPDATE {tables.Steps} SET status = {StepStatus.Skipped.Word()}, note = {"the process ended before it"} WHERE policy = {policy} AND status = {StepStatus.Planned.Word()}",
            cancellationToken
        );
        var runs = await statements.QueryAsync(
            $"SELECT run FROM {tables.Runs} WHERE policy = {policy} AND status = {RunStatus.Running.Word()}",
            cancellationToken
        );
        foreach (var run in runs)
            await InterruptAsync(statements, run.Text(0), at, cancellationToken);
        await statements.ExecuteAsync($"DELETE FROM {tables.Leases} WHERE policy = {policy}", cancellationToken);
    }

    // Counted first and written then: not every engine takes a subquery about the row that it changes.
    private async Task InterruptAsync(IStatements statements, string run, Instant at, CancellationToken cancellationToken)
    {
        var steps = (
            await statements.QueryAsync(
                $"""
                SELECT count(*), count(CASE WHEN status = {StepStatus.Done.Word()} THEN 1 END), CAST(coalesce(sum(CASE WHEN status = {StepStatus.Done.Word()} THEN rows_in ELSE 0 END), 0) AS BIGINT),
                  CAST(coalesce(sum(CASE WHEN status = {StepStatus.Done.Word()} THEN rows_written ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN status = {StepStatus.Done.Word()} THEN rows_removed ELSE 0 END), 0) AS BIGINT)
                FROM {tables.Steps} WHERE run = {run}
                """,
                cancellationToken
            )
        )[0];
        await statements.ExecuteAsync(
            $"""
            UPDATE {tables.Runs} SET status = {RunStatus.Interrupted.Word()}, finished_us = {Micros.From(at)}, steps = {steps.Long(
                0
            )}, steps_done = {steps.Long(1)},
            rows_read = {steps.Long(2)}, rows_written = {steps.Long(3)}, rows_removed = {steps.Long(4)} WHERE run = {run}
            """,
            cancellationToken
        );
    }

    /// <summary>Begins a run.</summary>
    public async Task BeginAsync(
        IStatements statements,
        string run,
        Plan plan,
        Instant at,
        string holder,
        CancellationToken cancellationToken
    )
    {
        await statements.ExecuteAsync(
            $"""
            INSERT INTO {tables.Runs} (run, policy, revision, as_of_us, started_us, status, steps, steps_done, rows_read, rows_written, rows_removed)
            VALUES ({run}, {plan.Policy}, {(long)plan.Revision}, {Micros.From(plan.AsOf)}, {Micros.From(at)}, {RunStatus.Running.Word()}, {(long)
                plan.Steps.Count}, 0, 0, 0, 0)
            """,
            cancellationToken
        );
        await statements.ExecuteAsync(
            $"INSERT INTO {tables.Leases} (policy, run, holder, taken_us) VALUES ({plan.Policy}, {run}, {holder}, {Micros.From(at)})",
            cancellationToken
        );
    }

    /// <summary>Writes the steps of a plan, all at once; the first one with its intent where that is known already.</summary>
    public async Task PlanAsync(
        IStatements statements,
        string run,
        string policy,
        int first,
        IReadOnlyList<PlanStep> steps,
        CancellationToken cancellationToken,
        (string Statement, Instant At)? intent = null
    )
    {
        foreach (var some in Enumerable.Range(0, steps.Count).Chunk(MostRows))
            await statements.ExecuteAsync(
                $"INSERT INTO {tables.Steps} (run, policy, ordinal, kind, relation, ranges, reason, status, rows_in, rows_written, rows_removed, statement, started_us) VALUES {SqlText.Join(", ", some.Select(i => (SqlText)$"({Step(i)})"))}",
                cancellationToken
            );

        SqlText Step(int i)
        {
            var begun = i == 0 ? intent : null;
            var status = begun is null ? StepStatus.Planned : StepStatus.Running;
            SqlText at = $"NULL";
            if (begun is { At: var when })
                at = $"{Micros.From(when)}";
            return $"{run}, {policy}, {(long)first + i}, {steps[i].Kind}, {steps[i].Relation.Text}, {string.Join(' ', steps[i].Touches)}, {steps[i].Reason}, {status.Word()}, 0, 0, 0, {begun?.Statement}, {at}";
        }
    }

    /// <summary>The intent of a step, committed before it acts.</summary>
    public Task IntendAsync(
        IStatements statements,
        string run,
        int ordinal,
        string statement,
        Instant at,
        CancellationToken cancellationToken
    ) =>
        statements.ExecuteAsync(
            $"UPDATE {tables.Steps} SET status = {StepStatus.Running.Word()}, statement = {statement}, started_us = {Micros.From(at)} WHERE run = {run} AND ordinal = {(long)ordinal}",
            cancellationToken
        );

    /// <summary>
    /// The outcome of a step: done in the transaction of its act, failed and skipped in one of their own; and what was run for
    /// it, where that is not what was going to be.
    /// </summary>
    public Task CloseAsync(
        IStatements statements,
        string run,
        int ordinal,
        StepStatus status,
        long rowsIn,
        long written,
        long removed,
        string? note,
        Instant at,
        CancellationToken cancellationToken,
        string? executed = null
    )
    {
        var what = executed is null ? SqlText.Empty : (SqlText)$", executed = {executed}";
        return statements.ExecuteAsync(
            $"""
            UPDATE {tables.Steps} SET status = {status.Word()}, rows_in = {rowsIn}, rows_written = {written}, rows_removed = {removed}, note = {note}, finished_us = {Micros.From(
                at
            )}{what}
            WHERE run = {run} AND ordinal = {(long)ordinal}
            """,
            cancellationToken
        );
    }

    /// <summary>Ends a run, and forgets runs and steps that are too old.</summary>
    public async Task FinishAsync(IStatements statements, RunRecord run, CancellationToken cancellationToken)
    {
        if (run.StepsDone < run.Steps)
            await statements.ExecuteAsync(
                $"UPDATE {tables.Steps} SET status = {StepStatus.Skipped.Word()}, note = {"the run ended before it"} WHERE run = {run.Id} AND status IN ({StepStatus.Planned.Word()}, {StepStatus.Running.Word()})",
                cancellationToken
            );
        await statements.ExecuteAsync($"DELETE FROM {tables.Leases} WHERE policy = {run.Policy}", cancellationToken);
        await statements.ExecuteAsync(
            $"""
            UPDATE {tables.Runs} SET status = {run.Status.Word()}, finished_us = {Micros.From(run.FinishedAt!.Value)}, steps = {(long)
                run.Steps}, steps_done = {(long)run.StepsDone}, rows_read = {run.RowsRead},
            rows_written = {run.RowsWritten}, rows_removed = {run.RowsRemoved}, error_code = {run.ErrorCode}, error = {run.Error} WHERE run = {run.Id}
            """,
            cancellationToken
        );
        await ForgetAsync(statements, run.FinishedAt!.Value, cancellationToken);
    }

    /// <summary>Writes runs that had nothing to do, begun and ended, and forgets runs and steps that are too old.</summary>
    public async Task RecordAsync(IStatements statements, IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken)
    {
        foreach (var some in runs.Chunk(MostRows))
        {
            var rows = some.Select(run =>
                (SqlText)
                    $"({run.Id}, {run.Policy}, {(long)run.Revision}, {Micros.From(run.AsOf)}, {Micros.From(run.StartedAt)}, {Micros.From(run.FinishedAt!.Value)}, {run.Status.Word()}, 0, 0, 0, 0, 0)"
            );
            await statements.ExecuteAsync(
                $"INSERT INTO {tables.Runs} (run, policy, revision, as_of_us, started_us, finished_us, status, steps, steps_done, rows_read, rows_written, rows_removed) VALUES {SqlText.Join(", ", rows)}",
                cancellationToken
            );
        }

        await ForgetAsync(statements, runs[^1].FinishedAt!.Value, cancellationToken);
    }

    /// <summary>The policies of which a run is under way, or was when its process ended.</summary>
    public async Task<IReadOnlySet<string>> RunningAsync(IStatements statements, CancellationToken cancellationToken)
    {
        SqlText running = $"SELECT DISTINCT policy FROM {tables.Runs} WHERE status = {RunStatus.Running.Word()}";
        var rows = await statements.QueryAsync(running, cancellationToken);
        return rows.Select(r => r.Text(0)).ToHashSet(StringComparer.Ordinal);
    }

    // Once an hour is enough, and once for a run of many policies. Steps of runs that are gone are looked for only where runs
    // went: it reads all of both tables.
    private async Task ForgetAsync(IStatements statements, Instant at, CancellationToken cancellationToken)
    {
        if (!IsToForget(at))
            return;
        _forgotten = at;
        if (await statements.ExecuteAsync($"DELETE FROM {tables.Runs} WHERE started_us < {Micros.From(at - keep)}", cancellationToken) == 0)
            return;
        await statements.ExecuteAsync($"DELETE FROM {tables.Steps} WHERE run NOT IN (SELECT run FROM {tables.Runs})", cancellationToken);
    }

    /// <summary>
    /// What is asked when a run begins: whether another one of a policy is open, null for any, and whether any is too old.
    /// </summary>
    public RowQuery Open(string? policy, Instant at)
    {
        SqlText open = $"SELECT count(*) FROM {tables.Runs} WHERE status = {RunStatus.Running.Word()}";
        if (policy is not null)
            open = $"SELECT count(*) FROM {tables.Runs} WHERE policy = {policy} AND status = {RunStatus.Running.Word()}";
        SqlText old = $"SELECT count(*) FROM {tables.Runs} WHERE started_us < {Micros.From(at - keep)}";
        return IsToForget(at) ? new(RowsSql.Together(open, old), [open, old]) : new(open, [open]);
    }

    /// <summary>What was answered to <see cref="Open"/>.</summary>
    public RunsThere There(Row answer, int first) =>
        new(answer.Long(first) > 0, answer.Count > first + 1 ? answer.Long(first + 1) > 0 : null);

    private bool IsToForget(Instant at) => !(_forgotten is { } last && at >= last && at - last < Duration.FromHours(1));
}
