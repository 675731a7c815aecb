using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Reading;

/// <summary>Answers a question from source and tiers.</summary>
internal sealed class Reader(Blueprint blueprint, Ledger ledger, IStatements statements, Dialect dialect)
{
    public async Task<QueryAnswer> ReadAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        if (blueprint.Tiers.Count == 0)
            throw new PolicyException("VRV321", $"{blueprint.Policy.Name} has no tiers: it only keeps rows. Query {blueprint.Source.Text} itself.");
        var read = new ReadSql(blueprint, dialect);
        var where = Where(request);
        var columns = Columns(request, read.AnswerNames());
        await Conditions.CheckAsync(statements, dialect, blueprint.Source, where, cancellationToken);
        var plan = new Answering(blueprint, ledger).For(request);
        var rows = plan.Parts.Count == 0 ? [] : await statements.QueryAsync(read.Answer(plan.Parts, where, columns), cancellationToken);
        return new(columns, [.. rows.Select(r => (IReadOnlyList<object?>)[.. Enumerable.Range(0, columns.Count).Select(i => r[i])])], plan.Answered(), plan.Notes)
        {
            Starts = [.. rows.Select(r => Micros.ToInstant(r.Long(columns.Count)))],
            Missing = [.. plan.Missing],
        };
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
            var near = Nearest.To(name, all);
            throw new PolicyException("VRV323", $"{blueprint.Policy.Name} has no column {name}. {(near.Count > 0 ? $"Did you mean {near[0]}?" : $"It has: {string.Join(", ", all)}.")}");
        }

        string[] ends = ["varve_tier", "varve_seconds", ReadSql.Complete];
        return [.. all.Take(1 + blueprint.Series.Count).Concat(request.Columns).Concat(ends).Distinct()];
    }
}
