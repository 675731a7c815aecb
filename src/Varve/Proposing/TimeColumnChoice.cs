using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Proposing;

/// <summary>The time column, and why it is that one. A column that is not certain is asked for, never guessed.</summary>
/// <param name="Column">The column.</param>
/// <param name="Reasons">Lines for the comment.</param>
internal sealed record TimeColumnChoice(TimeColumn Column, IReadOnlyList<string> Reasons)
{
    private static readonly (TimeUnit Unit, string Text, double PerSecond)[] s_units =
    [
        (TimeUnit.Seconds, "s", 1),
        (TimeUnit.Milliseconds, "ms", 1e3),
        (TimeUnit.Microseconds, "us", 1e6),
        (TimeUnit.Nanoseconds, "ns", 1e9),
    ];

    private static readonly double s_from = Instant.FromUtc(1990, 1, 1, 0, 0).ToUnixTimeSeconds();
    private static readonly double s_to = Instant.FromUtc(2100, 1, 1, 0, 0).ToUnixTimeSeconds();

    /// <summary>The unit of an integer, as a policy writes it.</summary>
    public string? UnitText => Column.Type is ColumnType.Integer ? Array.Find(s_units, u => u.Unit == Column.Unit).Text : null;

    /// <summary>The column that a person named, or the only one that can be.</summary>
    /// <exception cref="PolicyException">None, or several.</exception>
    public static TimeColumnChoice Of(TableProfile profile, string? asked)
    {
        if (asked is not null)
            return Asked(profile, asked);
        var times = profile.Columns.Where(c => c.IsTime && (c.Values > 0 || profile.Sampled == 0)).ToList();
        List<ColumnProfile> derived = [.. times.Where(c => IsDerived(profile, c, times))];
        if (times.Count > 0)
            return One(
                profile,
                [.. times.Except(derived)],
                $"only column that is a timestamp or a date{(profile.Sampled == 0 ? "" : " and has values")}{Beside(derived)}"
            );
        var numbers = profile.Columns.Where(c => UnitOf(c) is not null).ToList();
        if (numbers.Count > 0)
            return One(profile, numbers, "only integer whose values look like a time");
        throw new PolicyException(
            PolicyCodes.NoTime,
            profile.Sampled == 0
                ? $"{profile.Table.Table.Text} has no timestamp and no date, and no rows that would show whether an integer is a time. If one is, say so with its unit: --time column:ms."
                : $"{profile.Table.Table.Text} has no timestamp and no date with values, and no integer that looks like a time since 1970, so it is no time series. If one of its integers is a time all the same, say so with its unit: --time column:ms."
        );
    }

    // The column that partitions are made by, where that is computed from another one, says nothing that this one does not say better.
    private static bool IsDerived(TableProfile profile, ColumnProfile column, List<ColumnProfile> times) =>
        profile.Table.PartitionedBy.Any(p => p.Column == column.Column.Name)
        && profile.Table.Pieces is { Column: var from }
        && from != column.Column.Name
        && times.Exists(t => t.Column.Name == from);

    private static string Beside(List<ColumnProfile> derived) =>
        derived.Count == 0
            ? ""
            : $" beside {string.Join(", ", derived.Select(d => $"`{CommentText.Name(d.Column.Name)}`"))}, which partitions are made by and is computed from it";

    private static TimeColumnChoice One(TableProfile profile, List<ColumnProfile> candidates, string only)
    {
        if (candidates.Count == 1)
            return Pick(profile, candidates[0], $"The {only}.");
        var inKey = candidates.Where(profile.InKey).ToList();
        if (inKey.Count == 1)
        {
            var others = candidates.Except(inKey).Select(c => $"`{CommentText.Name(c.Column.Name)}`");
            return Pick(
                profile,
                inKey[0],
                $"The only one of {CommentText.Count(candidates.Count, "candidate")} that is in the primary key; the other: {string.Join(", ", others)}."
            );
        }

        throw new PolicyException(
            PolicyCodes.AskTime,
            $"{profile.Table.Table.Text} has several columns that could be its time: {string.Join("; ", candidates.Select(c => Shown(profile, c)))}. Say which one: --time {candidates[0].Column.Name}{(candidates[0].IsTime ? "" : $":{UnitOf(candidates[0])!.Value.Text}")}, for example."
        );
    }

    private static TimeColumnChoice Asked(TableProfile profile, string asked)
    {
        if (profile.Find(asked) is { } named)
        {
            if (named.IsTime || UnitOf(named) is not null)
                return Pick(profile, named, "As you said.");
            throw new PolicyException(
                PolicyCodes.AskTime,
                named.Column.Type is ColumnType.Integer
                    ? $"`{asked}` of {profile.Table.Table.Text} is {named.Column.TypeName}, and its values do not show its unit. Say it: --time {asked}:s, or ms, us or ns."
                    : $"`{asked}` of {profile.Table.Table.Text} is {named.Column.TypeName}, which holds no time. Name a timestamp, a date, or an integer with its unit.{LayoutRulesColumns.Cast(profile.Table.Table, named.Column)}"
            );
        }

        var unit = Array.Find(s_units, u => asked.EndsWith($":{u.Text}", StringComparison.Ordinal));
        if (unit.Text is not null && profile.Find(asked[..^(unit.Text.Length + 1)]) is { Column: { Type: ColumnType.Integer } column })
            return new(new(column.Name, column.Type, unit.Unit), ["As you said."]);
        if (asked.LastIndexOf(':') is var colon and > 0 && profile.Find(asked[..colon]) is { } known)
            throw new PolicyException(
                PolicyCodes.AskTime,
                known.Column.Type is ColumnType.Integer
                    ? $"`{asked[(colon + 1)..]}` is no unit of `{known.Column.Name}`: it is s, ms, us or ns. Write --time {known.Column.Name}:ms, for example."
                    : $"`{known.Column.Name}` of {profile.Table.Table.Text} is {known.Column.TypeName} and has no unit, as only integers have: s, ms, us or ns."
            );
        throw new PolicyException(
            PolicyCodes.UnknownColumn,
            $"{profile.Table.Table.Text} has no column `{asked}` that could be its time. Its columns are {string.Join(", ", profile.Columns.Select(c => c.Column.Name))}."
        );
    }

    private static TimeColumnChoice Pick(TableProfile profile, ColumnProfile found, string reason)
    {
        List<string> reasons = [reason];
        if (found.Values < profile.Sampled)
            reasons.Add(
                $"{CommentText.Rows(profile.Sampled - found.Values)} of {profile.Seen} have none: they are in no bucket, and never expire."
            );
        if (UnitOf(found) is { } unit)
        {
            reasons.Add(
                $"{found.Column.TypeName}, taken for {unit.Text} since 1970-01-01: its values would lie between {At(found.Least!.Value, unit)} and {At(found.Greatest!.Value, unit)}. Is that so?"
            );
            return new(new(found.Column.Name, found.Column.Type, unit.Unit), reasons);
        }

        if (found.Column.Type is ColumnType.Timestamp)
            reasons.Add($"{found.Column.TypeName} has no zone: its values are taken as UTC.");
        var precision = found.Column.Type switch
        {
            ColumnType.Timestamp timestamp => timestamp.Precision,
            ColumnType.Date => TimeUnit.Seconds,
            _ => TimeUnit.Microseconds,
        };
        return new(new(found.Column.Name, found.Column.Type, precision), reasons);
    }

    /// <summary>The unit in which every value of an integer lies between 1990 and 2100; these do not overlap.</summary>
    private static (TimeUnit Unit, string Text, double PerSecond)? UnitOf(ColumnProfile column)
    {
        if (column is not { Column.Type: ColumnType.Integer, Least: { } least, Greatest: { } greatest })
            return null;
        foreach (var unit in s_units)
            if (least >= s_from * unit.PerSecond && greatest < s_to * unit.PerSecond)
                return unit;
        return null;
    }

    private static string Shown(TableProfile profile, ColumnProfile column)
    {
        var unit = UnitOf(column) is { } guess ? $", looks like {guess.Text}" : "";
        var nulls =
            profile.Sampled == 0 ? ""
            : column.Values == profile.Sampled ? ", never NULL"
            : $", NULL in {CommentText.Share(profile.Sampled - column.Values, profile.Sampled)}";
        return $"`{column.Column.Name}` ({column.Column.TypeName}{unit}{nulls})";
    }

    private static string At(double value, (TimeUnit Unit, string Text, double PerSecond) unit) =>
        InstantText.Format(Instant.FromUnixTimeSeconds((long)(value / unit.PerSecond)));
}
