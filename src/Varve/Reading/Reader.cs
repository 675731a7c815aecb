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

    public async Task<QueryAnswer> ReadAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        if (blueprint.Tiers.Count == 0)
            throw new PolicyException("VRV321", $"{blueprint.Policy.Name} has no tiers: it only keeps rows. Query {blueprint.Source.Text} itself.");
        var read = new ReadSql(blueprint, dialect);
        var where = Where(request);
        var columns = Columns(request, read.AnswerNames());
        await Conditions.CheckAsync(statements, dialect, blueprint.Source, where, cancellationToken);
        var plan = new TierSelection(blueprint, ledger).For(request);
        var (rows, starts) = plan.Parts.Count == 0 ? ([], []) : await RowsAsync(plan.Parts, where, columns, cancellationToken);
        return new(columns, rows, plan.Answered(), plan.Notes)
        {
            Starts = starts,
            Missing = [.. plan.Missing],
        };
    }

    /// <summary>Measures are read some at a time, each time the same rows in the same order.</summary>
    private async Task<(IReadOnlyList<object?>[] Rows, Instant[] Starts)> RowsAsync(
        IReadOnlyList<QuerySegment> parts, List<(Column Column, string? Value)> where, IReadOnlyList<string> columns, CancellationToken cancellationToken)
    {
        object?[][]? rows = null;
        Instant[] starts = [];
        var places = columns.Select((name, i) => (name, i)).ToDictionary(c => c.name, c => c.i, StringComparer.Ordinal);
        foreach (var measures in Groups(columns))
        {
            var some = blueprint with { Measures = measures };
            var others = blueprint.Values.Select(v => v.Name).Except(some.Values.Select(v => v.Name)).ToHashSet(StringComparer.Ordinal);
            List<string> names = [.. columns.Where(c => !others.Contains(c))];
            var read = await statements.QueryAsync(new ReadSql(some, dialect).Answer(parts, where, names), cancellationToken);
            rows ??= [.. read.Select(_ => new object?[columns.Count])];
            Instant[] at = [.. read.Select(r => Micros.ToInstant(r.Long(names.Count)))];
            if (read.Count != rows.Length || (starts.Length > 0 && !starts.SequenceEqual(at))) throw new InvalidOperationException("The parts of one answer have other rows.");
            starts = at;
            for (var row = 0; row < rows.Length; row++)
                for (var i = 0; i < names.Count; i++) rows[row][places[names[i]]] = read[row][i];
        }

        return (rows!, starts);
    }

    /// <summary>The measures that are asked for, so many at a time as have few states; one group without any where none is.</summary>
    private List<IReadOnlyList<MeasureLayout>> Groups(IReadOnlyList<string> columns)
    {
        List<IReadOnlyList<MeasureLayout>> groups = [];
        List<MeasureLayout> open = [];
        foreach (var measure in blueprint.Measures.Where(m => m.Measure.Functions.Any(f => columns.Contains(ReadSql.Name(m, f), StringComparer.Ordinal))))
        {
            if (open.Count > 0 && open.Sum(m => m.States.Count) + measure.States.Count > MostStates)
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
            var column = blueprint.Series.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase))
                ?? throw new PolicyException("VRV322", $"{name} is not a series column of {blueprint.Policy.Name}; those are: {string.Join(", ", blueprint.Series.Select(c => c.Name))}.");
            conditions.Add((column, value));
        }

        return conditions;
    }

    private IReadOnlyList<string> Columns(QueryRequest request, IReadOnlyList<string> all)
    {
        if (request.Columns.Count == 0) return all;
        foreach (var name in request.Columns.Where(c => !all.Contains(c, StringComparer.Ordinal)))
        {
            var near = Suggestions.To(name, all);
            throw new PolicyException("VRV323", $"{blueprint.Policy.Name} has no column {name}. {(near.Count > 0 ? $"Did you mean {near[0]}?" : $"It has: {string.Join(", ", all)}.")}");
        }

        string[] ends = ["varve_tier", "varve_seconds", ReadSql.Complete];
        return [.. all.Take(1 + blueprint.Series.Count).Concat(request.Columns).Concat(ends).Distinct()];
    }
}
