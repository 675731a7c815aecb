using System.Diagnostics.CodeAnalysis;
using Varve.Planning;

namespace Varve.Sql;

/// <summary>How an engine writes rows to Parquet files, reads them back, and tells whether they are the same.</summary>
[Experimental("VARVE001")]
public abstract class ParquetSql
{
    /// <summary>True for a type, as the engine writes it, whose every value comes back from a file as it went.</summary>
    public abstract bool Survives(string typeName);

    /// <summary>A column of a type that survives.</summary>
    public abstract Column Column(string name, string typeName);

    /// <summary>Writes the rows of a query to a file of this machine, in their order; what was there is replaced.</summary>
    public abstract SqlText Write(SqlText rows, string path);

    /// <summary>
    /// Writes the rows of files that one query wrote to one file, in the order of the files and of their rows, in groups that
    /// need little memory.
    /// </summary>
    public abstract SqlText Join(IReadOnlyList<string> paths, string path);

    /// <summary>How many rows of a query are older than the one before them; the same query is then written in the same order.</summary>
    public abstract SqlText OutOfOrder(SqlText rows, Identifier time);

    /// <summary>
    /// The rows of files of this machine as a relation with the columns, each of its own type. All files have all of them.
    /// </summary>
    public abstract SqlText Read(IReadOnlyList<Column> columns, IReadOnlyList<string> paths);

    /// <summary>
    /// An aggregate over all rows of a group that does not depend on their order and counts equal rows as often as they are
    /// there, as text; adds up over groups.
    /// </summary>
    public abstract SqlText RowHash(IReadOnlyList<SqlText> columns);

    /// <summary>A value as text, the same in every version of the engine.</summary>
    public abstract SqlText Text(SqlText value);
}
