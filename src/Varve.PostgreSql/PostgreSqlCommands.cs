using System.Data;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Npgsql.PostgresTypes;
using NpgsqlTypes;
using Varve.Engines;
using Varve.Planning;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>Rendered statements as commands of the driver.</summary>
internal static class PostgreSqlCommands
{
    private const string ViewTag = "$varve_view$";
    private const string OpenTag = "$varve_open$";

    private static readonly string[] s_definitions = ["CREATE ", "ALTER ", "DROP ", "COMMENT ", "COPY ", "DO ", "SET ", "LOCK "];

    public static NpgsqlCommand Make(NpgsqlConnection connection, RenderedSql sql)
    {
        var command = new NpgsqlCommand(sql.Text, connection) { AllResultTypesAreUnknown = true };
        foreach (var value in sql.Values)
            command.Parameters.Add(new NpgsqlParameter { Value = Parameter(value), NpgsqlDbType = NpgsqlDbType.Unknown });
        return command;
    }

    /// <summary>Definitions, copies and settings take no parameters.</summary>
    /// <exception cref="EngineException">A name or a value holds what ends the text of a block.</exception>
    public static RenderedSql Render(SqlText statement, Dialect dialect)
    {
        var sql = statement.Render(dialect);
        if (sql.Values.Count == 0)
            return Whole(sql);
        var start = sql.Text.AsSpan().TrimStart();
        foreach (var verb in s_definitions)
            if (start.StartsWith(verb, StringComparison.OrdinalIgnoreCase))
                return Whole(statement.RenderInline(dialect));
        return sql;
    }

    public static async Task<IReadOnlyList<Row>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var types = Enumerable.Range(0, reader.FieldCount).Select(i => Base(reader.GetPostgresType(i).DisplayName)).ToArray();
        List<Row> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var values = new object?[types.Length];
            for (var i = 0; i < values.Length; i++)
                values[i] = reader.IsDBNull(i) ? null : PostgreSqlValues.Read(types[i], reader.GetString(i));
            rows.Add(new(values));
        }

        return rows;
    }

    /// <summary>The columns that an answer would have, with the types that its values have below all domains.</summary>
    public static async Task<IReadOnlyList<Column>> ColumnsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SchemaOnly, cancellationToken);
        return
        [
            .. Enumerable
                .Range(0, reader.FieldCount)
                .Select(i => new Column(
                    reader.GetName(i),
                    PostgreSqlTypes.Read(
                        Below(reader.GetPostgresType(i)).InternalName,
                        "",
                        Modifier(reader.GetDataTypeName(i)),
                        isOrdered: true
                    ),
                    reader.GetDataTypeName(i)
                )),
        ];
    }

    private static PostgresType Below(PostgresType type) => type is PostgresDomainType domain ? Below(domain.BaseType) : type;

    // As pg_attribute has it: precision and scale in one number, plus four. A scale of zero may be left out.
    private static int Modifier(string type)
    {
        if (!type.StartsWith("numeric(", StringComparison.Ordinal))
            return -1;
        var digits = type["numeric(".Length..^1].Split(',').Select(d => int.Parse(d, CultureInfo.InvariantCulture)).ToList();
        return (digits[0] << 16) + (digits.ElementAtOrDefault(1) & 0x7ff) + 4;
    }

    private static string Base(string type) => type.IndexOf('(', StringComparison.Ordinal) is > 0 and var at ? type[..at] : type;

    /// <summary>The text of a block, and that of a function in it, ends where its tag stands again, in quotes or not.</summary>
    private static RenderedSql Whole(RenderedSql sql)
    {
        if (!sql.Text.AsSpan().TrimStart().StartsWith("DO ", StringComparison.OrdinalIgnoreCase))
            return sql;
        var tag =
            sql.Text.Split(ViewTag).Length != 3 ? ViewTag
            : sql.Text.Split(OpenTag).Length is not (1 or 3) ? OpenTag
            : null;
        return tag is null
            ? sql
            : throw new EngineException(
                EngineCodes.Refused,
                $"A name or a value of this policy holds {tag}, by which PostgreSQL is told where a block of statements ends. Rename it."
            );
    }

    private static string Parameter(SqlValue value) =>
        value switch
        {
            SqlValue.Text(var text) => text,
            _ => throw new UnreachableException(),
        };
}
