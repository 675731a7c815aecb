using System.Globalization;
using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Reading;

/// <summary>Answers a question from source and tiers.</summary>
internal sealed class Reader(PolicyLayout blueprint, Ledger ledger, IStatements statements, Dialect dialect)
{
    // What is added up takes memory: so many states of each bucket and series fit into the usual limit.
    private const int MostStates = 120;

    // Each column that is scanned holds a block of the file in memory: fewer of them where little memory is wanted.
    private const int MostStatesOfSlice = 40;

    // What is handed on slice by slice: some 6,000 rows of ten columns.
    private const long MostValues = 60_000;

    // Beyond that, reasons are counted.
    private const int MostLacks = 3;

    // More points than a picture has are not read twice.
    private const int MostPoints = 10_000;

    public async Task<QueryAnswer> ReadAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        var answer = await ReadAsync(request, Duration.Zero, cancellationToken);
        return Coarser(request, answer) is { } step ? await ReadAsync(request, step, cancellationToken) : answer;
    }

    // Buckets that are finer than what is in them are loose dots: they are asked for once more, as wide as rows come.
    private Duration? Coarser(QueryRequest request, QueryAnswer answer) =>
        request.Every is null ? Pace.CoarserThan(answer, blueprint.Series.Count) : null;

    /// <summary>
    /// How wide the points are at least where the answer is handed on in slices: looked at beforehand, unless they are many.
    /// </summary>
    private async Task<Duration> StepAsync(QueryRequest request, CancellationToken cancellationToken) =>
        request.Every is null && (request.Points ?? 0) <= MostPoints
            ? Coarser(request, await ReadAsync(request, Duration.Zero, cancellationToken)) ?? Duration.Zero
            : Duration.Zero;

    private async Task<QueryAnswer> ReadAsync(QueryRequest request, Duration step, CancellationToken cancellationToken)
    {
        var (parts, where, head) = await BeginAsync(request, step, cancellationToken);
        return parts.Count == 0 ? head : await WithRowsAsync(head, parts, where, MostStates, cancellationToken);
    }

    /// <summary>The answer some rows at a time, in their order; first one without rows.</summary>
    public async Task ReadAsync(QueryRequest request, Func<QueryAnswer, Task> take, CancellationToken cancellationToken)
    {
        var (occupied, where, head) = await BeginAsync(request, await StepAsync(request, cancellationToken), cancellationToken);
        await take(head);
        var slices = new AnswerSlices(occupied, MostValues);
        while (slices.Next() is { } parts)
        {
            var slice = await WithRowsAsync(head, parts, where, MostStatesOfSlice, cancellationToken);
            slices.Held((long)slice.Rows.Count * head.Columns.Count);
            if (slice.Rows.Count > 0)
                await take(slice);
        }
    }

    /// <summary>
    /// Writes the answer to a Parquet file, slice by slice, with values of the database's own types; the answer without rows, and
    /// how many there are.
    /// </summary>
    public async Task<(QueryAnswer Answer, long Rows)> WriteAsync(
        QueryRequest request,
        AnswerFile answer,
        string folder,
        string path,
        CancellationToken cancellationToken
    )
    {
        var (occupied, where, head) = await BeginAsync(request, await StepAsync(request, cancellationToken), cancellationToken);
        var read = new ReadSql(blueprint, dialect);
        var (slices, files, rows) = (new AnswerSlices(occupied, MostValues), new List<string>(), 0L);
        while (slices.Next() is { } parts)
        {
            var file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{files.Count}.parquet"));
            var written = await answer.WriteAsync(read.Typed(parts, where, head.Columns, answer.Keeps, head.Zone), file, cancellationToken);
            slices.Held(written * head.Columns.Count);
            rows += written;
            if (written > 0)
                files.Add(file);
        }

        // A file without a row has its columns all the same.
        if (files.Count > 0)
            await answer.JoinAsync(files, path, cancellationToken);
        else
            await answer.WriteAsync(read.Typed(Empty(request), where, head.Columns, answer.Keeps, head.Zone), path, cancellationToken);
        return (head, rows);
    }

    /// <summary>A part that has no bucket.</summary>
    private List<QuerySegment> Empty(QueryRequest request)
    {
        var tier = blueprint.Tiers[0];
        var at = tier.Grid.Floor(request.From);
        return [new([new(tier.Id, new(at, at), tier)], IsComplete: true)];
    }

    private async Task<(IReadOnlyList<QuerySegment> Parts, List<(Column Column, string? Value)> Where, QueryAnswer Head)> BeginAsync(
        QueryRequest request,
        Duration step,
        CancellationToken cancellationToken
    )
    {
        if (blueprint.Tiers.Count == 0)
            throw new PolicyException(
                WorkCodes.NothingToRead,
                $"{blueprint.Policy.Name} has no tiers: it only keeps rows. Query {blueprint.Source.Text} itself."
            );
        var read = new ReadSql(blueprint, dialect);
        var where = Where(request);
        var columns = Columns(request, read.AnswerNames());
        await Conditions.CheckAsync(statements, dialect, blueprint.Source, where, cancellationToken);
        var plan = new TierSelection(blueprint, ledger).For(request, step);
        if (request.WholeAsOf is { } asOf)
            Whole(plan, asOf);
        var parts = await new OccupiedSegments(blueprint, statements, dialect).OfAsync(plan.Parts, cancellationToken);
        return (
            parts,
            where,
            new(columns, [], plan.Answered(), plan.Notes)
            {
                Zone = request.Zone ?? blueprint.Policy.ZoneOf(request.Every),
                Range = plan.Range,
                Missing = [.. plan.Missing],
            }
        );
    }

    private static void Whole(AnswerPlan plan, Instant asOf)
    {
        List<string> lacks = [.. plan.Lacks(asOf)];
        if (lacks.Count == 0)
            return;
        var more = lacks.Count > MostLacks ? string.Create(CultureInfo.InvariantCulture, $"; and {lacks.Count - MostLacks} more") : "";
        throw new HaltException(
            WorkCodes.NotWhole,
            $"The answer would not be whole: {string.Join("; ", lacks.Take(MostLacks))}{more}. Ask for another range or width, or without --strict for what there is."
        );
    }

    private async Task<QueryAnswer> WithRowsAsync(
        QueryAnswer head,
        IReadOnlyList<QuerySegment> parts,
        List<(Column Column, string? Value)> where,
        int mostStates,
        CancellationToken cancellationToken
    )
    {
        var (rows, starts) = await RowsAsync(parts, where, head.Columns, mostStates, cancellationToken);
        return head with { Rows = rows, Starts = starts };
    }

    /// <summary>Measures are read some at a time, each time the same rows in the same order.</summary>
    private async Task<(IReadOnlyList<object?>[] Rows, Instant[] Starts)> RowsAsync(
        IReadOnlyList<QuerySegment> parts,
        List<(Column Column, string? Value)> where,
        IReadOnlyList<string> columns,
        int mostStates,
        CancellationToken cancellationToken
    )
    {
        object?[][]? rows = null;
        Instant[] starts = [];
        var places = columns.Select((name, i) => (name, i)).ToDictionary(c => c.name, c => c.i, StringComparer.Ordinal);
        foreach (var measures in Groups(columns, mostStates))
        {
            var some = blueprint with { Measures = measures };
            var others = blueprint.Values.Select(v => v.Name).Except(some.Values.Select(v => v.Name)).ToHashSet(StringComparer.Ordinal);
            List<string> names = [.. columns.Where(c => !others.Contains(c))];
            var read = await statements.QueryAsync(new ReadSql(some, dialect).Answer(parts, where, names), cancellationToken);
            rows ??= new object?[read.Count][];
            Instant[] at = [.. read.Select(r => Micros.ToInstant(r.Long(names.Count)))];
            if (read.Count != rows.Length || (starts.Length > 0 && !starts.SequenceEqual(at)))
                throw new InvalidOperationException("The parts of one answer have other rows.");
            starts = at;
            for (var row = 0; row < rows.Length; row++)
            {
                rows[row] ??= new object?[columns.Count];
                for (var i = 0; i < names.Count; i++)
                    rows[row][places[names[i]]] = read[row][i];
            }
        }

        return (rows!, starts);
    }

    /// <summary>The measures that are asked for, so many at a time as have few states; one group without any where none is.</summary>
    private List<IReadOnlyList<MeasureLayout>> Groups(IReadOnlyList<string> columns, int mostStates)
    {
        List<IReadOnlyList<MeasureLayout>> groups = [];
        List<MeasureLayout> open = [];
        foreach (
            var measure in blueprint.Measures.Where(m =>
                m.Measure.Functions.Any(f => columns.Contains(ReadSql.Name(m, f), StringComparer.Ordinal))
            )
        )
        {
            if (open.Count > 0 && open.Sum(m => m.States.Count) + measure.States.Count > mostStates)
            {
                groups.Add(open);
                open = [];
            }

            open.Add(measure);
        }

        groups.Add(open);
        return groups;
    }

    private List<(Column Column, string? Value)> Where(QueryRequest request)
    {
        List<(Column, string?)> conditions = [];
        foreach (var (name, value) in request.Where)
        {
            var column =
                blueprint.Series.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase))
                ?? throw new PolicyException(
                    WorkCodes.NotSeries,
                    $"{name} is not a series column of {blueprint.Policy.Name}; those are: {string.Join(", ", blueprint.Series.Select(c => c.Name))}."
                );
            conditions.Add((column, value));
        }

        return conditions;
    }

    private IReadOnlyList<string> Columns(QueryRequest request, IReadOnlyList<string> all)
    {
        if (request.Columns.Count == 0)
            return all;
        foreach (var name in request.Columns.Where(c => !all.Contains(c, StringComparer.Ordinal)))
        {
            var near = Suggestions.To(name, all);
            throw new PolicyException(
                WorkCodes.NoColumn,
                $"{blueprint.Policy.Name} has no column {name}. {(near.Count > 0 ? $"Did you mean {near[0]}?" : $"It has: {string.Join(", ", all)}.")}"
            );
        }

        string[] ends = ["varve_tier", "varve_seconds", ReadSql.Complete];
        return [.. all.Take(1 + blueprint.Series.Count).Concat(request.Columns).Concat(ends).Distinct()];
    }
}
