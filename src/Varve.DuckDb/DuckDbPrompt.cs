using DuckDB.NET.Data;
using Varve.Engines;

namespace Varve.DuckDb;

/// <summary>Rows of what somebody typed, some at a time.</summary>
/// <param name="Columns">Their names.</param>
/// <param name="Rows">Numbers, texts and truth values as .NET's; every other value as the text that DuckDB writes.</param>
public sealed record TypedRows(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows);

/// <summary>
/// Statements that a person typed, on Varve's own connection. Nothing of Varve goes through here: it has no SQL that is text.
/// Whether something can be written, the database knows: how it was opened.
/// </summary>
public static class DuckDbPrompt
{
    private const int MostValues = 60_000;

    /// <summary>What goes out as .NET has it; DuckDB writes all other values itself, so that they are what its own client shows.</summary>
    private static readonly HashSet<string> s_plain =
    [
        "BOOLEAN",
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "HUGEINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT",
        "UHUGEINT",
        "FLOAT",
        "DOUBLE",
        "VARCHAR",
        "NULL",
        "\"NULL\"",
    ];

    /// <summary>Runs one statement and hands on what it gives; at least once where it gives rows at all, if there are none too.</summary>
    /// <param name="database">A DuckDB database.</param>
    /// <param name="statement">What was typed, without more behind a semicolon.</param>
    /// <param name="take">Takes rows; the next ones are read when it has returned.</param>
    /// <param name="cancellationToken">Interrupts it.</param>
    /// <exception cref="EngineException">DuckDB refused; its own words are in the message.</exception>
    public static Task RunAsync(Database database, string statement, Action<TypedRows> take, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentException.ThrowIfNullOrWhiteSpace(statement);
        ArgumentNullException.ThrowIfNull(take);
        if (database.Engine is not DuckDbEngine engine)
            throw new ArgumentException($"{database.Name} is not a DuckDB database.", nameof(database));
        return engine.OnConnectionAsync(
            connection => Run(connection, database.Name, statement, take, cancellationToken),
            cancellationToken
        );
    }

    private static void Run(
        DuckDBConnection connection,
        string name,
        string statement,
        Action<TypedRows> take,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var command = Command(connection, Written(connection, statement) ?? statement);
            using var interrupt = cancellationToken.Register(command.Cancel);
            using var reader = command.ExecuteReader();
            if (reader.FieldCount > 0)
                Read(reader, take);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The statement was interrupted.", cancellationToken);
        }
        catch (DuckDBException error)
        {
            throw Refused(error, name);
        }
    }

    private static void Read(DuckDBDataReader reader, Action<TypedRows> take)
    {
        List<string> columns = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
        var most = Math.Max(1, MostValues / columns.Count);
        var begun = false;
        List<IReadOnlyList<object?>> rows = [];
        while (reader.Read())
        {
            var values = new object?[columns.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = DuckDbValues.Read(reader, i);
            rows.Add(values);
            if (rows.Count < most)
                continue;
            take(new(columns, rows));
            (begun, rows) = (true, []);
        }

        if (rows.Count > 0 || !begun)
            take(new(columns, rows));
    }

    /// <summary>
    /// The query around a query in which DuckDB writes what is not plain; null where everything is, and for what is no query.
    /// </summary>
    private static string? Written(DuckDBConnection connection, string statement)
    {
        List<(string Name, string Type)> columns = [];
        try
        {
            using var describe = Command(connection, $"DESCRIBE {statement}");
            using var reader = describe.ExecuteReader();
            while (reader.Read())
                columns.Add((reader.GetString(0), reader.GetString(1)));
            var names = columns.Select(c => c.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
            if (columns.All(c => s_plain.Contains(c.Type)) || names.Count < columns.Count)
                return null;
        }
        catch (DuckDBException)
        {
            // It is no query, or wrong: then running it says why.
            return null;
        }

        var selected = columns
            .Select(c => (IsPlain: s_plain.Contains(c.Type), Name: Quoted(c.Name)))
            .Select(c => c.IsPlain ? c.Name : $"CAST({c.Name} AS VARCHAR) AS {c.Name}");
        var around = $"SELECT {string.Join(", ", selected)} FROM (\n{statement}\n) AS varve_typed";
        try
        {
            using var check = Command(connection, $"DESCRIBE {around}");
            using var reader = check.ExecuteReader();
            return around;
        }
        catch (DuckDBException)
        {
            return null;
        }
    }

    private static DuckDBCommand Command(DuckDBConnection connection, string text)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        command.UseStreamingMode = true;
        return command;
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    // Who typed the statement has every value of it: DuckDB's own words hold no secret from them.
    private static EngineException Refused(DuckDBException error, string name)
    {
        if (DuckDbErrors.Read(error, name) is EngineException { Code: EngineCodes.OutOfMemory or EngineCodes.DiskFull } room)
            return room;
        return error.Message.Contains("read-only", StringComparison.Ordinal)
            ? new EngineException(
                EngineCodes.ReadOnly,
                $"{name} was opened for reading only, and this statement writes. Where it is meant to: varve sql --write.",
                isTransient: false,
                error
            )
            : new EngineException(EngineCodes.Refused, error.Message.Trim(), isTransient: false, error);
    }
}
