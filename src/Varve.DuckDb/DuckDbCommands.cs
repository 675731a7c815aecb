using System.Diagnostics;
using DuckDB.NET.Data;
using Varve.Engines;
using Varve.Sql;

namespace Varve.DuckDb;

/// <summary>Rendered statements as commands of the driver.</summary>
internal static class DuckDbCommands
{
    private static readonly string[] s_definitions = ["CREATE ", "ALTER ", "DROP ", "COMMENT ", "COPY ", "ATTACH ", "SET "];

    public static DuckDBCommand Make(DuckDBConnection connection, RenderedSql sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql.Text;
        foreach (var value in sql.Values)
            command.Parameters.Add(new DuckDBParameter(Parameter(value)));
        return command;
    }

    /// <summary>Definitions, copies and settings take no parameters.</summary>
    public static RenderedSql Render(SqlText statement, Dialect dialect)
    {
        var sql = statement.Render(dialect);
        if (sql.Values.Count == 0)
            return sql;
        var start = sql.Text.AsSpan().TrimStart();
        foreach (var verb in s_definitions)
            if (start.StartsWith(verb, StringComparison.OrdinalIgnoreCase))
                return statement.RenderInline(dialect);
        return sql;
    }

    public static IReadOnlyList<Row> Read(DuckDBCommand command)
    {
        using var reader = command.ExecuteReader();
        List<Row> rows = [];
        while (reader.Read())
        {
            var values = new object?[reader.FieldCount];
            for (var i = 0; i < values.Length; i++)
                values[i] = DuckDbValues.Read(reader, i);
            rows.Add(new(values));
        }

        return rows;
    }

    private static string Parameter(SqlValue value) =>
        value switch
        {
            SqlValue.Text(var text) => text,
            _ => throw new UnreachableException(),
        };
}
