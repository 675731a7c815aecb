namespace Varve.Sql;

/// <summary>Several values in one condition.</summary>
internal static class ValuesSql
{
    // Each is a parameter, and no engine takes any number of them.
    private const int Most = 500;

    /// <summary>True where a column has one of these values. Where they are very many, every row may be answered.</summary>
    public static SqlText OneOf(Identifier column, IReadOnlyCollection<string> values)
    {
        if (values.Count == 0)
            return $"FALSE";
        if (values.Count > Most)
            return $"TRUE";
        return $"{column} IN ({SqlText.Join(", ", values.Select(v => (SqlText)$"{v}"))})";
    }
}
