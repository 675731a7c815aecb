using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>Runs and their steps: intent before the act, outcome with it.</summary>
internal sealed class RunJournal(CatalogTables tables, Duration keep)
{
    private const int MostRows = 500,
        MostTouching = 4_000;

    private Instant? _forgotten;

    /// <summary>Closes what a killed process left open: its steps are undone or done; the run has what they say.</summary>
    /// <param name="statements">The unit of work.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="last">The last step that the ledger says was done: the journal may not have it yet.</param>
    /// <param name="at">When it is closed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CloseInterruptedAsync(
        IStatements statements,
        string policy,
        LastStep? last,
        Instant at,
        CancellationToken cancellationToken
    )
    {
        var isToForget = IsToForget(at);
        var found = await statements.QueryAsync(Open(policy, at).Query, cancellationToken);
        // Where nothing is too old when a run begins, nobody looks at its end.
        if (isToForget && found[0].Long(1) == 0)
            _forgotten = at;
        if (found[0].Long(0) == 0)
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

    /// <summary>Writes the steps of a plan, all at once, and the first one by itself with its intent where that is known already.</summary>
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
        SqlText columns = $"run, policy, ordinal, kind, relation, ranges, reason, status, rows_in, rows_written, rows_removed";
        if (intent is var (statement, at))
            await statements.ExecuteAsync(
                $"INSERT INTO {tables.Steps} ({columns}, statement, started_us) VALUES ({Step(0, StepStatus.Running)}, {statement}, {Micros.From(at)})",
                cancellationToken
            );
        foreach (var some in Enumerable.Range(0, steps.Count).Skip(intent is null ? 0 : 1).Chunk(MostRows))
            await statements.ExecuteAsync(
                $"INSERT INTO {tables.Steps} ({columns}) VALUES {SqlText.Join(", ", some.Select(i => (SqlText)$"({Step(i, StepStatus.Planned)})"))}",
                cancellationToken
            );

        SqlText Step(int i, StepStatus status) =>
            $"{run}, {policy}, {(long)first + i}, {steps[i].Kind}, {steps[i].Relation.Text}, {string.Join(' ', steps[i].Touches)}, {steps[i].Reason}, {status.Word()}, 0, 0, 0";
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

    /// <summary>What is asked when a run begins: whether another one is open, and whether any is too old.</summary>
    public RowQuery Open(string policy, Instant at)
    {
        SqlText open = $"SELECT count(*) FROM {tables.Runs} WHERE policy = {policy} AND status = {RunStatus.Running.Word()}";
        SqlText old = $"SELECT count(*) FROM {tables.Runs} WHERE started_us < {Micros.From(at - keep)}";
        return IsToForget(at) ? new(RowsSql.Together(open, old), [open, old]) : new(open, [open]);
    }

    private bool IsToForget(Instant at) => !(_forgotten is { } last && at >= last && at - last < Duration.FromHours(1));

    /// <summary>Runs, newest first; of one policy, or of all.</summary>
    public async Task<IReadOnlyList<RunRecord>> ListAsync(
        IStatements statements,
        string? policy,
        int limit,
        bool idle,
        CancellationToken cancellationToken
    )
    {
        SqlText which = $" WHERE true";
        if (policy is not null)
            which = $" WHERE policy = {policy}";
        SqlText some = SqlText.Empty;
        if (!idle)
            some = $" AND (steps > 0 OR status <> {RunStatus.Done.Word()})";
        var rows = await statements.QueryAsync(
            $"""
            SELECT run, policy, revision, as_of_us, started_us, finished_us, status, steps, steps_done, rows_read, rows_written, rows_removed, error_code, error
            FROM {tables.Runs}{which}{some} ORDER BY started_us DESC, run DESC LIMIT {(long)limit}
            """,
            cancellationToken
        );
        return [.. rows.Select(Record)];
    }

    /// <summary>The newest runs of each policy, newest first, by its name.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<RunRecord>>> NewestAsync(
        IStatements statements,
        IReadOnlyCollection<string> policies,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var rows = await statements.QueryAsync(
            $"""
            SELECT run, policy, revision, as_of_us, started_us, finished_us, status, steps, steps_done, rows_read, rows_written, rows_removed, error_code, error
            FROM (
              SELECT *, row_number() OVER (PARTITION BY policy ORDER BY started_us DESC, run DESC) AS varve_rank FROM {tables.Runs}
              WHERE {ValuesSql.OneOf(new("policy"), policies)}
            ) AS varve_runs
            WHERE varve_rank <= {(long)limit} ORDER BY started_us DESC, run DESC
            """,
            cancellationToken
        );
        return rows.Select(Record)
            .GroupBy(r => r.Policy, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => (IReadOnlyList<RunRecord>)[.. g], StringComparer.Ordinal);
    }

    /// <summary>The ids of the runs that begin so.</summary>
    public async Task<IReadOnlyList<string>> FindAsync(IStatements statements, string beginning, CancellationToken cancellationToken) =>
        [
            .. (
                await statements.QueryAsync(
                    $"SELECT run FROM {tables.Runs} WHERE substr(run, 1, {(long)beginning.Length}) = {beginning} ORDER BY run",
                    cancellationToken
                )
            ).Select(r => r.Text(0)),
        ];

    /// <summary>The steps of one run, in order; empty where nothing was to be done.</summary>
    public async Task<IReadOnlyList<StepRecord>> StepsAsync(IStatements statements, string run, CancellationToken cancellationToken) =>
        [.. (await statements.QueryAsync($"{StepColumns} WHERE run = {run} ORDER BY ordinal", cancellationToken)).Select(Step)];

    /// <summary>The steps of several runs, by run.</summary>
    public async Task<ILookup<string, StepRecord>> StepsAsync(
        IStatements statements,
        IReadOnlyCollection<string> runs,
        CancellationToken cancellationToken
    )
    {
        List<StepRecord> steps = [];
        foreach (var some in runs.Chunk(MostRows))
            steps.AddRange(
                (
                    await statements.QueryAsync(
                        $"{StepColumns} WHERE {ValuesSql.OneOf(new("run"), some)} ORDER BY ordinal",
                        cancellationToken
                    )
                ).Select(Step)
            );
        return steps.ToLookup(s => s.Run, StringComparer.Ordinal);
    }

    /// <summary>The newest steps that touched a range of a relation, newest first, looked for among the last few thousand of it.</summary>
    public async Task<IReadOnlyList<StepRecord>> TouchingAsync(
        IStatements statements,
        string policy,
        RelationId relation,
        TimeRange range,
        int limit,
        CancellationToken cancellationToken
    )
    {
        // Ranges are kept as text, which no database can compare.
        var rows = await statements.QueryAsync(
            $"{StepColumns} WHERE policy = {policy} AND relation = {relation.Text} ORDER BY run DESC, ordinal DESC LIMIT {(long)MostTouching}",
            cancellationToken
        );
        return [.. rows.Select(Step).Where(s => s.Touches(range)).Take(limit)];
    }

    private SqlText StepColumns =>
        $"SELECT run, ordinal, kind, relation, ranges, reason, status, statement, executed, rows_in, rows_written, rows_removed, started_us, finished_us, note FROM {tables.Steps}";

    private static StepRecord Step(Row r) =>
        new(
            r.Text(0),
            (int)r.Long(1),
            r.Text(2),
            new(r.Text(3)),
            r.Text(4),
            r.Text(5),
            StatusWords.Step(r.Text(6)),
            r.TextOrNull(7),
            r.Long(9),
            r.Long(10),
            r.Long(11),
            At(r, 12),
            At(r, 13),
            r.TextOrNull(14)
        )
        {
            Executed = r.TextOrNull(8) ?? (r.Text(6) == StepStatus.Done.Word() ? r.TextOrNull(7) : null),
        };

    private static RunRecord Record(Row r) =>
        new(
            r.Text(0),
            r.Text(1),
            (int)r.Long(2),
            At(r, 3)!.Value,
            At(r, 4)!.Value,
            At(r, 5),
            StatusWords.Run(r.Text(6)),
            (int)r.Long(7),
            (int)r.Long(8),
            r.Long(9),
            r.Long(10),
            r.Long(11),
            r.TextOrNull(12),
            r.TextOrNull(13)
        );

    private static Instant? At(Row row, int column) => row.LongOrNull(column) is { } micros ? Micros.ToInstant(micros) : null;
}
