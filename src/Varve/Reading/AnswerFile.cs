using Varve.Engines;
using Varve.Planning;
using Varve.Sql;

namespace Varve.Reading;

/// <summary>Writes answers as Parquet: by the database itself, or by the bench beside one that writes no files.</summary>
/// <param name="statements">The database.</param>
/// <param name="writer">The dialect of what writes the files, which it can.</param>
/// <param name="bench">The bench; null where the database does it.</param>
internal sealed class AnswerFile(IStatements statements, Dialect writer, PartBench? bench)
{
    private readonly ParquetSql _parquet = writer.Parquet!;

    /// <summary>True for a column whose values come back from a file as they went, or that the bench writes as text by itself.</summary>
    public bool Keeps(Column column) => bench is not null || _parquet.Survives(column.TypeName);

    /// <summary>Writes the rows of a query of the database; how many.</summary>
    public Task<long> WriteAsync(SqlText rows, string path, CancellationToken cancellationToken) =>
        bench is null
            ? statements.ExecuteAsync(_parquet.Write(rows, path), cancellationToken)
            : bench.WriteAsync(statements, rows, path, cancellationToken);

    /// <summary>Writes the rows of files that were written here to one.</summary>
    public async Task JoinAsync(IReadOnlyList<string> files, string path, CancellationToken cancellationToken)
    {
        foreach (var statement in writer.Wide(_parquet.Join(files, path)))
            await (bench?.Statements ?? statements).ExecuteAsync(statement, cancellationToken);
    }
}
