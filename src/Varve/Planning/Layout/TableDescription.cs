using Varve.Policies;

namespace Varve.Planning;

/// <summary>A relation as it stands in the database.</summary>
/// <param name="Table">Its full name, the schema filled in.</param>
/// <param name="IsView">True for a view: it can be read, not kept.</param>
/// <param name="Columns">Its columns in order.</param>
public sealed record TableDescription(TableName Table, bool IsView, IReadOnlyList<Column> Columns)
{
    /// <summary>What it is instead of a table; nothing of it is removed. A view, where the engine does not tell views apart.</summary>
    public RelationKind Kind { get; init; } = IsView ? RelationKind.View : RelationKind.Table;

    /// <summary>Another tool that keeps the table too; null where none is seen.</summary>
    public TableKeeper? Keeper { get; init; }

    /// <summary>What else the database does when rows of the table are deleted, each in words; empty where nothing is known.</summary>
    public IReadOnlyList<string> OnRemoval { get; init; } = [];

    /// <summary>Where the table is divided into parts by time; null where it is not, or by something else.</summary>
    public TablePieces? Pieces { get; init; }

    /// <summary>The columns that it is partitioned by, as far as the engine tells why one says nothing of time; none elsewhere.</summary>
    public IReadOnlyList<PartitionedBy> PartitionedBy { get; init; } = [];

    /// <summary>The column of that name, compared exactly; null where there is none.</summary>
    public Column? Find(string name) => Columns.FirstOrDefault(c => c.Name == name);
}

/// <summary>A column that a table is partitioned by.</summary>
/// <param name="Column">Its name.</param>
/// <param name="Reason">Why its values say nothing of the times of the rows; null where they do.</param>
public sealed record PartitionedBy(string Column, string? Reason);

/// <summary>The parts of a table by time.</summary>
/// <param name="Column">The column that says in which part a row is.</param>
/// <param name="Parts">Each part, in the order of their times.</param>
public sealed record TablePieces(string Column, IReadOnlyList<TablePiece> Parts)
{
    /// <summary>True where every row is in one of them: there is none of a time that none of them has.</summary>
    public bool AreAll { get; init; }
}

/// <summary>A part of a table by time; several tables or partitions that hold rows of the same times are one.</summary>
/// <param name="Range">The times that its rows can have.</param>
public sealed record TablePiece(Time.TimeRange Range)
{
    /// <summary>Where all of it lies; null where that is not one place, or not known, or it is on its way.</summary>
    public Place? Place { get; init; }

    /// <summary>What else holds of all of it, where an engine knows several attributes: each with its value.</summary>
    public IReadOnlyList<Place> Also { get; init; } = [];

    /// <summary>True where it lies there, or is so.</summary>
    public bool IsAt(Place place) => Place == place || Also.Contains(place);

    /// <summary>True where it cannot move: its rows are somewhere else, and the engine only knows where.</summary>
    public bool IsFixed { get; init; }

    /// <summary>Changes with every change of its rows, at once; null where the engine does not count changes, or cannot now.</summary>
    public string? State { get; init; }

    /// <summary>Its bytes, estimated; 0 where unknown.</summary>
    public long Bytes { get; init; }
}

/// <summary>One column.</summary>
/// <param name="Name">As stored.</param>
/// <param name="Type">What Varve makes of its type.</param>
/// <param name="TypeName">The type as the engine writes it, for people.</param>
public sealed record Column(string Name, ColumnType Type, string TypeName)
{
    /// <summary>True where the database takes values for equal that are not the same: text that is compared without case.</summary>
    public bool HasAlikes { get; init; }
}

/// <summary>The types that Varve tells apart. A closed family.</summary>
public abstract record ColumnType
{
    private ColumnType() { }

    /// <summary>Integers of any width; summed without overflow.</summary>
    public sealed record Integer : ColumnType;

    /// <summary>Exact decimals.</summary>
    /// <param name="Scale">Digits behind the point.</param>
    public sealed record Decimal(int Scale) : ColumnType
    {
        /// <summary>True where NaN and infinities are values of it.</summary>
        public bool IsOpen { get; init; }
    }

    /// <summary>Floats and doubles: they know NaN and infinities.</summary>
    public sealed record Float : ColumnType;

    /// <summary>Truth values.</summary>
    public sealed record Bool : ColumnType;

    /// <summary>Text and enumerations.</summary>
    public sealed record Text : ColumnType;

    /// <summary>Timestamps without a zone, taken as UTC.</summary>
    /// <param name="Precision">The finest unit it holds.</param>
    public sealed record Timestamp(TimeUnit Precision) : ColumnType;

    /// <summary>Timestamps with a zone.</summary>
    public sealed record TimestampTz : ColumnType;

    /// <summary>Dates.</summary>
    public sealed record Date : ColumnType;

    /// <summary>Anything else that can be ordered and stored, as text of its own kind (uuid, time, interval, blob).</summary>
    public sealed record Other : ColumnType;

    /// <summary>Nested values; no function takes them.</summary>
    public sealed record Nested : ColumnType;

    /// <summary>True where NaN and infinities are values of it: they are counted apart.</summary>
    public bool HasNaN => this is Float or Decimal { IsOpen: true };

    /// <summary>True for integers, decimals and floats.</summary>
    public bool IsNumeric => this is Integer or Decimal or Float;
}
