using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Catalog;

/// <content>What people ask of it.</content>
internal sealed partial class RunJournal
{
    private const int MostTouching = 4_000;

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
