using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Archiving;

/// <summary>The table that parts were written from, as their manifests tell it: it may have changed since, or be lost.</summary>
/// <param name="Columns">Its columns.</param>
/// <param name="Time">Its time column.</param>
internal sealed record PartTable(IReadOnlyList<Column> Columns, TimeColumn Time)
{
    /// <summary>The table of one part.</summary>
    /// <exception cref="HaltException">The manifest names a column that this engine does not read, or no time column.</exception>
    public static PartTable Of(ArchiveManifest manifest, ParquetSql parquet, string file)
    {
        if (manifest.Columns.FirstOrDefault(c => c.Name.Length == 0 || c.Name.Contains('\0') || !parquet.Survives(c.Type)) is { } odd)
            throw new HaltException(
                WorkCodes.PartType,
                $"{file} has a column `{odd.Name}` of the type {odd.Type}, which this engine does not read from archives. Restore it with the engine and the version of Varve that wrote it."
            );
        List<Column> columns = [.. manifest.Columns.Select(c => parquet.Column(c.Name, c.Type))];
        TimeUnit? unit = columns.Find(c => c.Name == manifest.Time)?.Type switch
        {
            ColumnType.Timestamp timestamp => timestamp.Precision,
            ColumnType.TimestampTz => TimeUnit.Microseconds,
            ColumnType.Date => TimeUnit.Seconds,
            ColumnType.Integer => manifest.Unit,
            _ => null,
        };
        if (unit is { } known)
            return new(columns, new(manifest.Time, columns.Find(c => c.Name == manifest.Time)!.Type, known));
        throw new HaltException(
            WorkCodes.PartType,
            $"{file} does not say which of its columns is the time: `{manifest.Time}` is none. Put its manifest back from a copy."
        );
    }

    /// <summary>True where the rows of both fit into one table.</summary>
    public bool Fits(PartTable other) => Time == other.Time && Columns.SequenceEqual(other.Columns);
}
