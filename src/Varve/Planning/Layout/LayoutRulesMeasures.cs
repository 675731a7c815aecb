using Varve.Policies;

namespace Varve.Planning;

/// <summary>The measures of a policy with their columns, types and states.</summary>
internal static class LayoutRulesMeasures
{
    private static readonly Function[] Ordered = [Function.Count, Function.Min, Function.Max, Function.First, Function.Last];
    private static readonly Function[] OfBool =
    [
        Function.Count,
        Function.Sum,
        Function.Avg,
        Function.Min,
        Function.Max,
        Function.First,
        Function.Last,
    ];

    internal static IReadOnlyList<MeasureLayout> Resolve(Policy policy, TableDescription table, NameLimits limits, List<Problem> problems)
    {
        List<MeasureLayout> layouts = [];
        foreach (var measure in policy.Measures ?? Auto(policy, table))
        {
            var path = $"measures.{measure.Name}";
            if (LayoutRulesColumns.Find(table, measure.Column, path, problems) is not { } column)
                continue;
            Fits(measure, column, path, problems);
            layouts.Add(new(measure, column, measure.Ties ?? policy.Ties, MeasureStates.Of(measure, column.Type.HasNaN)));
        }

        List<Problem> clashes = [];
        MeasureRules.Derived(
            policy.Time,
            policy.Series,
            [.. layouts.Select(l => (l.Measure, l.Column.Type.HasNaN))],
            limits.Names,
            clashes
        );
        problems.AddRange(clashes.Where(c => !problems.Any(p => p.Code == c.Code && p.Path == c.Path)));
        return layouts;
    }

    /// <summary>Why a table cannot have a measure; null where it can.</summary>
    internal static Problem? Unfit(Measure measure, TableDescription table)
    {
        List<Problem> problems = [];
        var path = $"measures.{measure.Name}";
        if (LayoutRulesColumns.Find(table, measure.Column, path, problems) is { } column)
            Fits(measure, column, path, problems);
        return problems.FirstOrDefault();
    }

    /// <summary>Says what one series is, or refuses to guess; names the columns that go with the source.</summary>
    internal static void Rest(Policy policy, TableDescription table, IReadOnlyList<MeasureLayout> measures, List<Problem> problems)
    {
        string[] used = [policy.Time, .. policy.Series, .. measures.Select(m => m.Column.Name)];
        string[] rest = [.. table.Columns.Select(c => c.Name).Where(n => n != policy.Arrival).Except(used, StringComparer.Ordinal)];

        // Under auto an integer may be a number of a host, and a text its name: only what is surely measured may be left unsaid.
        string[] open = policy.Measures is not null
            ? rest
            : [.. rest, .. measures.Where(m => m.Column.Type is not (ColumnType.Float or ColumnType.Decimal)).Select(m => m.Column.Name)];
        if (!policy.SaysSeries && open.Length > 0)
        {
            // Only what may be a series is proposed as one.
            string[] fit = [.. open.Where(n => !table.Columns.Any(c => c.Name == n && c.Type is ColumnType.Nested))];
            var those = fit.Length == 0 ? "" : $"series: [{string.Join(", ", fit)}] with those that tell things apart, or ";
            problems.Add(
                new(
                    PolicyCodes.SeriesMissing,
                    $"The policy does not say what one series is, and {table.Table.Text} has {Suggestions.Listed(open)} besides. Write {those}series: [] if it is all one series."
                )
                {
                    Path = "table",
                }
            );
        }
        else if (rest.Length > 0)
        {
            problems.Add(
                new(
                    PolicyCodes.Vanishes,
                    $"The values of {Suggestions.Listed(rest)} are in no tier: they go with the source. Measure them, or make them series columns, if they are wanted."
                )
                {
                    Path = "measures",
                    IsWarning = true,
                }
            );
        }
    }

    private static IEnumerable<Measure> Auto(Policy policy, TableDescription table) =>
        from column in table.Columns
        where column.Name != policy.Time && column.Name != policy.Arrival && !policy.Series.Contains(column.Name, StringComparer.Ordinal)
        let functions = column.Type switch
        {
            { IsNumeric: true } => [Function.Avg, Function.Min, Function.Max],
            ColumnType.Bool or ColumnType.Text => [Function.Last],
            _ => Array.Empty<Function>(),
        }
        where functions.Length > 0
        select new Measure
        {
            Name = column.Name,
            Column = column.Name,
            Functions = functions,
        };

    private static void Fits(Measure measure, Column column, string path, List<Problem> problems)
    {
        if (column.Type is ColumnType.Nested)
        {
            problems.Add(
                new(
                    PolicyCodes.FunctionType,
                    $"The measure `{measure.Name}` is {column.TypeName}: no function takes nested values. Make a generated column of what is wanted."
                )
                {
                    Path = path,
                }
            );
            return;
        }

        if (column.Type.IsNumeric)
            return;
        if (column is { HasAlikes: true, Type: not ColumnType.Text } && measure.Functions.Any(f => f is not Function.Count))
        {
            problems.Add(
                new(
                    PolicyCodes.FunctionType,
                    $"The measure `{measure.Name}` is {column.TypeName}, which takes texts for equal that are not the same: a value that changed would look unchanged. Measure a generated column: `{column.Name}_exact text GENERATED ALWAYS AS (CAST({column.Name} AS text)) STORED`."
                )
                {
                    Path = path,
                }
            );
            return;
        }

        var possible = column.Type is ColumnType.Bool ? OfBool : Ordered;
        foreach (var function in measure.Functions.Except(possible))
        {
            problems.Add(
                new(
                    PolicyCodes.FunctionType,
                    $"`{PolicyKeys.Lower(function.ToString())}` cannot be taken of `{column.Name}`, which is {column.TypeName}. Of that there are {Suggestions.Listed(possible.Select(f => PolicyKeys.Lower(f.ToString())))}."
                )
                {
                    Path = path,
                }
            );
        }
    }
}
