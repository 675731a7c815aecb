namespace Varve.Policies;

/// <summary>Measures: at least one function each, one measure for a column, and no derived column with a second meaning.</summary>
internal static class MeasureRules
{
    internal static void Check(Policy policy, List<Problem> problems)
    {
        if (policy.Measures is not { } measures)
            return;
        for (var i = 0; i < measures.Count; i++)
        {
            var path = $"measures.{measures[i].Name}";
            NameRules.Column(measures[i].Name, path, problems);
            if (measures[i].Column != measures[i].Name)
                NameRules.Column(measures[i].Column, $"{path}.column", problems);
            One(policy, measures[i], path, [.. measures.Take(i)], problems);
        }

        Derived(policy.Time, policy.Series, [.. measures.Select(m => (m, false))], StringComparer.Ordinal, problems);
    }

    /// <summary>Refuses a derived column that has the name of another one of its tier.</summary>
    internal static void Derived(
        string time,
        IReadOnlyList<string> series,
        IReadOnlyList<(Measure Measure, bool HasNaN)> measures,
        StringComparer names,
        List<Problem> problems
    )
    {
        Dictionary<string, string> taken = new(names) { [time] = "the time column" };
        foreach (var name in series)
            taken.TryAdd(name, "a series column");
        foreach (var (measure, hasNaN) in measures)
        {
            foreach (var column in MeasureStates.Columns(measure, hasNaN))
            {
                if (!taken.TryGetValue(column, out var other))
                {
                    taken.Add(column, $"a column of the measure `{measure.Name}`");
                    continue;
                }

                problems.Add(
                    new(
                        PolicyCodes.TwoRoles,
                        $"The measure `{measure.Name}` makes a column `{column}`, which is {other} already. Give the measure another name: other_name: {{ column: {measure.Column}, functions: […] }}."
                    )
                    {
                        Path = $"measures.{measure.Name}",
                    }
                );
                break;
            }
        }
    }

    private static void One(Policy policy, Measure measure, string path, IReadOnlyList<Measure> before, List<Problem> problems)
    {
        if (measure.Functions.Count == 0)
        {
            problems.Add(
                new(
                    PolicyCodes.WrongValue,
                    $"The measure `{measure.Name}` has no functions. Write at least one of {Suggestions.Listed(PolicyKeys.FunctionNames)}."
                )
                {
                    Path = path,
                }
            );
        }

        if (measure.Functions.GroupBy(f => f).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            problems.Add(
                new(
                    PolicyCodes.NotUnique,
                    $"The measure `{measure.Name}` lists `{PolicyKeys.Lower(twice.Key.ToString())}` twice. Keep one."
                )
                {
                    Path = path,
                }
            );
        }

        if (before.Any(m => m.Name == measure.Name))
        {
            problems.Add(
                new(PolicyCodes.NotUnique, $"Two measures have the name `{measure.Name}`. Give one of them another.") { Path = path }
            );
        }
        else if (before.FirstOrDefault(m => m.Column == measure.Column) is { } same)
        {
            problems.Add(
                new(
                    PolicyCodes.NotUnique,
                    $"The measures `{same.Name}` and `{measure.Name}` are both of the column `{measure.Column}`. Put all functions into one of them."
                )
                {
                    Path = path,
                }
            );
        }

        if (measure.Column == policy.Time || policy.Series.Contains(measure.Column, StringComparer.Ordinal))
        {
            problems.Add(
                new(
                    PolicyCodes.TwoRoles,
                    $"`{measure.Column}` is {(measure.Column == policy.Time ? "the time column" : "a series column")} and the measure `{measure.Name}`. It can be one of them."
                )
                {
                    Path = path,
                }
            );
        }
    }
}
