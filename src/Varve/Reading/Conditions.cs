using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Reading;

/// <summary>Columns and the values that a person wrote for them.</summary>
internal static class Conditions
{
    /// <summary>Refuses a value that its column cannot have: it would match nothing, in silence. The message leaves it out.</summary>
    /// <exception cref="PolicyException">With the type of the column.</exception>
    public static async Task CheckAsync(
        IStatements statements,
        Dialect dialect,
        TableName table,
        IEnumerable<(Column Column, string? Value)> where,
        CancellationToken cancellationToken
    )
    {
        foreach (var (column, value) in where)
        {
            if (value is null || (await statements.QueryAsync(WhereSql.Fits(dialect, table, column, value), cancellationToken))[0].Truth(0))
                continue;
            throw new PolicyException(
                WorkCodes.BadErasure,
                $"{column.Name} of {table.Text} is {column.TypeName}, and what was given for it is no such value, or finer than the column holds. Write it as {column.TypeName}, a time in UTC; {column.Name}= is NULL."
            );
        }
    }
}
