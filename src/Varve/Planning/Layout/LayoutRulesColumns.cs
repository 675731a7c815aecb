using System.Text.RegularExpressions;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>The columns of a policy, found in the table and fit for their role.</summary>
internal static partial class LayoutRulesColumns
{
    /// <summary>A column by its exact name; null and a problem where there is none.</summary>
    internal static Column? Find(TableDescription table, string name, string path, List<Problem> problems)
    {
        if (table.Find(name) is { } column)
            return column;
        var names = table.Columns.Select(c => c.Name).ToList();
        if (Expression().IsMatch(name) && !names.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            problems.Add(
                new(
                    PolicyCodes.NotYet,
                    $"`{name}` is no column of {table.Table.Text}; if it is meant as an expression: those are not built yet. Make a generated column of it."
                )
                {
                    Path = path,
                }
            );
            return null;
        }

        var hint = names.Find(n => string.Equals(n, name, StringComparison.OrdinalIgnoreCase)) is { } other
            ? $"There is `{other}`: names are compared exactly."
            : Suggestions.Hint(name, names);
        problems.Add(new(PolicyCodes.UnknownColumn, $"{table.Table.Text} has no column `{name}`. {hint}") { Path = path });
        return null;
    }

    /// <summary>The time column with its unit; null where it does not exist or holds no time.</summary>
    internal static TimeColumn? Time(Policy policy, TableDescription table, List<Problem> problems)
    {
        if (Find(table, policy.Time, "time", problems) is not { } column)
            return null;
        var of = $"The time column `{column.Name}` is {column.TypeName}";
        if (column.Type is ColumnType.Integer)
        {
            if (policy.Unit is { } unit)
                return new(column.Name, column.Type, unit);
            problems.Add(
                new(
                    PolicyCodes.TimeType,
                    $"{of}, and the policy does not say its unit. Write time: {{ column: {column.Name}, unit: ms }}, or s, us or ns."
                )
                {
                    Path = "time",
                }
            );
            return null;
        }

        TimeUnit? precision = column.Type switch
        {
            ColumnType.Timestamp timestamp => timestamp.Precision,
            ColumnType.TimestampTz => TimeUnit.Microseconds,
            ColumnType.Date => TimeUnit.Seconds,
            _ => null,
        };
        if (precision is null)
        {
            problems.Add(
                new(
                    PolicyCodes.TimeType,
                    $"{of}. It must be a TIMESTAMP, with or without a zone, a DATE, or an integer with its unit.{Cast(table.Table, column)}"
                )
                {
                    Path = "time",
                }
            );
            return null;
        }

        if (policy.Unit is not null)
        {
            problems.Add(
                new(PolicyCodes.TimeType, $"{of} and the policy gives it a unit, which is for integers. Write time: {column.Name}.")
                {
                    Path = "time.unit",
                }
            );
            return null;
        }

        if (column.Type is ColumnType.Timestamp)
        {
            problems.Add(
                new(PolicyCodes.TakenAsUtc, $"{of}, which has no zone: its values are taken as UTC.") { Path = "time", IsWarning = true }
            );
        }

        return new(column.Name, column.Type, precision.Value);
    }

    internal static IReadOnlyList<Column> Series(Policy policy, TableDescription table, List<Problem> problems)
    {
        List<Column> series = [];
        for (var i = 0; i < policy.Series.Count; i++)
        {
            var path = PolicyReader.Element("series", i);
            if (Find(table, policy.Series[i], path, problems) is not { } column)
                continue;
            if (column.Type is ColumnType.Nested)
            {
                problems.Add(
                    new(
                        PolicyCodes.FunctionType,
                        $"The series column `{column.Name}` is {column.TypeName}: nested values name no series. Use a column with one value, or a generated one."
                    )
                    {
                        Path = path,
                    }
                );
            }
            else if (column.HasAlikes)
            {
                problems.Add(
                    new(
                        PolicyCodes.FunctionType,
                        $"The series column `{column.Name}` takes texts for equal that are not the same (its collation, or citext): two series would become one, under the name of either. Name a generated column that tells them apart: `{column.Name}_exact text GENERATED ALWAYS AS (CAST({column.Name} AS text)) STORED`; or give this one its type again, without the collation: `{column.Name} SET DATA TYPE VARCHAR`."
                    )
                    {
                        Path = path,
                    }
                );
            }

            series.Add(column);
        }

        return series;
    }

    internal static TimeColumn? Arrival(Policy policy, TableDescription table, List<Problem> problems)
    {
        if (policy.Arrival is not { } name || Find(table, name, "arrival", problems) is not { } column)
            return null;
        if (column.Type is ColumnType.Timestamp timestamp)
            return new(column.Name, column.Type, timestamp.Precision);
        if (column.Type is ColumnType.TimestampTz)
            return new(column.Name, column.Type, Policies.TimeUnit.Microseconds);
        if (column.Type is ColumnType.Integer && policy.Unit is { } unit)
            return new(column.Name, column.Type, unit);
        problems.Add(
            new(PolicyCodes.TimeType, $"The arrival column `{name}` is {column.TypeName}. It must be a TIMESTAMP, with or without a zone.")
            {
                Path = "arrival",
            }
        );
        return null;
    }

    /// <summary>What makes a time of text; empty for another type.</summary>
    internal static string Cast(TableName table, Column column) =>
        column.Type is ColumnType.Text
            ? $" Where its text is a time, cast `{column.Name}` of {table.Text} once to TIMESTAMP, or to TIMESTAMPTZ where it has an offset (varve sql --write). TRY_CAST shows first what is no time."
            : "";

    internal static void Reserved(TableDescription table, List<Problem> problems)
    {
        foreach (var column in table.Columns.Where(c => c.Name.StartsWith(NameRules.Reserved, StringComparison.OrdinalIgnoreCase)))
        {
            if (problems.Any(p => p.Code == PolicyCodes.Reserved && p.Message.Contains($"`{column.Name}`", StringComparison.Ordinal)))
                continue;
            problems.Add(
                new(
                    PolicyCodes.Reserved,
                    $"{table.Table.Text} has a column `{column.Name}`; names that start with {NameRules.Reserved} are for columns of Varve's own. Rename it."
                )
                {
                    Path = "table",
                }
            );
        }
    }

    /// <summary>Refuses boundaries that the time column cannot hold.</summary>
    internal static void Boundaries(TimeColumn time, IReadOnlyList<CascadeTier> tiers, List<Problem> problems)
    {
        for (var i = 0; i < tiers.Count; i++)
        {
            var (tier, grid) = (tiers[i].Tier, tiers[i].Grid);
            var path = TierNames.Path(i, "every");
            if (time.Type is ColumnType.Date)
            {
                if (grid is { Width: Width.Calendar, Zone: var zone } && zone == NodaTime.DateTimeZone.Utc)
                    continue;
                problems.Add(
                    new(
                        PolicyCodes.TimeUnit,
                        $"The time column `{time.Name}` is a date, and the boundaries of tier `{TierNames.Of(tier)}` ({grid.Id}) are instants. Use a calendar width in UTC, such as 1d."
                    )
                    {
                        Path = path,
                    }
                );
            }
            else if (
                time.Unit == TimeUnit.Seconds
                && grid.Width is Width.Fixed fine
                && (fine.Milliseconds % 1000 != 0 || tier.Origin.ToUnixTimeMilliseconds() % 1000 != 0)
            )
            {
                problems.Add(
                    new(
                        PolicyCodes.TimeUnit,
                        $"The time column `{time.Name}` holds whole seconds, and tier `{TierNames.Of(tier)}` ({grid.Id}) has boundaries between them. Use a width and an origin in whole seconds."
                    )
                    {
                        Path = path,
                    }
                );
            }
        }
    }

    [GeneratedRegex(@"\[.+\]|\(.*\)|->|::", RegexOptions.CultureInvariant)]
    private static partial Regex Expression();
}
