using Varve.Planning;
using Varve.Policies;

namespace Varve.Sql;

/// <summary>Rows by the values of columns, which a person wrote as text.</summary>
internal static class WhereSql
{
    /// <summary>True where every column has its value, or one of its values where it is named more than once; null is NULL.</summary>
    public static SqlText Matches(Dialect dialect, IEnumerable<(Column Column, string? Value)> where) =>
        SqlText.Join(" AND ", where.GroupBy(w => w.Column.Name, StringComparer.Ordinal).Select(column => OneOf(dialect, column)));

    /// <summary>Whether a text says a value of the type of a column: true or false.</summary>
    public static SqlText Fits(Dialect dialect, TableName table, Column column, string value) =>
        $"SELECT {dialect.Typed(column, value, $"varve_like")} IS NOT NULL FROM (SELECT {dialect.Any($"{new Identifier(column.Name)}")} AS varve_like FROM {table} WHERE 1 = 0) AS varve_type";

    private static SqlText OneOf(Dialect dialect, IEnumerable<(Column Column, string? Value)> values) =>
        $"({SqlText.Join(" OR ", values.Select(w => Matches(dialect, w.Column, w.Value)))})";

    private static SqlText Matches(Dialect dialect, Column column, string? value)
    {
        SqlText name = $"{new Identifier(column.Name)}";
        if (value is null)
            return $"{name} IS NULL";
        return $"{name} = {dialect.Typed(column, value, name)}";
    }
}
