using System.Globalization;
using System.Text.Json;
using Varve.CrateDb.Http;
using Varve.CrateDb.Partitions;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Importing;
using Varve.Policies;

namespace Varve.CrateDb;

/// <summary>The retention policies of cratedb-toolkit, as they are in a cluster.</summary>
/// <param name="Policies">The rows.</param>
/// <param name="Times">The time column of each table, as far as its partition column is generated from one.</param>
public sealed record CrateDbToolkit(IReadOnlyList<ToolkitPolicy> Policies, IReadOnlyDictionary<TableName, string> Times)
{
    private const string Name = "retention_policy";

    /// <summary>Reads the rows, and from the catalog what each partition column is made from.</summary>
    /// <param name="url">The cluster.</param>
    /// <param name="schema">The schema of the toolkit's table: ext, unless another one was chosen.</param>
    /// <param name="input">Where <c>password_stdin</c> reads.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PolicyException">There is no such table, or a row of it is not whole.</exception>
    /// <exception cref="EngineException">The cluster cannot be reached, or refuses.</exception>
    public static async Task<CrateDbToolkit> ReadAsync(
        DatabaseUrl url,
        string schema,
        TextReader? input,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentException.ThrowIfNullOrEmpty(schema);
        await using var session = SqlClient.Of(url, input).Session();
        var policies = await PoliciesAsync(session, new(schema, Name), cancellationToken);
        Dictionary<TableName, string> times = [];
        foreach (var (table, column) in policies.Select(p => (p.Table, p.PartitionColumn)).Distinct())
        {
            if (await TimeAsync(session, table, column, cancellationToken) is { } time)
                times.TryAdd(table, time);
        }

        return new(policies, times);
    }

    private static async Task<IReadOnlyList<ToolkitPolicy>> PoliciesAsync(
        SqlSession session,
        TableName table,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await session.ExecuteAsync(CatalogShapes.Refresh(table), cancellationToken);
            var answer = await session.QueryAsync(ToolkitShapes.Policies(table), cancellationToken);
            return
            [
                .. answer.Rows.Select(
                    (row, index) =>
                        ToolkitPolicy.Of(
                            new(answer.Columns.Select((column, i) => (column, JsonSerializer.SerializeToElement(row[i])))),
                            string.Create(CultureInfo.InvariantCulture, $"{table.Text}, row {index + 1}")
                        )
                ),
            ];
        }
        catch (EngineException missing) when (missing.Code == EngineCodes.Unknown)
        {
            throw new PolicyException(
                ImportCodes.Unreadable,
                $"There is no table {table.Text}, or the user has no right to read it. Name the schema of the toolkit's table with "
                    + $"--schema, "
                    + $"or grant the right: GRANT DQL ON TABLE {table.Text}.",
                missing
            );
        }
    }

    private static async Task<string?> TimeAsync(SqlSession session, TableName table, string column, CancellationToken cancellationToken)
    {
        var columns = (await session.QueryAsync(CatalogShapes.Columns(table), cancellationToken)).Rows;
        var expression = columns.FirstOrDefault(r => r.Text(0) == column)?.TextOrNull(2);
        return expression is null ? null : GenerationExpression.Read(expression).Read?.Time;
    }
}
