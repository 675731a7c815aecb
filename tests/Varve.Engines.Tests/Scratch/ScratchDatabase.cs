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

    /// <summary>An instant as a value of that kind to the last digit, however far away it is.</summary>
    public abstract string FarLiteral(Instant at, TimeKind kind);

    /// <summary>The least and the greatest finite value of a kind of time.</summary>
    public abstract (string Least, string Greatest) Ends(TimeKind kind);

    /// <summary>The schema of a table that is named without one.</summary>
    public abstract string DefaultSchema { get; }

    /// <summary>Whether rows are archived here.</summary>
    public virtual bool Archives => true;

    /// <summary>True where the database itself keeps archives, of parts of tables.</summary>
    public virtual bool ArchivesBySnapshots => false;

    /// <summary>Whether a table may have that name.</summary>
    public virtual bool Takes(string name) => true;

    /// <summary>The nearest name that a relation may have.</summary>
    public virtual string Relation(string name) => name;

    /// <summary>The nearest name that a column may have.</summary>
    public virtual string Column(string name) => name;

    /// <summary>A decimal of many digits.</summary>
    public virtual string Exact(string digits) => digits;

    /// <summary>The longest name that relations made from a name of so many letters can have.</summary>
    public virtual int LongestName => 240;

    /// <summary>How many columns a wide table may have, and what a tier makes of them.</summary>
    public virtual int MostMeasures => 400;

    /// <summary>A policy as it is said to this database, so that it does what it does elsewhere.</summary>
    public virtual PolicyDocument Said(PolicyDocument document) => document;

    /// <summary>Columns that the states tables have besides, for the engine alone.</summary>
    public virtual IReadOnlySet<string> OwnColumns { get; } = new HashSet<string>();

    /// <summary>An instant as the database keeps it.</summary>
    public virtual Instant Kept(Instant at, TimeKind kind) => at;

    /// <summary>A type as the database writes it, from the word that DuckDB has for it.</summary>
    public virtual string TypeName(string type) => type;

    /// <summary>A name in letters that the database takes for those of the table, where it minds which they are.</summary>
    public virtual string Cased(string name) => name;

    /// <summary>The kind of time that has the values of another one, where the database does not have that.</summary>
    public virtual TimeKind Nearest(TimeKind kind) => kind;

    public string Name(TableName table) => table.Schema is { } schema ? $"{Quote(schema)}.{Quote(table.Name)}" : Quote(table.Name);

    public async Task CreateAsync(SourceTable table)
    {
        if (table.Name.Schema is { } schema)
            await ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {Quote(schema)}");
        var columns = table
            .Columns.Select(c => $"{Quote(c.Name)} {TypeOf(c.Kind)}")
            .Prepend($"{Quote(table.Time)} {TypeOf(table.TimeKind)}");
        await ExecuteAsync($"CREATE TABLE {Name(table.Name)} ({string.Join(", ", columns)})");
    }

    public async Task InsertAsync(SourceTable table, IReadOnlyList<SourceRow> rows)
    {
        foreach (var chunk in rows.Chunk(500))
        {
            var values = chunk.Select(row =>
                $"({string.Join(", ", row.Values.Select((v, i) => Literal(v, table.Columns[i].Kind)).Prepend(TimeLiteral(row.At, table.TimeKind)))})"
            );
            await ExecuteAsync($"INSERT INTO {Name(table.Name)} VALUES {string.Join(", ", values)}");
        }
    }

    /// <summary>Removes rows of a half-open range as a user does.</summary>
    public Task<long> DeleteAsync(SourceTable table, Instant from, Instant to) =>
        ExecuteAsync(
            $"DELETE FROM {Name(table.Name)} WHERE {Quote(table.Time)} >= {TimeLiteral(from, table.TimeKind)} AND {Quote(table.Time)} < {TimeLiteral(to, table.TimeKind)}"
        );

    /// <summary>Reads a whole source table back.</summary>
    public async Task<IReadOnlyList<SourceRow>> ReadAsync(SourceTable table)
    {
        var columns = table
            .Columns.Select(c => c.Kind is ValueKind.Moment ? TimeExpression(Quote(c.Name), TimeKind.Timestamp) : Quote(c.Name))
            .Prepend(TimeExpression(Quote(table.Time), table.TimeKind));
        var rows = await QueryAsync($"SELECT {string.Join(", ", columns)} FROM {Name(table.Name)}");
        return
        [
            .. rows.Select(row => new SourceRow(
                ReadTime(row[0], table.TimeKind),
                [.. row.Skip(1).Select((v, i) => table.Columns[i].Kind is ValueKind.Moment ? ReadTime(v, TimeKind.Timestamp) : v)]
            )),
        ];
    }
}

/// <summary>A relation as the engine's own catalog describes it.</summary>
public sealed record RelationShape(string Name, bool IsView, IReadOnlyList<(string Name, string Type)> Columns);
