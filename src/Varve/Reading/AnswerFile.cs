using Varve.Engines;
using Varve.Planning;
using Varve.Sql;

namespace Varve.Reading;

/// <summary>Writes answers as Parquet: by the database itself, or by the bench beside one that writes no files.</summary>
internal sealed class AnswerFile(IStatements statements, ParquetSql parquet, PartBench? bench)
{
    /// <summary>True for a column whose values come back from a file as they went, or that the bench writes as text by itself.</summary>
    public bool Keeps(Column column) => bench is not null || parquet.Survives(column.TypeName);

    /// <summary>Writes the rows of a query of the database; how many.</summary>
    public Task<long> WriteAsync(SqlText rows, string path, CancellationToken cancellationToken) =>
        bench is null
            ? statements.ExecuteAsync(parquet.Write(rows, path), cancellationToken)
            : bench.WriteAsync(statements, rows, path, cancellationToken);

    /// <summary>Writes the rows of files that were written here to one.</summary>
    public Task<long> JoinAsync(IReadOnlyList<string> files, string path, CancellationToken cancellationToken) =>
        (bench?.Statements ?? statements).ExecuteAsync(parquet.Write(parquet.Joined(files), path), cancellationToken);
}
