using NodaTime;
using Varve.Policies;

namespace Varve.Engines.Tests.Scratch;

/// <summary>A database of one test: what a user does to it with SQL of his own, and how Varve opens it.</summary>
public abstract class ScratchDatabase : IAsyncDisposable
{
    /// <summary>Opens it as Varve does; every call is a new engine, as in a new process.</summary>
    public abstract Task<Database> OpenAsync();

    /// <summary>False where each statement of Varve's is done by itself.</summary>
    public virtual bool HasTransactions => true;

    public abstract Task<long> ExecuteAsync(string sql);

    public abstract Task<IReadOnlyList<object?[]>> QueryAsync(string sql);

    public abstract ValueTask DisposeAsync();

    /// <summary>Tables and views of a schema with their columns in order.</summary>
    public abstract Task<IReadOnlyList<RelationShape>> ShapesAsync(string schema);

    public abstract string Quote(string name);

    public abstract string TypeOf(ValueKind kind);

    public abstract string TypeOf(TimeKind kind);

    public abstract string Literal(object? value, ValueKind kind);

    public abstract string TimeLiteral(Instant? at, TimeKind kind);

    /// <summary>An expression that <see cref="ReadTime"/> understands.</summary>
    public abstract string TimeExpression(string column, TimeKind kind);

    public abstract Instant? ReadTime(object? raw, TimeKind kind);

    public string Name(TableName table) => table.Schema is { } schema ? $"{Quote(schema)}.{Quote(table.Name)}" : Quote(table.Name);

    public async Task CreateAsync(SourceTable table)
    {
        if (table.Name.Schema is { } schema) await ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {Quote(schema)}");
        var columns = table.Columns.Select(c => $"{Quote(c.Name)} {TypeOf(c.Kind)}").Prepend($"{Quote(table.Time)} {TypeOf(table.TimeKind)}");
        await ExecuteAsync($"CREATE TABLE {Name(table.Name)} ({string.Join(", ", columns)})");
    }

    public async Task InsertAsync(SourceTable table, IReadOnlyList<SourceRow> rows)
    {
        foreach (var chunk in rows.Chunk(500))
        {
            var values = chunk.Select(row => $"({string.Join(", ", row.Values.Select((v, i) => Literal(v, table.Columns[i].Kind)).Prepend(TimeLiteral(row.At, table.TimeKind)))})");
            await ExecuteAsync($"INSERT INTO {Name(table.Name)} VALUES {string.Join(", ", values)}");
        }
    }

    /// <summary>Removes rows of a half-open range as a user does.</summary>
    public Task<long> DeleteAsync(SourceTable table, Instant from, Instant to) =>
        ExecuteAsync($"DELETE FROM {Name(table.Name)} WHERE {Quote(table.Time)} >= {TimeLiteral(from, table.TimeKind)} AND {Quote(table.Time)} < {TimeLiteral(to, table.TimeKind)}");

    /// <summary>Reads a whole source table back.</summary>
    public async Task<IReadOnlyList<SourceRow>> ReadAsync(SourceTable table)
    {
        var columns = table.Columns.Select(c => c.Kind is ValueKind.Moment ? TimeExpression(Quote(c.Name), TimeKind.Timestamp) : Quote(c.Name))
            .Prepend(TimeExpression(Quote(table.Time), table.TimeKind));
        var rows = await QueryAsync($"SELECT {string.Join(", ", columns)} FROM {Name(table.Name)}");
        return [.. rows.Select(row => new SourceRow(ReadTime(row[0], table.TimeKind), [.. row.Skip(1).Select((v, i) => table.Columns[i].Kind is ValueKind.Moment ? ReadTime(v, TimeKind.Timestamp) : v)]))];
    }
}

/// <summary>A relation as the engine's own catalog describes it.</summary>
public sealed record RelationShape(string Name, bool IsView, IReadOnlyList<(string Name, string Type)> Columns);
