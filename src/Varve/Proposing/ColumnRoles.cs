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
        if (asked is not null) return Asked(rest, asked);
        var candidates = SeriesPick.Candidates(profile, time);
        string[] names = [.. rest.Where(profile.InKey).Concat(candidates).Select(c => c.Column.Name).Distinct(StringComparer.Ordinal)];
        Dictionary<string, ColumnPick> picks = [];
        foreach (var column in rest)
        {
            picks[column.Column.Name] = window is { } stretch && candidates.Contains(column)
                ? SeriesPick.Beside(profile, column, await profiler.NeighboursAsync(time, stretch, column.Column.Name, [.. names.Where(n => n != column.Column.Name)], cancellationToken))
                : SeriesPick.Alone(profile, column);
        }

        if (window is { } seen && await NumberAsync(picks, seen, cancellationToken) is { } number) picks[number.Column.Column.Name] = number;
        return [.. rest.Select(c => picks[c.Column.Name])];
    }

    private List<ColumnPick> Asked(List<ColumnProfile> rest, IReadOnlyList<string> asked)
    {
        foreach (var name in asked.Where(n => !rest.Exists(c => c.Column.Name == n)))
        {
            throw new PolicyException(PolicyCodes.UnknownColumn, name == time.Name
                ? $"`{name}` is the time of {profile.Table.Table.Text} and names no series. Take it out of --series."
                : $"{profile.Table.Table.Text} has no column `{name}`. {Suggestions.Hint(name, [.. rest.Select(c => c.Column.Name)])}");
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
        return alone.Role is ColumnRole.Series ? alone with { Role = column.IsName ? ColumnRole.Measure : ColumnRole.LeftOut, Reason = $"{alone.Reason}; no series column, as you said" } : alone;
    }

    /// <summary>Where rows of one series share an instant: the only integer that tells all of them apart.</summary>
    private async Task<ColumnPick?> NumberAsync(Dictionary<string, ColumnPick> picks, TimeRange seen, CancellationToken cancellationToken)
    {
        string[] series = [.. picks.Values.Where(p => p.Role is ColumnRole.Series).Select(p => p.Column.Column.Name)];
        var ties = await profiler.TiesAsync(time, seen, series, cancellationToken);
        if (ties == 0) return null;
        List<ColumnProfile> solving = [];
        foreach (var number in SeriesPick.Numbers(profile, time))
        {
            var left = await profiler.TiesAsync(time, seen, [.. series, number.Column.Name], cancellationToken);
            if (left == 0) solving.Add(number);
        }

        return solving is [var only] ? SeriesPick.Number(profile, only, ties) : null;
    }
}
