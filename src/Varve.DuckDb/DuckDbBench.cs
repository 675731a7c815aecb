using DuckDB.NET.Data;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.DuckDb;

/// <summary>
/// A DuckDB of its own in a folder that goes with it, where rows of a server meet the rows of parts. What does not fit into its
/// memory lies on the disk of this machine.
/// </summary>
internal sealed class DuckDbBench : IAsyncDisposable
{
    private const string Memory = "64MB";

    private readonly DirectoryInfo _folder;
    private readonly DuckDBConnection _connection;
    private int _tables;

    private DuckDbBench(DirectoryInfo folder, DuckDBConnection connection, DuckDbDialect dialect, string version)
    {
        (_folder, _connection, Dialect, Version) = (folder, connection, dialect, version);
        Statements = new DuckDbStatements(connection, dialect, new(), "the DuckDB that writes and reads archives");
    }

    /// <summary>Where it is, until it is disposed.</summary>
    public string Folder => _folder.FullName;

    public Dialect Dialect { get; }

    public IStatements Statements { get; }

    public string Version { get; }

    public static async Task<DuckDbBench> OpenAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("varve-archive-");
        DuckDBConnection? connection = null;
        try
        {
            var text = new DuckDBConnectionStringBuilder
            {
                DataSource = Path.Combine(folder.FullName, "bench.duckdb"),
                MemoryLimit = Memory,

                // Rows come one after the other; a second thread holds buffers of its own, and nothing is done sooner.
                Threads = 1,
            };
            connection = new(text.ConnectionString);
            connection.Open();
            var dialect = new DuckDbDialect("bench");
            var bench = new DuckDbBench(folder, connection, dialect, connection.ServerVersion.TrimStart('v'));
            await bench.Statements.ExecuteAsync($"SET TimeZone = 'UTC'", cancellationToken);
            return bench;
        }
        catch (Exception error)
        {
            connection?.Dispose();
            folder.Delete(recursive: true);
            if (DuckDbErrors.Read(error, folder.FullName) is { } known)
                throw known;
            throw;
        }
    }

    /// <summary>A table of rows that come one after the other; it shows each value in its own type.</summary>
    /// <param name="columns">The columns as parts hold them.</param>
    /// <param name="fill">Appends the rows.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<TableName> TakeAsync(
        IReadOnlyList<Column> columns,
        Func<DuckDBAppender, Task> fill,
        CancellationToken cancellationToken
    )
    {
        var number = ++_tables;
        var shown = new TableName("main", FormattableString.Invariant($"varve_rows_{number}"));
        var raw = RawOf(shown);
        await Statements.ExecuteAsync(
            $"CREATE TABLE {raw} ({SqlText.Join(", ", columns.Select((c, i) => (SqlText)$"{Wire(i)} {DuckDbWire.TypeOf(DuckDbWire.Of(c.TypeName))}"))})",
            cancellationToken
        );
        try
        {
            using var appender = _connection.CreateAppender(raw.Schema, raw.Name);
            await fill(appender);
        }
        catch (Exception error) when (DuckDbErrors.Read(error, _folder.FullName) is { } known)
        {
            throw known;
        }

        await Statements.ExecuteAsync(
            $"CREATE VIEW {shown} AS SELECT {SqlText.Join(", ", columns.Select((c, i) => (SqlText)$"{DuckDbWire.Read(c.TypeName, $"{Wire(i)}")} AS {new Identifier(c.Name)}"))} FROM {raw}",
            cancellationToken
        );
        return shown;
    }

    /// <summary>Takes a table away that was made here, and gives its room to the next one.</summary>
    public async Task DropAsync(TableName shown, CancellationToken cancellationToken)
    {
        await Statements.ExecuteAsync($"DROP VIEW {shown}", cancellationToken);
        await Statements.ExecuteAsync($"DROP TABLE {RawOf(shown)}", cancellationToken);
    }

    /// <summary>The rows of a query as text, one after the other.</summary>
    public async Task GiveAsync(
        IReadOnlyList<Column> columns,
        SqlText rows,
        Func<string?[], Task> take,
        CancellationToken cancellationToken
    )
    {
        SqlText query =
            $"SELECT {SqlText.Join(", ", columns.Select(c => DuckDbWire.Write(c.TypeName, $"{new Identifier(c.Name)}")))} FROM ({rows}) AS varve_rows";
        try
        {
            using var command = DuckDbCommands.Make(_connection, query.Render(Dialect));
            command.UseStreamingMode = true;
            using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var values = new string?[columns.Count];
                for (var i = 0; i < values.Length; i++)
                    values[i] = reader.IsDBNull(i) ? null : reader.GetString(i);
                await take(values);
            }
        }
        catch (Exception error) when (DuckDbErrors.Read(error, _folder.FullName) is { } known)
        {
            throw known;
        }
    }

    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static TableName RawOf(TableName shown) => shown with { Name = $"{shown.Name}_raw" };

    private static Identifier Wire(int column) => new(FormattableString.Invariant($"c{column}"));
}
