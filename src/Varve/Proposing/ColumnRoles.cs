using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Proposing;

/// <summary>The roles of all columns: those that can be told from themselves, then those that need a look at the rows.</summary>
internal sealed class ColumnRoles(Profiler profiler, TableProfile profile, TimeColumn time, TimeRange? window)
{
    public async Task<IReadOnlyList<ColumnPick>> PickAsync(IReadOnlyList<string>? asked, CancellationToken cancellationToken)
    {
        var rest = profile.Columns.Where(c => c.Column.Name != time.Name).ToList();
        if (asked is not null)
            return await MovedAsync(Asked(rest, asked), cancellationToken);
        var candidates = SeriesPick.Candidates(profile, time);
        string[] names = [.. rest.Where(profile.InKey).Concat(candidates).Select(c => c.Column.Name).Distinct(StringComparer.Ordinal)];
        Dictionary<string, ColumnPick> picks = [];
        foreach (var column in rest)
        {
            picks[column.Column.Name] =
                window is { } stretch && candidates.Contains(column)
                    ? SeriesPick.Beside(
                        profile,
                        column,
                        await profiler.NeighboursAsync(
                            time,
                            stretch,
                            column.Column.Name,
                            [.. names.Where(n => n != column.Column.Name)],
                            cancellationToken
                        )
                    )
                    : SeriesPick.Alone(profile, column);
        }

        if (picks.Values.Any(p => p.IsCertain))
            foreach (var uncertain in picks.Values.Where(p => p.ChangesFromRowToRow).ToList())
                picks[uncertain.Column.Column.Name] = SeriesPick.NoSeries(profile, uncertain);
        if (window is { } seen && await NumberAsync(picks, seen, cancellationToken) is { } number)
            picks[number.Column.Column.Name] = number;
        return await MovedAsync([.. rest.Select(c => picks[c.Column.Name])], cancellationToken);
    }

    /// <summary>The same after a look at how measures that are numbers move within their series.</summary>
    private async Task<IReadOnlyList<ColumnPick>> MovedAsync(IReadOnlyList<ColumnPick> picks, CancellationToken cancellationToken)
    {
        List<ColumnPick> numbers = [.. picks.Where(p => p.Role is ColumnRole.Measure && p.Column.Column.Type.IsNumeric)];
        if (window is not { } stretch || numbers.Count == 0)
            return picks;
        string[] series = [.. picks.Where(p => p.Role is ColumnRole.Series).Select(p => p.Column.Column.Name)];
        var moves = (await profiler.MovesAsync(time, stretch, [.. numbers.Select(p => p.Column.Column.Name)], series, cancellationToken))
            .Zip(numbers)
            .ToDictionary(m => m.Second, m => m.First);
        return [.. picks.Select(p => moves.TryGetValue(p, out var moved) ? SeriesPick.Moved(p, moved) : p)];
    }

    private List<ColumnPick> Asked(List<ColumnProfile> rest, IReadOnlyList<string> asked)
    {
        foreach (var name in asked.Where(n => !rest.Exists(c => c.Column.Name == n)))
        {
            throw new PolicyException(
                PolicyCodes.UnknownColumn,
                name == time.Name
                    ? $"`{name}` is the time of {profile.Table.Table.Text} and names no series. Take it out of --series."
                    : $"{profile.Table.Table.Text} has no column `{name}`. {Suggestions.Hint(name, [.. rest.Select(c => c.Column.Name)])}"
            );
        }

        return
        [
            .. asked.Select(name => SeriesPick.AsSaid(profile, profile.Find(name)!)),
            .. rest.Where(c => !asked.Contains(c.Column.Name, StringComparer.Ordinal)).Select(Unnamed),
        ];
    }

    /// <summary>A column that a person left out of the series: text is a state then.</summary>
    private ColumnPick Unnamed(ColumnProfile column)
    {
        var alone = SeriesPick.Alone(profile, column);
        return alone.Role is ColumnRole.Series
            ? alone with
            {
                Role = column.IsName ? ColumnRole.Measure : ColumnRole.LeftOut,
                Reason = $"{alone.Reason}; no series column, as you said",
            }
            : alone;
    }

    /// <summary>Where rows of one series share an instant: the only integer that tells all of them apart.</summary>
    private async Task<ColumnPick?> NumberAsync(Dictionary<string, ColumnPick> picks, TimeRange seen, CancellationToken cancellationToken)
    {
        string[] series = [.. picks.Values.Where(p => p.Role is ColumnRole.Series).Select(p => p.Column.Column.Name)];
        var ties = await profiler.TiesAsync(time, seen, series, cancellationToken);
        if (ties == 0)
            return null;
        List<ColumnProfile> solving = [];
        foreach (var number in SeriesPick.Numbers(profile, time))
        {
            var left = await profiler.TiesAsync(time, seen, [.. series, number.Column.Name], cancellationToken);
            if (left == 0)
                solving.Add(number);
        }

        return solving is [var only] ? SeriesPick.Number(profile, only, ties) : null;
    }
}
